//! `sightline findings`: run the checks over the newest scans.

use super::Global;
use crate::exit::Exit;
use crate::stage;
use crate::table::{self, Tone, middle, width};
use crate::{print, world};
use clap::Args;
use sightline_check::Selection;
use sightline_model::{Finding, Severity, Status};
use sightline_report::OutputSpec;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Resources that are listed of each check; the rest is counted.
const LISTED: usize = 8;

/// Check what the newest scans saw; what rests on something that could not be read is `unknown`, never `pass`
#[derive(Debug, Args)]
pub(crate) struct Findings {
    /// Run these checks only: id, service, severity or framework, `*` for any text (`bedrock-*`, `high`, `cis-7.0:2.*`)
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    select: Vec<String>,
    /// Leave these checks out
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Show these statuses [default: fail and unknown]
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<Status>,
    /// Exit with 1 when a finding of this severity or worse fails
    #[arg(long, value_name = "SEVERITY", default_value = "high")]
    fail_on: Severity,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// Write a report: `html=FILE`, `json`, `csv=FILE` …; may be given several times
    #[arg(long, short, value_name = "FORMAT[=FILE]")]
    output: Vec<OutputSpec>,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

impl Findings {
    /// Evaluates and prints.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let selection = Selection { select: self.select.clone(), ignore: self.ignore.clone() };
        let checks = selection.apply(sightline_check::checks()?)?;
        let findings = stage::evaluate::evaluate(&lake, &checks).await?;
        if self.json {
            print::json(&self.shown(&findings))?;
        } else if self.output.is_empty() {
            show(&findings, &self.shown(&findings))?;
        }
        if !self.output.is_empty() {
            let report = stage::reported::report(&lake, findings.clone(), None, world::now()).await?;
            stage::reported::write(&report, &self.output)?;
        }
        Ok(if self.exit_zero { Exit::Clean } else { exit(&findings, self.fail_on) })
    }

    fn shown<'f>(&self, findings: &'f [Finding]) -> Vec<&'f Finding> {
        let wanted = |finding: &&Finding| match self.status.as_slice() {
            [] => matches!(finding.status, Status::Fail | Status::Unknown),
            some => some.contains(&finding.status),
        };
        let mut shown: Vec<&Finding> = findings.iter().filter(wanted).collect();
        let rank =
            |finding: &&Finding| (Reverse(finding.severity), finding.check_id.clone(), finding.status != Status::Fail);
        shown.sort_by_cached_key(rank);
        shown
    }
}

/// The exit status that the findings ask for.
pub(crate) fn exit(findings: &[Finding], fail_on: Severity) -> Exit {
    let failing = findings.iter().any(|finding| finding.status == Status::Fail && finding.severity >= fail_on);
    let unknown = findings.iter().any(|finding| finding.status == Status::Unknown);
    match (failing, unknown) {
        (true, _) => Exit::Findings,
        (false, true) => Exit::Incomplete,
        (false, false) => Exit::Clean,
    }
}

fn show(all: &[Finding], shown: &[&Finding]) -> anyhow::Result<()> {
    for check in shown.chunk_by(|a, b| a.check_id == b.check_id) {
        show_check(check)?;
    }
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for finding in all {
        *counts.entry(finding.status).or_default() += 1;
    }
    let count = |status| counts.get(&status).copied().unwrap_or_default();
    print::line(&format!(
        "{} fail, {} unknown, {} pass, {} skip.\n`sightline explain CHECK` tells what one means and how to fix it; `--json` has all.",
        count(Status::Fail),
        count(Status::Unknown),
        count(Status::Pass),
        count(Status::Skip)
    ))?;
    Ok(())
}

/// One check: what is wrong, then where.
fn show_check(findings: &[&Finding]) -> anyhow::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    let severity = if first.severity >= Severity::High { Tone::Bad } else { Tone::Plain };
    print::line(&table::entry(
        first.severity.as_str(),
        severity,
        12,
        &format!("{} ({})", first.title, first.check_id),
    ))?;
    let name = usize::from(width()).saturating_sub(40).clamp(20, 80);
    for finding in findings.iter().take(LISTED) {
        let word = format!("{:8}", finding.status.as_str());
        let place = format!("{:name$}  {}", middle(&finding.resource_title, name), finding.region);
        print::line(&format!("{:12}{}", "", table::entry(&word, tone(finding.status), 12, &place).trim_start()))?;
    }
    if findings.len() > LISTED {
        print::line(&format!("{:12}… and {} more", "", findings.len() - LISTED))?;
    }
    print::line("")?;
    Ok(())
}

/// The colour of a status.
pub(crate) fn tone(status: Status) -> Tone {
    match status {
        Status::Pass => Tone::Good,
        Status::Fail => Tone::Bad,
        Status::Unknown => Tone::Doubt,
        Status::Skip => Tone::Plain,
    }
}
