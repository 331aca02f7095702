//! `sightline can`: one principal, one action, one resource, and why.

mod told;

use super::Global;
use super::source::Source;
use crate::exit::Exit;
use crate::stage::access::Asked;
use crate::stage::names;
use crate::stage::narrowed::{Brought, Narrowed};
use crate::{print, world};
use anyhow::bail;
use clap::Args;
use sightline_iam::caller::account_of;
use sightline_iam::engine::Engine;
use sightline_iam::explain::{Explanation, explain};
use sightline_iam::organization::{Organization, Question, is_of_aws};
use sightline_iam::reach::{Access, Ask, Graph, HopKind};
use sightline_iam::solve::Tri;
use sightline_model::ModelAccess;
use sightline_model::model_access::AccessDecision;
use sightline_model::untrusted::shortened;

/// Tell whether a principal can do something, on what that depends, and with `--explain` which statements say so
#[derive(Debug, Args)]
#[command(after_help = "Try: sightline can role/app bedrock:InvokeModel MODEL --explain\n\
     It exits with 0 whatever the answer is.")]
pub(crate) struct Can {
    /// ARN of a user, role or session; or `role/NAME`, `user/NAME`, a name; or a workload that runs as a role
    principal: String,
    /// `service:Name`
    action: String,
    /// ARN or id; `*` for actions without resources
    resource: String,
    /// Tell layer by layer which statements bear on it, and which layers decide
    #[arg(long)]
    explain: bool,
    /// What the request brings, KEY=VALUE: several values of one key are a set, KEY= says that it is absent
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    context: Vec<(String, String)>,
    /// Leave out ways through others
    #[arg(long)]
    direct_only: bool,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: Source,
}

/// One ask's answer.
struct Answer<'a> {
    principal: &'a str,
    ask: &'a Ask,
    decision: Tri,
    /// On what it depends beside the way, in words
    beside: Option<String>,
    /// The way; none where it is denied, or where nobody could see one
    access: Option<Access>,
    /// Why: of each request on the way, or of the principal's own where there is no way. Empty for asks that are not told of.
    requests: Vec<Explained>,
}

/// A request and why it is answered as it is.
#[derive(serde::Serialize)]
struct Explained {
    principal: String,
    action: String,
    resource: String,
    /// Of asks that take several requests: which this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    #[serde(flatten)]
    explanation: Explanation,
}

impl Can {
    /// Asks and prints.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let mut asked = self.source.read(global).await?;
        let principal = asked.principal(&self.principal)?;
        let asks = self.asks(&asked)?;
        asked.warn();
        asked.ask_only(asks, None, true);
        let organization = asked.organization();
        let brought = Brought::new(&self.context);
        let questions =
            asked.inventory.asks.iter().flat_map(|ask| &ask.parts).map(|part| part.question.clone()).collect();
        let engine = Engine::new(organization);
        let direct = Narrowed { organization, inner: &engine, brought: &brought, questions, alone: self.direct_only };
        let graph = Graph::with(organization, &direct, &self.source.scope());
        graph.gaps().iter().for_each(|gap| print::warning(gap));
        let reached = graph.reach(&direct, &asked.inventory.asks);
        let arn = organization.principals.get(principal).map_or("", |principal| principal.arn.as_str());
        let answer = |(at, ask)| Answer::new(arn, ask, reached.access(at, principal));
        let mut answers: Vec<Answer<'_>> = asked.inventory.asks.iter().enumerate().map(answer).collect();
        answers.sort_by_key(|answer| (answer.decision, answer.access.as_ref().map(|access| access.hops)));
        if let Some(best) = answers.first_mut() {
            if !asked.is_file {
                best.weighed(&self.rows(&asked, &direct, arn));
            }
            best.requests = requests(organization, arn, best.ask, best.access.as_ref(), &brought);
        }
        if self.json {
            told::json(&answers, self.explain)?;
        } else {
            told::text(&answers, self.explain)?;
        }
        Ok(Exit::Clean)
    }

    /// What the inventory adds to the answers: lists that could not be read, guardrails that may be enforced.
    fn rows(&self, asked: &Asked, direct: &Narrowed<'_>, arn: &str) -> Vec<ModelAccess> {
        let rows = asked.inventory.model_access_by(direct, &self.source.scope(), &world::new_run(), world::now());
        let own = rows.into_iter().filter(|row| row.principal_arn == arn && row.workload_arn.is_empty());
        own.filter(|row| !self.direct_only || row.hops == 0).collect()
    }

    /// The asks: several where there are several ways of doing it to one resource.
    fn asks(&self, asked: &Asked) -> anyhow::Result<Vec<Ask>> {
        let actions = names::actions(&self.action)?;
        let shown = shortened(&self.action, 200);
        if actions.len() > 1 {
            bail!("`{shown}` stands for {} actions: ask one, or all with `sightline who-can`", actions.len());
        }
        let asks = asked.asks_on(&actions, Some(&self.resource), self.source.account.as_deref())?;
        let mut arns: Vec<String> = asks.iter().map(|ask| shortened(&ask.resource, 200)).collect();
        arns.dedup();
        if let [first, second, ..] = arns.as_slice() {
            let shown = shortened(&self.resource, 200);
            bail!("{} resources are called `{shown}`: give one's ARN, such as `{first}` or `{second}`", arns.len());
        }
        Ok(asks)
    }
}

