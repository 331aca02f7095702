//! `sightline lake`: what the lake needs now and then, and how other engines read it.

mod compact;
mod ddl;
mod retain;
mod status;
mod vacuum;

use super::Global;
use crate::exit::Exit;
use crate::stage::upkeep::{chosen, table};
use clap::{Args, Subcommand};

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
