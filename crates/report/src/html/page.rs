//! The whole view that the template is given.

use super::findings::Which;
use super::{findings, label, map, picture, probes, seen, traffic};
use crate::{CheckCount, Report, TableCount};
use serde::Serialize;
use sightline_model::edge::Edge;
use sightline_model::{Severity, Status};
use std::collections::BTreeSet;

#[derive(Serialize)]
pub(super) struct Page {
    generated_at: String,
    version: String,
    accounts: Vec<String>,
    summary: Summary,
    seen: seen::Seen,
    failing: Bounded<findings::Group>,
    unknown: Bounded<findings::Group>,
    muted: Bounded<findings::Group>,
    map: map::Map,
    picture: picture::Picture,
    /// what is no call of a model
    traffic: Bounded<traffic::Connection>,
    /// the newest run of probes of each target
    probes: Bounded<probes::Run>,
    checks: Vec<CheckCount>,
    tables: Vec<TableCount>,
}

#[derive(Serialize)]
struct Summary {
    severities: Vec<(Severity, usize)>,
    fail: usize,
    unknown: usize,
    pass: usize,
    skip: usize,
    muted: usize,
    workloads: usize,
    models: usize,
    edges: usize,
    calls: i64,
    not_read: usize,
}

/// Rows of a section, and how many are left out of it.
#[derive(Serialize)]
pub(super) struct Bounded<T> {
    pub(super) rows: Vec<T>,
    pub(super) left_out: usize,
}

impl<T> Bounded<T> {
    /// The first `limit` of them.
    pub(super) fn new(rows: impl IntoIterator<Item = T>, limit: usize) -> Self {
        let mut rows = rows.into_iter();
        let shown = rows.by_ref().take(limit).collect();
        Self { rows: shown, left_out: rows.count() }
    }
}

pub(super) fn page(report: &Report, limit: usize) -> Page {
    let mut accounts: Vec<String> = report.scans.iter().map(|scan| scan.account_id.clone()).collect();
    accounts.sort();
    accounts.dedup();
    let (of_models, others): (Vec<&Edge>, Vec<&Edge>) = report.edges.iter().partition(|edge| edge.is_of_model());
    Page {
        generated_at: label::minute(report.generated_at),
        version: report.version.clone(),
        accounts,
        summary: summary(report, &of_models),
        seen: seen::seen(report, limit),
        failing: findings::groups(report, Which::Counted(Status::Fail), limit),
        unknown: findings::groups(report, Which::Counted(Status::Unknown), limit),
        muted: findings::groups(report, Which::Muted, limit),
        map: map::map(&of_models, limit),
        picture: picture::picture(&of_models),
        traffic: traffic::traffic(&others, limit),
        probes: probes::runs(&report.probes, limit),
        checks: report.by_check(),
        tables: report.by_table(),
    }
}

fn summary(report: &Report, edges: &[&Edge]) -> Summary {
    let counts = report.counts();
    let distinct = |key: fn(&Edge) -> &str| edges.iter().map(|edge| key(edge)).collect::<BTreeSet<_>>().len();
    Summary {
        severities: counts.fail_by_severity.iter().rev().map(|(severity, count)| (*severity, *count)).collect(),
        fail: counts.fail,
        unknown: counts.unknown,
        pass: counts.pass,
        skip: counts.skip,
        muted: counts.muted,
        workloads: distinct(|edge| &edge.workload_arn),
        models: distinct(|edge| &edge.target_arn),
        edges: edges.len(),
        calls: edges.iter().map(|edge| edge.calls).sum(),
        not_read: report.coverage.iter().filter(|row| !row.outcome.is_complete()).count(),
    }
}
