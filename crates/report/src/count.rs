//! Numbers drawn from a report, the same in every format.

use crate::{Report, ReportedFinding};
use serde::Serialize;
use sightline_model::{Outcome, Severity, Status};
use std::collections::{BTreeMap, BTreeSet};

/// Findings by status, and failures by severity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// findings that are well
    pub pass: usize,
    /// findings that are not
    pub fail: usize,
    /// where the question does not arise
    pub skip: usize,
    /// where it could not be decided
    pub unknown: usize,
    /// failures and undecided ones that somebody muted; they are not among the others
    pub muted: usize,
    /// failures, each severity present
    pub fail_by_severity: BTreeMap<Severity, usize>,
}

/// How many coverage rows ended in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeCount {
    /// the way
    pub outcome: Outcome,
    /// coverage rows
    pub operations: usize,
    /// calls behind them
    pub calls: i64,
    /// resources that came of them
    pub resources: i64,
}

/// The coverage of one inventory table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableCount {
    /// the inventory table
    pub table: String,
    /// resources found
    pub resources: i64,
    /// coverage rows by outcome, each outcome present
    pub operations: BTreeMap<Outcome, usize>,
}

/// The findings of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckCount {
    /// the check
    pub check_id: String,
    /// its title
    pub title: String,
    /// its severity
    pub severity: Severity,
    /// its findings
    pub counts: Counts,
}

/// An IAM action that the scanner lacks, and what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingAction {
    /// such as `bedrock:ListGuardrails`
    pub action: String,
    /// coverage rows that were denied for it
    pub operations: usize,
    /// findings that are unknown for it
    pub findings: usize,
}

const OUTCOMES: [Outcome; 6] =
    [Outcome::Ok, Outcome::Unsupported, Outcome::Denied, Outcome::Throttled, Outcome::Failed, Outcome::Skipped];
const SEVERITIES: [Severity; 5] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

impl Counts {
    fn zero() -> Self {
        Self { fail_by_severity: SEVERITIES.map(|severity| (severity, 0)).into(), ..Self::default() }
    }

    fn add(&mut self, row: &ReportedFinding) {
        if row.mute.is_some() {
            self.muted += 1;
            return;
        }
        let severity = row.finding.severity;
        match row.finding.status {
            Status::Pass => self.pass += 1,
            Status::Skip => self.skip += 1,
            Status::Unknown => self.unknown += 1,
            Status::Fail => {
                self.fail += 1;
                *self.fail_by_severity.entry(severity).or_default() += 1;
            }
        }
    }
}

impl Report {
    /// All findings.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::zero();
        for row in &self.findings {
            counts.add(row);
        }
        counts
    }

    /// Findings by check: those that fail first, the gravest first.
    pub fn by_check(&self) -> Vec<CheckCount> {
        let mut checks: BTreeMap<&str, CheckCount> = BTreeMap::new();
        for row in &self.findings {
            let finding = &row.finding;
            let count = checks.entry(&finding.check_id).or_insert_with(|| CheckCount {
                check_id: finding.check_id.clone(),
                title: finding.title.clone(),
                severity: finding.severity,
                counts: Counts::zero(),
            });
            count.counts.add(row);
        }
        let mut checks: Vec<CheckCount> = checks.into_values().collect();
        checks.sort_by_key(|check| std::cmp::Reverse((check.counts.fail > 0, check.severity, check.counts.fail)));
        checks
    }

    /// Coverage rows by outcome, each outcome present.
    pub fn by_outcome(&self) -> Vec<OutcomeCount> {
        let count = |outcome| {
            let rows = || self.coverage.iter().filter(move |row| row.outcome == outcome);
            OutcomeCount {
                outcome,
                operations: rows().count(),
                calls: rows().map(|row| row.calls).sum(),
                resources: rows().map(|row| row.rows).sum(),
            }
        };
        OUTCOMES.map(count).into()
    }

    /// Coverage rows by inventory table.
    pub fn by_table(&self) -> Vec<TableCount> {
        let mut tables: BTreeMap<&str, TableCount> = BTreeMap::new();
        for row in &self.coverage {
            let count = tables.entry(&row.table_name).or_insert_with(|| TableCount {
                table: row.table_name.clone(),
                resources: 0,
                operations: OUTCOMES.map(|outcome| (outcome, 0)).into(),
            });
            count.resources += row.rows;
            *count.operations.entry(row.outcome).or_default() += 1;
        }
        tables.into_values().collect()
    }

    /// The actions that the scanner lacks: from calls that were denied and findings that are unknown.
    pub fn missing_actions(&self) -> Vec<MissingAction> {
        let denied = self.coverage.iter().filter(|row| row.outcome == Outcome::Denied && !row.action.is_empty());
        let mut operations: BTreeMap<&str, usize> = BTreeMap::new();
        for row in denied {
            *operations.entry(&row.action).or_default() += 1;
        }
        let mut findings: BTreeMap<&str, usize> = BTreeMap::new();
        for action in self.findings.iter().flat_map(|row| &row.finding.missing_actions) {
            *findings.entry(action).or_default() += 1;
        }
        let actions: BTreeSet<&str> = operations.keys().chain(findings.keys()).copied().collect();
        let count = |counts: &BTreeMap<&str, usize>, action| counts.get(action).copied().unwrap_or_default();
        actions
            .into_iter()
            .map(|action| MissingAction {
                action: action.to_owned(),
                operations: count(&operations, action),
                findings: count(&findings, action),
            })
            .collect()
    }

    /// Whether everything that was asked for was seen. A report without a scan is not whole: nothing was asked.
    pub fn is_whole(&self) -> bool {
        !self.scans.is_empty()
            && self.scans.iter().all(|scan| scan.incomplete == 0)
            && self.coverage.iter().all(|row| row.outcome.is_complete())
            && self.logs.problems.is_empty()
            && self.logs.gaps.is_empty()
            && self.findings.iter().all(|row| row.finding.status != Status::Unknown)
    }
}
