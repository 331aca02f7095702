//! What a scan saw and what it did not see, in numbers.

use jiff::Timestamp;
use serde::Serialize;
use sightline_model::{Coverage, Outcome, RunId};
use std::collections::{BTreeMap, BTreeSet};

/// The end of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanSummary {
    /// the scan's id
    pub scan_id: RunId,
    /// twelve digits
    pub account_id: String,
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// who scanned
    pub caller_arn: String,
    /// the regions that were scanned
    pub regions: Vec<String>,
    /// before the first call
    pub started_at: Timestamp,
    /// after the last row
    pub finished_at: Timestamp,
    /// tables that were asked for
    pub tables: u64,
    /// resources found
    pub resources: u64,
    /// the same by table; tables without resources are there with 0
    pub resources_by_table: BTreeMap<String, u64>,
    /// calls that were answered or gave up
    pub calls: u64,
    /// attempts beyond the first
    pub retries: u64,
    /// rows of coverage by outcome
    pub outcomes: BTreeMap<Outcome, u64>,
    /// actions that were refused, and how often
    pub denied_actions: BTreeMap<String, u64>,
    /// what was not seen, one entry a cause
    pub not_seen: Vec<NotSeen>,
    /// whether the scan was ended early
    pub cancelled: bool,
}

/// One cause for which something was not seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotSeen {
    /// the table that lacks it
    pub table: String,
    /// `service:Operation`
    pub operation: String,
    /// the IAM action that allows it
    pub action: String,
    /// how it ended
    pub outcome: Outcome,
    /// AWS's error code
    pub error_code: String,
    /// the first message
    pub error_message: String,
    /// where
    pub regions: BTreeSet<String>,
    /// how often
    pub count: u64,
}

impl ScanSummary {
    /// Rows of coverage that say something is missing; 0 for a scan that saw everything it was told to look at.
    pub fn incomplete(&self) -> u64 {
        self.outcomes.iter().filter(|(outcome, _)| !outcome.is_complete()).map(|(_, count)| count).sum()
    }
}

/// Counts coverage while it comes.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) outcomes: BTreeMap<Outcome, u64>,
    pub(super) denied_actions: BTreeMap<String, u64>,
    pub(super) resources_by_table: BTreeMap<String, u64>,
    pub(super) causes: BTreeMap<(String, String, Outcome, String), NotSeen>,
}

impl Tally {
    pub(super) fn resources(&self) -> u64 {
        self.resources_by_table.values().sum()
    }

    pub(super) fn add(&mut self, table: &str, rows: u64, coverage: &[Coverage]) {
        *self.resources_by_table.entry(table.to_owned()).or_default() += rows;
        for row in coverage {
            *self.outcomes.entry(row.outcome).or_default() += 1;
            if row.outcome == Outcome::Denied {
                *self.denied_actions.entry(row.action.clone()).or_default() += 1;
            }
            if row.outcome != Outcome::Ok {
                self.cause(row);
            }
        }
    }

    fn cause(&mut self, row: &Coverage) {
        let key = (row.table_name.clone(), row.operation.clone(), row.outcome, row.error_code.clone());
        let cause = self.causes.entry(key).or_insert_with(|| NotSeen {
            table: row.table_name.clone(),
            operation: row.operation.clone(),
            action: row.action.clone(),
            outcome: row.outcome,
            error_code: row.error_code.clone(),
            error_message: row.error_message.clone(),
            regions: BTreeSet::new(),
            count: 0,
        });
        cause.regions.insert(row.region.clone());
        cause.count += 1;
    }
}
