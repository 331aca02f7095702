//! `sightline lineage`: where a resource's data comes from, and who gets it.

pub(crate) mod tree;

mod drawn;
mod listed;
mod words;

use super::Global;
use crate::exit::Exit;
use crate::{print, stage};
use clap::{Args, ValueEnum};
use sightline_discover::lineage::Wanted;

/// Show where a resource's data comes from and who gets it: data, knowledge base or training, model, endpoint, caller
#[derive(Debug, Args)]
#[command(after_help = "Exits with 3 where something on the path could not be read.\n\
     `sightline map` keeps all relations as the table `relation`.")]
pub(crate) struct LineageOf {
    /// ARN of a resource, its name, or the end of its ARN
    resource: String,
    /// Only where its data comes from
    #[arg(long, conflicts_with = "down")]
    up: bool,
    /// Only who gets data from it
    #[arg(long)]
    down: bool,
    /// Steps in each direction
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=50))]
    depth: u8,
    /// How to print it
    #[arg(long, short, value_enum, default_value_t = Shape::Text, value_name = "FORMAT")]
    output: Shape,
    /// The same as `--output json`
    #[arg(long, conflicts_with = "output")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    Text,
    Json,
    Csv,
    Mermaid,
}

impl LineageOf {
    /// Follows the relations and prints them.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let wanted = Wanted { up: !self.down, down: !self.up, depth: usize::from(self.depth) };
        let lineage = stage::lineage::of(&lake, &self.resource, wanted).await?;
        match if self.json { Shape::Json } else { self.output } {
            Shape::Text => print::line(tree::text(&lineage, wanted).trim_end())?,
            Shape::Json => print::json(&lineage)?,
            Shape::Csv => listed::csv(&lineage)?,
            Shape::Mermaid => print::line(drawn::mermaid(&lineage).trim_end())?,
        }
        Ok(if lineage.is_incomplete() { Exit::Incomplete } else { Exit::Clean })
    }
}
