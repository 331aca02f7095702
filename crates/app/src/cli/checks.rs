//! `sightline checks`: the checks themselves.

pub(crate) mod explain;
mod list;
mod new;
mod test;

use super::Global;
use crate::exit::Exit;
use clap::{Args, Subcommand};

/// Look at checks, write your own, and try them
#[derive(Debug, Args)]
pub(crate) struct Checks {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::List),
    Explain(explain::ExplainCheck),
    New(new::New),
    Test(test::Test),
}

impl Checks {
    /// Runs the sub-command.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        match self.action {
            Action::List(list) => list.run(global),
            Action::Explain(explain) => explain.run(global),
            Action::New(new) => new.run(global),
            Action::Test(test) => test.run().await,
        }
    }
}
