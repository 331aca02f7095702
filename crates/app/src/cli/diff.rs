//! `sightline diff`: what talked to models on one day and not on another, and what changed between.

mod told;

use super::Global;
use crate::config::Config;
use crate::exit::Exit;
use crate::stage::discover::{Asked, discover_all};
use crate::{print, stage, world};
use clap::Args;
use jiff::civil::Date;
use sightline_discover::difference::{Change, differences};
use sightline_model::edge::Edge;

/// Show what is different between the maps of two days: edges that are new or gone, other paths, other controls
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The earlier day, UTC, such as 2026-11-18
    before: Date,
    /// The later day
    after: Date,
    /// Connections that are no calls of models too
    #[arg(long)]
    all: bool,
    /// Print the differences as JSON
    #[arg(long)]
    json: bool,
}

impl Diff {
    /// Makes both maps and prints what is different.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        anyhow::ensure!(self.before < self.after, "`{}` is not before `{}`", self.before, self.after);
        let config = Config::load(global.config.as_deref())?;
        let lake = stage::open(&global.lake).await?;
        let of = async |day: Date| -> anyhow::Result<Vec<Edge>> {
            let asked = Asked::new(&config, Some(day), world::now())?;
            let mut edges = discover_all(&lake, &asked).await?.edges;
            edges.retain(|edge| self.all || edge.is_of_model());
            Ok(edges)
        };
        let (before, after) = (of(self.before).await?, of(self.after).await?);
        let changes: Vec<Change> = differences(&before, &after);
        if self.json {
            print::json(&changes)?;
        } else {
            told::show(&changes, (self.before, before.len()), (self.after, after.len()))?;
        }
        Ok(Exit::Clean)
    }
}
