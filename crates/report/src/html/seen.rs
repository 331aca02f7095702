//! What was seen and what was not.

use super::label;
use super::page::Bounded;
use crate::{LogProblem, LogSource, MissingAction, OutcomeCount, Report};
use serde::Serialize;
use sightline_model::Coverage;

#[derive(Serialize)]
pub(super) struct Seen {
    whole: bool,
    scans: Vec<ScanRow>,
    outcomes: Vec<OutcomeCount>,
    operations: usize,
    missing: Vec<MissingAction>,
    incomplete: Bounded<Coverage>,
    sources: Vec<LogSource>,
    problems: Bounded<LogProblem>,
    gaps: Bounded<GapRow>,
}

#[derive(Serialize)]
struct ScanRow {
    account: String,
    caller: String,
    regions: Vec<String>,
    finished: String,
    calls: i64,
    resources: i64,
    incomplete: i64,
}

#[derive(Serialize)]
struct GapRow {
    source: String,
    account: String,
    region: String,
    subject: String,
    reason: String,
    first: String,
    last: String,
}

pub(super) fn seen(report: &Report, limit: usize) -> Seen {
    let scans = report.scans.iter().map(|scan| ScanRow {
        account: scan.account_id.clone(),
        caller: scan.caller_arn.clone(),
        regions: scan.regions.clone(),
        finished: label::minute(scan.finished_at),
        calls: scan.calls,
        resources: scan.resources,
        incomplete: scan.incomplete,
    });
    let gaps = report.logs.gaps.iter().map(|gap| GapRow {
        source: gap.source.clone(),
        account: gap.account_id.clone(),
        region: gap.region.clone(),
        subject: gap.subject.clone(),
        reason: gap.reason.clone(),
        first: label::minute(gap.first_seen),
        last: label::minute(gap.last_seen),
    });
    Seen {
        whole: report.is_whole(),
        scans: scans.collect(),
        outcomes: report.by_outcome(),
        operations: report.coverage.len(),
        missing: report.missing_actions(),
        incomplete: Bounded::new(report.coverage.iter().filter(|row| !row.outcome.is_complete()).cloned(), limit),
        sources: report.logs.sources.clone(),
        problems: Bounded::new(report.logs.problems.iter().cloned(), limit),
        gaps: Bounded::new(gaps, limit),
    }
}