impl<'a> Answer<'a> {
    fn new(principal: &'a str, ask: &'a Ask, access: Option<Access>) -> Self {
        let decision = access.as_ref().map_or(Tri::Deny, |access| access.tri);
        Self { principal, ask, decision, beside: None, access, requests: Vec::new() }
    }

    /// The answer with what the inventory could not tell. `rows`: the principal's, of every way of doing it, and of `*` what
    /// lists that could not be read may add.
    fn weighed(&mut self, rows: &[ModelAccess]) {
        let ask = self.ask;
        let of = |resource: &str, account: &str| {
            let is_row = |row: &&ModelAccess| {
                row.action == ask.action && row.resource_arn == resource && row.resource_account_id == account
            };
            rows.iter().filter(is_row).collect::<Vec<_>>()
        };
        let (own, unlisted) = (of(&ask.resource, &ask.resource_account), of("*", ""));
        let open = match self.decision {
            Tri::Allow if own.iter().all(|row| row.decision == AccessDecision::Conditional) => own.first(),
            Tri::Deny => own.first().or(unlisted.first()),
            Tri::Allow | Tri::Conditional => None,
        };
        if let Some(row) = open {
            self.decision = Tri::Conditional;
            self.beside = Some(row.residual.clone());
        }
    }
}

/// Why each request on the way is answered as it is; where there is no way, why the principal may not itself.
fn requests(
    organization: &Organization,
    arn: &str,
    ask: &Ask,
    access: Option<&Access>,
    brought: &Brought,
) -> Vec<Explained> {
    let mut out = Vec::new();
    let hops = access.map_or(&[][..], |access| &access.witness);
    let nothing = Brought::default();
    for hop in hops.iter().filter(|hop| hop.kind == HopKind::AssumeRole) {
        let question = Question::new("sts:AssumeRole", &hop.to, account_of(&hop.to).unwrap_or_default());
        out.extend(explained(organization, &hop.from, &question, None, &nothing));
    }
    let last = hops.last().map_or(arn, |hop| hop.to.as_str());
    let account = account_of(last).unwrap_or_default();
    for part in ask.parts.iter().filter(|part| part.callers.is_empty() || part.callers.iter().any(|own| own == account))
    {
        // What AWS owns is used on the caller's own account: nothing is to be told of another's.
        let elsewhere =
            is_of_aws(&part.question.resource) && !["", account].contains(&part.question.resource_account.as_str());
        let name = (ask.parts.len() > 1).then(|| part.label.clone());
        if !elsewhere {
            out.extend(explained(organization, last, &part.question, name, brought));
        }
    }
    out
}

fn explained(
    organization: &Organization,
    arn: &str,
    question: &Question,
    part: Option<String>,
    brought: &Brought,
) -> Option<Explained> {
    let (request, policies) = brought.request(organization, organization.principal(arn)?, question);
    Some(Explained {
        principal: arn.to_owned(),
        action: question.action.clone(),
        resource: question.resource.clone(),
        part,
        explanation: explain(&request, &policies),
    })
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| key.contains(':'));
    let (key, value) = pair.ok_or("write KEY=VALUE, such as `aws:SourceVpce=vpce-1`")?;
    Ok((key.to_owned(), value.to_owned()))
}
