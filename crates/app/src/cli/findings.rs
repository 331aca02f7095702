//! `sightline findings`: run the checks over the newest scans.

mod listing;

use super::Global;
use super::own_checks::OwnChecks;
use crate::config::Config;
use crate::exit::Exit;
use crate::stage::baseline::Baseline;
use crate::stage::muted::{Told, told};
use crate::table::Tone;
use crate::{print, stage, world};
use clap::Args;
use sightline_check::{Check, Selection};
use sightline_model::{Severity, Status};
use sightline_report::OutputSpec;
use std::cmp::Reverse;
use std::path::PathBuf;

/// Check what the newest scans saw; what rests on something that could not be read is `unknown`, never `pass`
#[derive(Debug, Args)]
pub(crate) struct Findings {
    /// Run these checks only: id, service, severity or framework, `*` for any text (`bedrock-*`, `high`, `cis-7.0:2.*`)
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    select: Vec<String>,
    /// Leave these checks out
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    ignore: Vec<String>,
    #[command(flatten)]
    own: OwnChecks,
    /// Show these statuses [default: fail and unknown]
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<Status>,
    /// Show what is muted in `sightline.toml` too
    #[arg(long)]
    muted: bool,
    /// Show and count only what is new against a report that `findings -o json=FILE` wrote; reports stay whole
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
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
        let config = Config::load(global.config.as_deref())?;
        let baseline = self.baseline.as_deref().map(Baseline::read).transpose()?;
        let all = stage::probed::with_families(self.own.load(&config)?);
        let lake = stage::open(&global.lake).await?;
        let selection = Selection { select: self.select.clone(), ignore: self.ignore.clone() };
        let checks = selection.apply(all.clone())?;
        let findings = stage::evaluate::evaluate(&lake, &checks).await?;
        let findings = told(&config, findings, &all, world::today());

        let counted = against(&findings, baseline.as_ref());
        if self.json {
            print::json(&self.shown(&counted))?;
        } else if self.output.is_empty() {
            self.list(&counted, &findings, baseline.as_ref(), &checks)?;
        }
        let exit = if self.exit_zero { Exit::Clean } else { exit(&counted, self.fail_on) };
        if !self.output.is_empty() {
            let report = stage::reported::report(&lake, findings, &all, None, world::now()).await?;
            stage::reported::write(&report, &self.output)?;
        }
        Ok(exit)
    }

    fn list(
        &self,
        counted: &[Told],
        all: &[Told],
        baseline: Option<&Baseline>,
        checks: &[Check],
    ) -> anyhow::Result<()> {
        listing::show(counted, &self.shown(counted))?;
        if let Some(baseline) = baseline {
            listing::changes(&baseline.changes(all, checks))?;
        }
        Ok(())
    }

    fn shown<'f>(&self, findings: &'f [Told]) -> Vec<&'f Told> {
        let wanted = |told: &&Told| match self.status.as_slice() {
            [] => matches!(told.finding.status, Status::Fail | Status::Unknown),
            some => some.contains(&told.finding.status),
        };
        let mut shown: Vec<&Told> =
            findings.iter().filter(wanted).filter(|told| self.muted || told.mute.is_none()).collect();
        let rank = |told: &&Told| {
            let finding = &told.finding;
            (Reverse(finding.severity), finding.check_id.clone(), told.mute.is_some(), finding.status != Status::Fail)
        };
        shown.sort_by_cached_key(rank);
        shown
    }
}

/// What is new; all where there is no baseline.
fn against(findings: &[Told], baseline: Option<&Baseline>) -> Vec<Told> {
    findings.iter().filter(|told| baseline.is_none_or(|baseline| baseline.is_new(told))).cloned().collect()
}

/// The exit status that the findings ask for. What is muted does not count.
pub(crate) fn exit(findings: &[Told], fail_on: Severity) -> Exit {
    let failing = findings.iter().any(|told| told.fails(fail_on));
    let unknown = findings.iter().any(|told| told.counts() && told.finding.status == Status::Unknown);
    match (failing, unknown) {
        (true, _) => Exit::Findings,
        (false, true) => Exit::Incomplete,
        (false, false) => Exit::Clean,
    }
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
