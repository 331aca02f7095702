//! `sightline who-can`: everybody who can do something, directly or through others.

mod found;
mod lines;
mod tables;

pub(super) use found::{Step, way};

use super::Global;
use super::source::Source;
use crate::exit::Exit;
use crate::stage::access::Asked;
use crate::stage::names;
use crate::stage::narrowed::{Brought, Narrowed};
use crate::{print, world};
use clap::Args;
use sightline_iam::engine::Engine;
use sightline_iam::reach::{Ask, Graph};
use sightline_iam::solve::Tri;
use std::mem::ManuallyDrop;

/// Questions whose answers are told one by one; of more they are counted.
const NAMED: usize = 10;

/// Tell who can do what, directly or through others, and on what that depends
#[derive(Debug, Args)]
#[command(after_help = "Try: sightline who-can bedrock:InvokeModel\n\
     `allow` holds whatever a request brings, `conditional` depends on what is said beside it; who is not listed is denied. \
     `sightline can PRINCIPAL ACTION RESOURCE --explain` tells why.")]
pub(crate) struct WhoCan {
    /// `service:Name`; in the name `*` and `?` stand for any (`bedrock:Invoke*`)
    #[arg(required_unless_present = "all")]
    action: Option<String>,
    /// ARN or id of what it is done on [default: everything known that the action is for]
    resource: Option<String>,
    /// Ask about every resource and action that the organisation brings
    #[arg(long, conflicts_with_all = ["action", "resource"])]
    all: bool,
    /// Leave out who gets there only through others
    #[arg(long)]
    direct_only: bool,
    /// Show only answers that depend on something
    #[arg(long)]
    conditional: bool,
    /// Print one JSON object a principal and question, one a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: Source,
}

/// Which answers are shown.
#[derive(Debug, Clone, Copy)]
struct Shown {
    direct_only: bool,
    conditional: bool,
}

impl WhoCan {
    /// Asks and prints.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        // The program ends with its answers: giving back millions of parts one by one would take longer than to ask them.
        let mut asked = ManuallyDrop::new(self.source.read(global).await?);
        let actions = self.action.as_deref().map(names::actions).transpose()?;
        let asks = self.asks(&asked, actions.as_deref())?;
        asked.warn();
        asked.ask_only(asks, actions.as_deref(), self.resource.is_some());
        let (organization, asks) = (asked.organization(), &asked.inventory.asks);
        let shown = Shown { direct_only: self.direct_only, conditional: self.conditional };
        let questions = asks.iter().flat_map(|ask| &ask.parts).map(|part| part.question.clone()).collect();
        let (engine, brought) = (ManuallyDrop::new(Engine::new(organization)), Brought::default());
        let direct = Narrowed { organization, inner: &*engine, brought: &brought, questions, alone: self.direct_only };
        let graph = ManuallyDrop::new(Graph::with(organization, &direct, &self.source.scope()));
        graph.gaps().iter().for_each(|gap| print::warning(gap));
        let reached = ManuallyDrop::new(graph.reach(&direct, asks));
        if asked.is_file && self.json && self.all {
            lines::principals(organization, asks, &reached, shown)?;
            return Ok(Exit::Clean);
        }
        let mut found = if asked.is_file {
            found::reached(organization, asks, &reached)
        } else {
            found::rows(asked.inventory.model_access_by(&direct, &self.source.scope(), &world::new_run(), world::now()))
        };
        found.retain(|one| shown.takes(one.decision, one.hops));
        if self.json {
            lines::all(&found)?;
        } else if self.all || asks.len() > NAMED {
            tables::counts(asks, &found)?;
        } else {
            tables::answers(organization, asks, &found)?;
            tables::misses(organization, asks, &reached)?;
        }
        Ok(Exit::Clean)
    }

    fn asks(&self, asked: &Asked, actions: Option<&[String]>) -> anyhow::Result<Vec<Ask>> {
        let account = self.source.account.as_deref();
        let Some(actions) = actions else {
            let of_account = |ask: &&Ask| account.is_none_or(|account| account == ask.resource_account);
            return Ok(asked.inventory.asks.iter().filter(of_account).cloned().collect());
        };
        asked.asks_on(actions, self.resource.as_deref(), account)
    }
}

impl Shown {
    fn takes(self, tri: Tri, hops: u32) -> bool {
        !(self.direct_only && hops > 0) && (!self.conditional || tri == Tri::Conditional)
    }
}
