//! `sightline logs`: logs themselves, and what is missing of them.

mod decode;
mod export;
mod gaps;
mod rows;
mod sources;

use super::Global;
use crate::exit::Exit;
use clap::{Args, Subcommand};

/// Look into logs: rows of single files, known sources, what is missing; hand calls of models on
#[derive(Debug, Args)]
pub(crate) struct Logs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Decode(decode::Decode),
    Export(export::Export),
    Sources(sources::Sources),
    Gaps(gaps::Missing),
}

impl Logs {
    /// Runs the action.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        match self.action {
            Action::Decode(decode) => decode.run(global),
            Action::Export(export) => export.run(global).await,
            Action::Sources(sources) => sources.run(),
            Action::Gaps(gaps) => gaps.run(global).await,
        }
    }
}
