//! `sightline cluster`: the scheduler and the executors that `--cluster` sends work to.

mod executor;
mod scheduler;

use super::Global;
use crate::exit::Exit;
use anyhow::bail;
use clap::{Args, Subcommand};
use std::net::IpAddr;

/// Run the parts of a cluster, for lakes that one machine is too small for: one scheduler and any number of executors
#[derive(Debug, Args)]
#[command(
    after_help = "Then any command takes `--cluster http://HOST:50050`. All must be the same version of sightline, and executors must see \
     the lake under the same path or URL as the clients.\nThe ports ask nobody who they are: keep them in a network of their own."
)]
pub(crate) struct ClusterCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Scheduler(scheduler::SchedulerCommand),
    Executor(executor::ExecutorCommand),
}

impl ClusterCommand {
    /// Runs until Ctrl-C or SIGTERM.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        match self.action {
            Action::Scheduler(command) => command.run().await,
            Action::Executor(command) => command.run(global).await,
        }
    }
}

/// Whoever reaches a port of a cluster can have the lake read.
fn check_listen(address: IpAddr, allow_remote: bool) -> anyhow::Result<()> {
    if !address.is_loopback() && !allow_remote {
        bail!(
            "`{address}` can be reached from other machines, and whoever reaches it can read the lake: keep it in a network of its own and say \
             `--allow-remote`"
        );
    }
    Ok(())
}
