//! Findings of one status, grouped by check.

use super::page::Bounded;
use crate::{FixBlock, Report, ReportedFinding};
use serde::Serialize;
use sightline_model::{Mute, Severity, Status};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize)]
pub(super) struct Group {
    check_id: String,
    title: String,
    severity: Severity,
    rationale: String,
    frameworks: Vec<String>,
    references: Vec<String>,
    /// findings of this check with this status, those left out included
    total: usize,
    missing_actions: BTreeSet<String>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    resource: String,
    resource_title: String,
    account: String,
    region: String,
    reason: String,
    fingerprint: String,
    fix: Vec<FixBlock>,
    mute: Option<Mute>,
}

/// Which findings a section holds.
#[derive(Clone, Copy)]
pub(super) enum Which {
    /// these, where nobody muted them
    Counted(Status),
    /// those that somebody muted
    Muted,
}

impl Which {
    fn has(self, row: &ReportedFinding) -> bool {
        match self {
            Self::Counted(status) => row.mute.is_none() && row.finding.status == status,
            Self::Muted => row.mute.is_some(),
        }
    }
}

/// The gravest checks first; `left_out` counts findings, not groups.
pub(super) fn groups(report: &Report, which: Which, limit: usize) -> Bounded<Group> {
    let mut by_check: BTreeMap<&str, Vec<&ReportedFinding>> = BTreeMap::new();
    for row in report.findings.iter().filter(|row| which.has(row)) {
        by_check.entry(&row.finding.check_id).or_default().push(row);
    }
    let total: usize = by_check.values().map(Vec::len).sum();
    let mut checks: Vec<(&str, Vec<&ReportedFinding>)> = by_check.into_iter().collect();
    checks.sort_by_key(|(_, rows)| Reverse((rows.first().map(|row| row.finding.severity), rows.len())));

    let mut room = limit;
    let mut groups = Vec::new();
    for (check_id, rows) in checks {
        if room == 0 {
            break;
        }
        let shown = rows.len().min(room);
        room -= shown;
        groups.extend(group(report, check_id, &rows, shown));
    }
    Bounded { rows: groups, left_out: total - (limit - room) }
}

fn group(report: &Report, check_id: &str, findings: &[&ReportedFinding], shown: usize) -> Option<Group> {
    let first = &findings.first()?.finding;
    let check = report.checks.get(check_id);
    let frameworks = check.into_iter().flat_map(|check| &check.frameworks);
    let references = check.into_iter().flat_map(|check| &check.references);
    Some(Group {
        check_id: check_id.to_owned(),
        title: first.title.clone(),
        severity: first.severity,
        rationale: check.map(|check| check.rationale.clone()).unwrap_or_default(),
        frameworks: frameworks.map(|(name, ids)| format!("{name} {}", ids.join(", "))).collect(),
        // Any other scheme could run code when it is followed.
        references: references.filter(|link| link.starts_with("https://")).cloned().collect(),
        total: findings.len(),
        missing_actions: findings.iter().flat_map(|row| row.finding.missing_actions.iter().cloned()).collect(),
        rows: findings.iter().take(shown).map(|row| line(row)).collect(),
    })
}

fn line(row: &ReportedFinding) -> Row {
    let finding = &row.finding;
    Row {
        resource: finding.resource.clone(),
        resource_title: finding.resource_title.clone(),
        account: finding.account_id.clone(),
        region: finding.region.clone(),
        reason: finding.reason.clone(),
        fingerprint: finding.fingerprint.clone(),
        fix: row.fix.clone(),
        mute: row.mute.clone(),
    }
}
