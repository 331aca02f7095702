//! `sightline detect`: who abuses models, told by the logs.

mod events;
pub(crate) mod explain;
mod list;
mod show;

use super::Global;
use crate::exit::Exit;
use crate::since::Since;
use crate::{print, stage};
use clap::{Args, Subcommand};
use serde_json::json;
use sightline_check::detect::{self, Detected};
use sightline_model::Severity;
use sightline_report::EventOutputSpec;

/// Look for abuse of models in the logs: one case for one actor and time, and what could not be looked at
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(
    after_help = "What is usual for an identity is told by the logs of the days before. Where the telemetry is missing that a \
     detection needs, the answer is `not assessable`, and the exit status 3: silence of a log that nobody keeps is no good news."
)]
pub(crate) struct Detect {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    look: Look,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::List),
    Explain(explain::ExplainDetection),
}

#[derive(Debug, Args)]
struct Look {
    /// Look at what happened since then: an age before the end (`24h`, `7d`) or a time (`2026-11-01`)
    #[arg(long, value_name = "AGE|TIME", default_value = "24h")]
    since: Since,
    /// Look at what happened before then [default: the newest record of the logs]
    #[arg(long, value_name = "AGE|TIME")]
    until: Option<Since>,
    /// Run these detections only: id, severity, stage or tactic, `*` for any text (`recon`, `T1562*`)
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    select: Vec<String>,
    /// Show what weighs too little to make a case, too
    #[arg(long)]
    all: bool,
    /// Exit with 1 when a case is of this severity or worse
    #[arg(long, value_name = "SEVERITY", default_value = "high")]
    fail_on: Severity,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// Write the cases as events: `ocsf`, `ocsf=FILE`; what could not be assessed is among them
    #[arg(long, short, value_name = "FORMAT[=FILE]", conflicts_with = "json")]
    output: Option<EventOutputSpec>,
    /// Print the cases as JSON
    #[arg(long)]
    json: bool,
}

impl Detect {
    /// Runs the detections, or tells of them.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        match self.action {
            None => self.look.run(global).await,
            Some(Action::List(list)) => list.run(),
            Some(Action::Explain(explain)) => explain.run(global).await,
        }
    }
}

impl Look {
    async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let detections = detect::selected(detect::detections()?, &self.select)?;
        let lake = stage::open(&global.lake).await?;
        let (window, detected) = stage::detect::detect(&lake, &detections, &self.since, self.until.as_ref()).await?;
        if let Some(output) = &self.output {
            events::write(output, &detected, &detections)?;
        } else if self.json {
            let mut told = json!({
                "from": window.from, "until": window.until, "history": window.history, "detections": detections.len(),
                "cases": detected.cases, "not_assessed": detected.not_assessed, "own_calls": detected.own_calls,
            });
            if let Some(told) = told.as_object_mut().filter(|_| self.all) {
                told.insert("weak".to_owned(), json!(detected.weak));
            }
            print::json(&told)?;
        } else {
            show::show(&detected, &window, detections.len(), self.all)?;
        }
        Ok(if self.exit_zero { Exit::Clean } else { exit(&detected, self.fail_on) })
    }
}

fn exit(detected: &Detected, fail_on: Severity) -> Exit {
    let failing = detected.cases.iter().any(|case| case.severity >= fail_on);
    match (failing, detected.not_assessed.is_empty()) {
        (true, _) => Exit::Findings,
        (false, false) => Exit::Incomplete,
        (false, true) => Exit::Clean,
    }
}
