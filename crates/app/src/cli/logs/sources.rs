//! `sightline logs sources`.

use crate::exit::Exit;
use crate::print;
use crate::table::{Tone, entry};
use clap::Args;
use serde::Serialize;
use sightline_ingest::source::ALL;

/// Where the text beside a label begins.
const INDENT: usize = 14;

/// List the kinds of logs that are understood, with their tables and where AWS writes them
#[derive(Debug, Args)]
pub(crate) struct Sources {
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line {
    name: &'static str,
    about: &'static str,
    tables: Vec<&'static str>,
    layouts: &'static [&'static str],
}

impl Sources {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let all = ALL.iter().map(|source| Line {
            name: source.name(),
            about: source.about(),
            tables: source.tables().iter().map(|table| table.name).collect(),
            layouts: source.layouts(),
        });
        let all: Vec<Line> = all.collect();
        if self.json {
            print::json(&all)?;
            return Ok(Exit::Clean);
        }
        for one in &all {
            print::line(&format!("{}: {}", one.name, one.about))?;
            print::line(&entry("tables", Tone::Plain, INDENT, &one.tables.join(", ")))?;
            for (place, layout) in one.layouts.iter().enumerate() {
                print::line(&entry(if place == 0 { "written as" } else { "" }, Tone::Plain, INDENT, layout))?;
            }
            print::line("")?;
        }
        Ok(Exit::Clean)
    }
}
