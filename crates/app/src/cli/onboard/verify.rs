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

/// Lines of a fix that are shown unless all are asked for.
const SHORT: usize = 8;

/// The arguments of `verify`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Verify these only [default: all]
    prerequisites: Vec<String>,
    #[command(flatten)]
    access: Connection,
    #[command(flatten)]
    expected: Expected,
    /// Print the whole fix of everything that is not ok, however long
    #[arg(long)]
    fixes: bool,
    /// Print the verdicts as JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    /// Looks, and prints what was seen.
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let verdicts = verify(&self.prerequisites, &self.access, self.expected).await?;
        if self.json {
            print::json(&verdicts)?
        } else {
            show(&verdicts, self.fixes)?
        }
        Ok(verdicts.iter().map(|verdict| exit(verdict.status)).fold(Exit::Clean, Exit::or_worse))
    }
}

/// Looks at these prerequisites, or at all. Changes nothing.
///
/// # Errors
/// Nobody knows such a prerequisite; a parameter is wrong; the account cannot be asked.
pub(crate) async fn verify(
    prerequisites: &[String],
    access: &Connection,
    expected: Expected,
) -> anyhow::Result<Vec<Verdict>> {
    let named = chosen(prerequisites)?;
    // What is made of the others stands as they do.
    let units = if named.iter().any(|unit| unit.is_composition()) { chosen(&[])? } else { named };
    let units = units.iter().filter(|unit| !unit.is_composition());
    let aws = access.connect().await?;
    let caller = aws.caller().await?;
    let regions = regions(&aws, access);
    let parameters = Parameters::check(expected.given(caller.account_id, Some(caller.partition), regions)?)?;
    let context = Context { aws, parameters, now: world::now(), pods: Some(Arc::new(OfClusters)) };
    let verified = futures::future::join_all(units.map(|unit| unit.verify(&context))).await;
    Ok(verified.into_iter().flatten().collect())
}

fn regions(aws: &Aws, access: &Connection) -> Vec<String> {
    if access.regions.is_empty() { vec![aws.default_region().to_owned()] } else { access.regions.clone() }
}

pub(super) fn exit(state: State) -> Exit {
    match state {
        State::Ok => Exit::Clean,
        State::Missing | State::Wrong => Exit::Findings,
        State::CannotTell => Exit::Incomplete,
    }
}

fn show(verdicts: &[Verdict], fixes: bool) -> anyhow::Result<()> {
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
        if verdict.status != State::Ok {
            print::line(&table::entry("", Tone::Plain, 13, &format!("told by {}", verdict.call)))?;
            show_fix(&verdict.fix, fixes)?;
        }
    }
    let count = |state: State| verdicts.iter().filter(|verdict| verdict.status == state).count();
    print::line(&format!(
        "\n{} ok, {} missing, {} wrong, {} cannot tell. Nothing was changed.",
        count(State::Ok),
        count(State::Missing),
        count(State::Wrong),
        count(State::CannotTell)
    ))?;
    Ok(())
}

/// A fix is to be copied: it is not wrapped.
fn show_fix(fix: &str, is_whole: bool) -> anyhow::Result<()> {
    let lines: Vec<&str> = fix.lines().collect();
    let shown = if is_whole || lines.len() <= SHORT { lines.len() } else { SHORT - 1 };
    for (at, line) in lines.iter().take(shown).enumerate() {
        print::line(&format!("  {:11}{}", if at == 0 { "fix" } else { "" }, for_terminal(line)))?;
    }
    if shown < lines.len() {
        print::line(&format!("  {:11}… {} more lines: `--fixes` prints all", "", lines.len() - shown))?;
    }
    Ok(())
}

pub(super) fn tone(state: State) -> Tone {
    match state {
        State::Ok => Tone::Good,
        State::Missing | State::Wrong => Tone::Bad,
        State::CannotTell => Tone::Doubt,
    }
}
