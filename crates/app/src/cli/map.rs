//! `sightline map`: which workloads call which models, and what else talks to whom.

mod choice;
mod letters;
mod listed;
mod self_hosted;

use super::Global;
use crate::config::Config;
use crate::exit::Exit;
use crate::stage::discover::{Asked, Discovered, Inventory, Span};
use crate::{print, stage, world};
use clap::Args;
use serde::Serialize;
use sightline_discover::protected::Protected;
use sightline_model::SelfHostedModel;
use sightline_model::edge::{Edge, Tri};
use sightline_report::OutputSpec;

pub(crate) use choice::{Choice, Class};
pub(crate) use letters::path_word;

/// Show which workloads and people call which models, over which path and behind which controls
#[derive(Debug, Args)]
pub(crate) struct Map {
    #[command(flatten)]
    choice: Choice,
    /// What it was on this day, UTC: logs of the day, and the inventory as it was known at its end. Nothing is kept
    #[arg(long, value_name = "DATE")]
    at: Option<jiff::civil::Date>,
    /// Write a report: `html=FILE`, `json`, `csv-edges=FILE` …; may be given several times
    #[arg(long, short, value_name = "FORMAT[=FILE]")]
    output: Vec<OutputSpec>,
    /// Print the edges as JSON, with their evidence
    #[arg(long)]
    json: bool,
}

impl Map {
    /// Discovers and prints.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let config = Config::load(global.config.as_deref())?;
        self.choice.check(&config)?;
        let lake = stage::open(&global.lake).await?;
        let asked = Asked::new(&config, self.at, world::now())?;
        let mut found = stage::discover::discover_all(&lake, &asked).await?;
        let protected = &asked.protected;
        self.choice.keep(&mut found.edges, protected);
        if self.json {
            print::json(&Json::of(&found))?;
        } else if self.output.is_empty() {
            found.inventory.tell(self.at)?;
            listed::show(&found.edges, &self.choice, protected)?;
            if self.choice.is_whole() {
                self_hosted::show(&found.self_hosted, &found.self_hosted_unread)?;
            }
        }
        let exit = self.exit(&found.edges, protected);
        if !self.output.is_empty() {
            let checks = sightline_check::checks()?;
            let report = stage::reported::report(&lake, Vec::new(), &checks, Some(found.edges), world::now()).await?;
            stage::reported::write(&report, &self.output)?;
        }
        Ok(exit)
    }

    /// Unprotected edges are findings; where nobody could tell, that is said.
    fn exit(&self, edges: &[Edge], protected: &Protected) -> Exit {
        if !self.choice.asks_for_unprotected() || edges.is_empty() {
            return Exit::Clean;
        }
        let fails = edges.iter().any(|edge| protected.of(edge) == Tri::No);
        if fails { Exit::Findings } else { Exit::Incomplete }
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Json<'f> {
    window: &'f Span,
    inventory: &'f Inventory,
    edges: &'f [Edge],
    self_hosted_models: &'f [SelfHostedModel],
    self_hosted_models_unread: &'f [String],
}

impl<'f> Json<'f> {
    fn of(found: &'f Discovered) -> Self {
        Self {
            window: &found.window,
            inventory: &found.inventory,
            edges: &found.edges,
            self_hosted_models: &found.self_hosted,
            self_hosted_models_unread: &found.self_hosted_unread,
        }
    }
}
