//! `sightline cluster scheduler`.

use super::super::serve::ended;
use super::check_listen;
use crate::exit::Exit;
use crate::print;
use clap::Args;
use sightline_lake::cluster::{Scheduler, SchedulerOptions, VERSION};
use std::net::SocketAddr;

/// Run the scheduler: it takes plans, cuts them into stages and gives these to executors
#[derive(Debug, Args)]
#[command(
    after_help = "`GET /healthz` and `GET /readyz` on the same port answer probes; it is ready when it has an executor.\nIt keeps nothing on \
     disk: when it ends, running queries fail, and executors wait for the next one."
)]
pub(crate) struct SchedulerCommand {
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:50050", env = "SIGHTLINE_CLUSTER_LISTEN", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Name or address that executors reach it by [default: the address it listens on]
    #[arg(long, value_name = "HOST")]
    advertise: Option<String>,
    /// Listen on an address that other machines reach. The port asks nobody who they are: keep it in a network of its own
    #[arg(long)]
    allow_remote: bool,
}

impl SchedulerCommand {
    /// Runs until Ctrl-C or SIGTERM.
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        check_listen(self.listen.ip(), self.allow_remote)?;
        let options = SchedulerOptions { listen: self.listen, advertise: self.advertise, version: VERSION.to_owned() };
        let scheduler = Scheduler::bind(options).await?;
        print::line(&format!("http://{}", scheduler.address()))?;
        tokio::select! {
            end = scheduler.run() => end?,
            () = ended() => print::note("stopped: queries that were running have failed"),
        }
        Ok(Exit::Clean)
    }
}
