//! `sightline lake`: what the lake needs now and then, and how other engines read it.

mod compact;
mod ddl;
mod retain;
mod status;
mod vacuum;

use super::Global;
use crate::exit::Exit;
use anyhow::bail;
use clap::{Args, Subcommand};
use sightline_model::LakeTable;
use sightline_model::lake_table::ALL;

/// Look after the lake: its size, small files, old rows, files that nobody names; and table definitions for other engines
#[derive(Debug, Args)]
#[command(
    after_help = "Who ingests puts small files together meanwhile. Nothing is ever taken out of a lake but by `retain` and `vacuum`."
)]
pub(crate) struct LakeCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Status(status::Status),
    Compact(compact::Compact),
    Retain(retain::Retain),
    Vacuum(vacuum::Vacuum),
    Ddl(ddl::Ddl),
}

impl LakeCommand {
    /// Does it.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        match self.action {
            Action::Status(command) => command.run(global).await,
            Action::Compact(command) => command.run(global).await,
            Action::Retain(command) => command.run(global).await,
            Action::Vacuum(command) => command.run(global).await,
            Action::Ddl(command) => command.run(global).await,
        }
    }
}

/// A table's name, as an argument.
fn table(text: &str) -> Result<&'static LakeTable, String> {
    LakeTable::by_name(text).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|table| table.name).collect();
        format!("the lake has no such table; it has {}", names.join(", "))
    })
}

/// These tables; without any, all that fit.
fn chosen(
    given: &[&'static LakeTable],
    fits: impl Fn(&LakeTable) -> bool,
    why_not: &str,
) -> anyhow::Result<Vec<&'static LakeTable>> {
    if let Some(table) = given.iter().find(|table| !fits(table)) {
        bail!("table `{}` {why_not}", table.name);
    }
    let all = || ALL.iter().copied().filter(|table| fits(table)).collect();
    Ok(if given.is_empty() { all() } else { given.to_vec() })
}
