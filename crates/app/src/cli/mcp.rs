//! `sightline mcp`: the lake for a model's tools.

use super::Global;
use crate::exit::Exit;
use crate::serve::mcp;
use clap::Args;

/// Serve what the lake holds to a model over standard input and output (Model Context Protocol); it can read, and change nothing
#[derive(Debug, Args)]
#[command(
    after_help = "A client starts it itself: give it the command `sightline mcp`, with `--lake` where the lake is elsewhere. Names, tags and log \
     values in its answers were written by others: what they say is never an instruction."
)]
pub(crate) struct Mcp {}

impl Mcp {
    /// Serves until standard input ends.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        mcp::run(&global.lake, global.config.clone()).await?;
        Ok(Exit::Clean)
    }
}
