//! The command line: one file a command, each with its arguments and `run`.

mod access;
mod blindspots;
mod can;
mod checks;
mod cluster;
mod completions;
pub(crate) mod config;
pub(crate) mod connection;
pub(crate) mod detect;
mod diff;
mod doctor;
mod explain;
mod findings;
mod generate;
mod iam;
pub(crate) mod ingest;
mod keep;
mod lake;
mod lineage;
mod logs;
mod man;
pub(crate) mod map;
mod mcp;
pub(crate) mod mute;
pub(crate) mod onboard;
mod own_checks;
mod permissions;
pub(crate) mod probe;
pub(crate) mod query;
mod report;
mod scan;
mod serve;
mod source;
pub(crate) mod token;
mod who_can;

use crate::config::Config;
use crate::exit::Exit;
use crate::log::LogFormat;
use crate::stage;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// The lake where nothing else is said.
pub(crate) const DEFAULT_LAKE: &str = ".sightline/lake";

/// Shows, with evidence, which AI models your AWS workloads can and do call, over which path and behind which controls;
/// checks the accounts' posture, says what it could not see, and writes the fix. It changes nothing in any account.
#[derive(Debug, Parser)]
#[command(name = "sightline", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit status: 0 clean, 1 findings, 2 could not run, 3 nothing failing but something could not be seen."
)]
pub(crate) struct Cli {
    /// what every command takes
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Folder, or `s3://bucket/prefix`, that keeps all that is read and found
    #[arg(long, global = true, env = "SIGHTLINE_LAKE", value_name = "PLACE", default_value = DEFAULT_LAKE)]
    pub lake: PathBuf,
    /// File of settings [default: that of `SIGHTLINE_CONFIG`, else `sightline.toml` where there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Scheduler of a cluster that runs large queries, such as `http://127.0.0.1:50050` [default: all is run here]
    #[arg(long, global = true, env = "SIGHTLINE_CLUSTER", value_name = "URL")]
    pub cluster: Option<String>,
    /// Say more on standard error; twice for more still
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Debug, Subcommand)]
enum Command {
    Onboard(Box<onboard::Onboard>),
    Doctor(doctor::Doctor),
    Scan(scan::Scan),
    Ingest(ingest::Ingest),
    Lake(lake::LakeCommand),
    Logs(logs::Logs),
    Map(map::Map),
    Diff(diff::Diff),
    #[command(name = "blindspots")]
    BlindSpots(blindspots::BlindSpots),
    Lineage(lineage::LineageOf),
    WhoCan(who_can::WhoCan),
    Can(can::Can),
    Access(access::Access),
    Findings(findings::Findings),
    Checks(checks::Checks),
    Detect(detect::Detect),
    Mute(mute::MuteCommand),
    Probe(probe::Probe),
    Report(report::Report),
    Serve(serve::Serve),
    Mcp(mcp::Mcp),
    Token(token::TokenCommand),
    Query(query::Query),
    Explain(explain::Explain),
    Iam(iam::Iam),
    Permissions(permissions::Permissions),
    Cluster(cluster::ClusterCommand),
    Config(config::ConfigCommand),
    Completions(completions::Completions),
    Man(man::Man),
    Generate(generate::Generate),
}

impl Cli {
    /// How the log is to be written.
    pub(crate) fn log_format(&self) -> LogFormat {
        match &self.command {
            Command::Serve(serve) => serve.log_format,
            _ => LogFormat::Text,
        }
    }

    /// Runs the command.
    ///
    /// # Errors
    /// What kept the command from running: exit status 2.
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        if self.command.asks_the_lake() {
            let config = Config::load(self.global.config.as_deref())?;
            stage::cluster::begin(self.global.cluster.as_deref(), &config)?;
        }
        let end = self.dispatch().await;
        stage::cluster::tell();
        end
    }

    async fn dispatch(self) -> anyhow::Result<Exit> {
        let global = &self.global;
        match self.command {
            Command::Onboard(command) => command.run().await,
            Command::Doctor(command) => command.run(global).await,
            Command::Scan(command) => command.run(global).await,
            Command::Ingest(command) => command.run(global).await,
            Command::Lake(command) => command.run(global).await,
            Command::Logs(command) => command.run(global).await,
            Command::Map(command) => command.run(global).await,
            Command::Diff(command) => command.run(global).await,
            Command::BlindSpots(command) => command.run(global).await,
            Command::Lineage(command) => command.run(global).await,
            Command::WhoCan(command) => command.run(global).await,
            Command::Can(command) => command.run(global).await,
            Command::Access(command) => command.run(global).await,
            Command::Findings(command) => command.run(global).await,
            Command::Checks(command) => command.run(global).await,
            Command::Detect(command) => command.run(global).await,
            Command::Mute(command) => command.run(global).await,
            Command::Probe(command) => command.run(global).await,
            Command::Report(command) => command.run(global).await,
            Command::Serve(command) => command.run(global).await,
            Command::Mcp(command) => command.run(global).await,
            Command::Token(command) => command.run(global),
            Command::Query(command) => command.run(global).await,
            Command::Explain(command) => command.run(global).await,
            Command::Iam(command) => command.run(),
            Command::Permissions(command) => command.run(global),
            Command::Cluster(command) => command.run(global).await,
            Command::Config(command) => command.run(global),
            Command::Completions(command) => command.run(),
            Command::Man(command) => command.run(),
            Command::Generate(command) => command.run(),
        }
    }
}

impl Command {
    /// Whether the lake is queried: others do not care what the file says of a cluster, or say themselves what is wrong with it.
    fn asks_the_lake(&self) -> bool {
        !matches!(
            self,
            Self::Onboard(_)
                | Self::Doctor(_)
                | Self::Iam(_)
                | Self::Permissions(_)
                | Self::Cluster(_)
                | Self::Config(_)
                | Self::Completions(_)
                | Self::Man(_)
                | Self::Generate(_)
        )
    }
}
