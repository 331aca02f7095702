//! Files that nobody names any more.

use super::super::Global;
use super::{chosen, table};
use crate::exit::Exit;
use crate::figures::{bytes, counted};
use crate::stage::upkeep;
use crate::{print, stage, world};
use clap::Args;
use sightline_lake::Swept;
use sightline_model::LakeTable;

/// Remove files that no table names any more: what was put together or taken out a week ago, and what killed processes left
///
/// Files that the log of a table still remembers (a week), that a claim names, or that are younger than the given hours are kept.
#[derive(Debug, Args)]
pub(super) struct Vacuum {
    /// Tables [default: all]
    #[arg(value_name = "TABLE", value_parser = table)]
    tables: Vec<&'static LakeTable>,
    /// Keep what is younger than so many hours: longer than any scan or batch takes
    #[arg(long, default_value = "24", value_name = "HOURS", value_parser = hours)]
    older_than: u32,
    /// Count what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

fn hours(text: &str) -> Result<u32, String> {
    upkeep::hours(text.parse().ok())
}

impl Vacuum {
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let before = upkeep::hours_before(world::now(), self.older_than)?;
        let mut all = Swept::default();
        for table in chosen(&self.tables, |_| true, "")? {
            let swept = upkeep::vacuum(&lake, table, before, self.dry_run).await?;
            all.files += swept.files;
            all.bytes += swept.bytes;
        }
        let verb = if self.dry_run { "would remove" } else { "removed" };
        print::line(&format!("{verb} {}, {}", counted(all.files, "file"), bytes(all.bytes)))?;
        Ok(Exit::Clean)
    }
}
