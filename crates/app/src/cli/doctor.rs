//! `sightline doctor`: what may be wrong with this machine before an account is at fault.

mod clock;
mod configuration;
mod credentials;
mod disk;
mod environment;
mod key;
mod kubernetes;
mod lake;
mod line;
mod network;
mod obstacle;
mod proxy;
mod region;
mod shown;

use super::Global;
use super::connection::Connection;
use crate::exit::Exit;
use crate::{print, world};
use anyhow::Context as _;
use clap::Args;
use line::Line;
use sightline_aws::Aws;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Look whether this machine has all that a scan needs: credentials, clock, network, disk, lake. Nothing is changed
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 nothing is wrong (warnings may be there), 1 something is, 3 something could not be looked at."
)]
pub(crate) struct Doctor {
    #[command(flatten)]
    access: Connection,
    /// Kubeconfig that a scan is to be given
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// How long one answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,
    /// Print the lines as JSON
    #[arg(long)]
    json: bool,
}

/// Everything that is looked at, taken to a thread of its own.
struct Examination {
    access: Connection,
    kubeconfig: Option<PathBuf>,
    lake: PathBuf,
    config: Option<PathBuf>,
    limit: Duration,
}

impl Doctor {
    /// Looks at everything at once and prints what was seen.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let examination = Examination {
            access: self.access,
            kubeconfig: self.kubeconfig,
            lake: global.lake.clone(),
            config: global.config.clone(),
            limit: Duration::from_secs(self.timeout),
        };
        let lines = examination.apart().await?;
        if self.json {
            print::json(&lines)?
        } else {
            shown::show(&lines)?
        }
        Ok(lines.iter().map(|line| line.status.exit()).fold(Exit::Clean, Exit::or_worse))
    }
}

impl Examination {
    /// Looks from a runtime that is left behind. A name server or a network disk that does not answer holds the thread that asked
    /// it, no limit ends that, and an ordinary runtime would wait for it before the process may end.
    async fn apart(self) -> anyhow::Result<Vec<Line>> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let (sender, lines) = oneshot::channel();
        runtime.spawn(async move {
            // Nobody waits any more: the process ends.
            let _ = sender.send(self.lines().await);
        });
        let lines = lines.await;
        runtime.shutdown_background();
        lines.context("the examination ended early: please report this")
    }

    async fn lines(self) -> Vec<Line> {
        let limit = self.limit;
        let variables = world::variables();
        let (account, disk, lake, configuration, kubernetes) = tokio::join!(
            self.account(&variables),
            bounded(limit, "disk", {
                let bucket = crate::lake_place::is_bucket(&self.lake);
                let lake = if bucket { crate::lake_place::state_folder(&self.lake) } else { self.lake.clone() };
                move || disk::lines(&lake, &world::temporary())
            }),
            bounded(limit, "lake", {
                let (lake, runtime) = (self.lake.clone(), tokio::runtime::Handle::current());
                move || runtime.block_on(lake::check(&lake, world::now()))
            }),
            bounded(limit, "configuration", {
                let config = self.config.clone();
                move || configuration::lines(config.as_deref())
            }),
            bounded(limit, "kubernetes", {
                let (kubeconfig, runtime) = (self.kubeconfig.clone(), tokio::runtime::Handle::current());
                move || runtime.block_on(kubernetes::check(kubeconfig.as_deref()))
            }),
        );
        [account, disk, lake, configuration, kubernetes].concat()
    }

    /// What is between this machine and AWS.
    async fn account(&self, variables: &[(String, String)]) -> Vec<Line> {
        let connected = timeout(self.limit, async { (self.access.connect().await, self.regions().await) });
        let (aws, named) = match connected.await {
            Ok((Ok(aws), named)) => (aws, named),
            Ok((Err(error), _)) => {
                return vec![Line::wrong(
                    "credentials",
                    format!("{error:#}"),
                    "correct the options or the environment",
                )];
            }
            Err(_) => {
                let told = "the shared AWS configuration could not be read in time";
                return vec![Line::cannot_tell("credentials", told, "look at the disk that it is on")];
            }
        };
        let asked = if named.is_empty() { vec![aws.default_region().to_owned()] } else { named.clone() };
        let (credentials, answers) = tokio::join!(self.credentials(&aws), network::ask(&aws, &asked, self.limit));
        [
            credentials,
            region::lines(&named),
            clock::lines(&answers),
            network::lines(&answers, &asked),
            proxy::lines(variables, &answers),
            environment::lines(&aws, variables),
        ]
        .concat()
    }

    async fn credentials(&self, aws: &Aws) -> Vec<Line> {
        credentials::check(aws, self.access.profile.as_deref(), self.limit).await
    }

    async fn regions(&self) -> Vec<String> {
        if self.access.regions.is_empty() {
            self.access.options().named_region().await.into_iter().collect()
        } else {
            self.access.regions.clone()
        }
    }
}

/// Lines that a thread of its own makes, or one that says that it did not in time.
async fn bounded(limit: Duration, check: &'static str, look: impl FnOnce() -> Vec<Line> + Send + 'static) -> Vec<Line> {
    // What reads the disk takes as long as there is to read; it is not asked for one answer.
    let limit = limit * 4;
    match timeout(limit, spawn_blocking(look)).await {
        Ok(Ok(lines)) => lines,
        Ok(Err(error)) => {
            vec![Line::cannot_tell(check, format!("it could not be looked at: {error}"), "please report this")]
        }
        Err(_) => vec![Line::cannot_tell(
            check,
            format!("it could not be looked at within {} s", limit.as_secs()),
            "look at the disk (a network disk that does not answer?), or give it more time with `--timeout`",
        )],
    }
}
