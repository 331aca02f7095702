//! Small files put together.

use super::super::Global;
use super::table;
use crate::exit::Exit;
use crate::stage::upkeep;
use crate::{print, stage};
use clap::Args;
use sightline_model::LakeTable;

/// Put small files of tables together into larger ones. Rows stay, and so do the small files, a week long, for who reads them now
#[derive(Debug, Args)]
pub(super) struct Compact {
    /// Tables [default: all whose files are not parted by a column]
    #[arg(value_name = "TABLE", value_parser = table)]
    tables: Vec<&'static LakeTable>,
}

impl Compact {
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        for table in upkeep::to_compact(&self.tables)? {
            let compacted = upkeep::compact(&lake, table).await?;
            if compacted.from > 0 {
                print::line(&format!("{}: {} files are {} now", table.name, compacted.from, compacted.into))?;
            }
        }
        Ok(Exit::Clean)
    }
}
