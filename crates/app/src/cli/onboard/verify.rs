//! `sightline onboard verify`.

use super::chosen;
use super::expected::Expected;
use super::pods::OfClusters;
use crate::cli::connection::Connection;
use crate::exit::Exit;
use crate::table::{self, Tone};
use crate::{print, world};
use clap::Args;
use sightline_aws::Aws;
use sightline_model::untrusted::for_terminal;
use sightline_onboard::{Context, Parameters, State, Verdict};
use std::sync::Arc;

/// The arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Verify these only [default: all]
    prerequisites: Vec<String>,
    #[command(flatten)]
    access: Connection,
    #[command(flatten)]
    expected: Expected,
    /// Print the verdicts as JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    /// Looks, and prints what was seen.
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let mut units = chosen(&self.prerequisites)?;
        // What is made of the others stands as they do.
        if units.iter().any(|unit| unit.is_composition()) {
            units = chosen(&[])?;
        }
        let aws = self.access.connect().await?;
        let caller = aws.caller().await?;
        let regions = regions(&aws, &self.access);
        let parameters = Parameters::check(self.expected.given(caller.account_id, Some(caller.partition), regions)?)?;
        let context = Context { aws, parameters, now: world::now(), pods: Some(Arc::new(OfClusters)) };
        let verified = futures::future::join_all(units.iter().map(|unit| unit.verify(&context))).await;
        let verdicts: Vec<Verdict> = verified.into_iter().flatten().collect();
        if self.json {
            print::json(&verdicts)?
        } else {
            show(&verdicts)?
        }
        Ok(verdicts.iter().map(|verdict| exit(verdict.status)).fold(Exit::Clean, Exit::or_worse))
    }
}

fn regions(aws: &Aws, access: &Connection) -> Vec<String> {
    if access.regions.is_empty() { vec![aws.default_region().to_owned()] } else { access.regions.clone() }
}

fn exit(state: State) -> Exit {
    match state {
        State::Ok => Exit::Clean,
        State::Missing | State::Wrong => Exit::Findings,
        State::CannotTell => Exit::Incomplete,
    }
}

fn show(verdicts: &[Verdict]) -> anyhow::Result<()> {
    let mut last = ("", "");
    for verdict in verdicts {
        let about = (verdict.prerequisite.as_str(), verdict.target.as_str());
        if about != last {
            print::line(&format!(
                "{}{}  {}",
                if last.0.is_empty() { "" } else { "\n" },
                about.0,
                for_terminal(about.1)
            ))?;
            last = about;
        }
        print::line(&table::entry(verdict.status.as_str(), tone(verdict.status), 13, &verdict.reason))?;
    }
    let count = |state: State| verdicts.iter().filter(|verdict| verdict.status == state).count();
    print::line(&format!(
        "\n{} ok, {} missing, {} wrong, {} cannot tell. `--json` has the fix of each; nothing was changed.",
        count(State::Ok),
        count(State::Missing),
        count(State::Wrong),
        count(State::CannotTell)
    ))?;
    Ok(())
}

fn tone(state: State) -> Tone {
    match state {
        State::Ok => Tone::Good,
        State::Missing | State::Wrong => Tone::Bad,
        State::CannotTell => Tone::Doubt,
    }
}
