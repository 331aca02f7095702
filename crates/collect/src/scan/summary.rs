//! What a scan saw and what it did not see, in numbers.

use super::record::JobEnd;
use jiff::Timestamp;
use serde::Serialize;
use sightline_model::{Coverage, Outcome, RunId};
use std::collections::{BTreeMap, BTreeSet};

/// The end of a scan, or of a part of it that is to be gone on with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanSummary {
    /// the scan's id
    pub scan_id: RunId,
    /// whose credentials scanned, twelve digits
    pub account_id: String,
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// who scanned
    pub caller_arn: String,
    /// every account that was chosen, and what became of it
    pub accounts: Vec<AccountSummary>,
    /// the regions that were scanned, of all accounts
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
    /// whether the scan was ended early: nothing of it is to be seen in the lake until it is gone on with to its end
    pub cancelled: bool,
    /// why it ended early, where nobody asked for it
    pub stopped_by: Option<String>,
    /// jobs (an account's table in a region) that earlier processes had done
    pub resumed_jobs: u64,
}

/// What became of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountSummary {
    /// twelve digits
    pub account_id: String,
    /// as the organization names it; empty without one
    pub name: String,
    /// what became of it
    pub state: AccountState,
    /// why it was not read, for people
    pub reason: String,
    /// by whom it was read
    pub caller_arn: String,
    /// the regions that were scanned
    pub regions: Vec<String>,
    /// resources found
    pub resources: u64,
    /// rows of coverage that say something is missing
    pub incomplete: u64,
    /// calls that were answered or gave up
    pub calls: u64,
}

/// What became of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountState {
    /// read to its end; what was not seen of it is coverage
    Done,
    /// not entered: the role may not be assumed
    Denied,
    /// not entered for another reason
    Failed,
    /// not read by intent: suspended
    Skipped,
    /// not read to its end: the scan was ended early
    Unfinished,
}

/// One cause for which something was not seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotSeen {
    /// the tables that lack it
    pub tables: BTreeSet<String>,
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
    /// in which accounts
    pub accounts: BTreeSet<String>,
    /// where
    pub regions: BTreeSet<String>,
    /// how often
    pub count: u64,
}

impl ScanSummary {
    /// Rows of coverage that say something is missing; 0 for a scan that saw everything it was told to look at.
    pub fn incomplete(&self) -> u64 {
        incomplete(&self.outcomes)
    }

    /// How many accounts came to this end.
    pub fn accounts_in(&self, state: AccountState) -> usize {
        self.accounts.iter().filter(|account| account.state == state).count()
    }
}

fn incomplete(outcomes: &BTreeMap<Outcome, u64>) -> u64 {
    outcomes.iter().filter(|(outcome, _)| !outcome.is_complete()).map(|(_, count)| count).sum()
}

/// Counts jobs and their coverage.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    pub(super) outcomes: BTreeMap<Outcome, u64>,
    pub(super) denied_actions: BTreeMap<String, u64>,
    pub(super) resources_by_table: BTreeMap<String, u64>,
    pub(super) causes: BTreeMap<(String, Outcome, String), NotSeen>,
    /// by place in the list of accounts
    pub(super) accounts: BTreeMap<u32, AccountTally>,
}

/// Counts the jobs of one account.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct AccountTally {
    pub(super) resources: u64,
    pub(super) incomplete: u64,
    /// as the coverage tells
    pub(super) calls: u64,
}

/// Counts the coverage of one job while it comes.
#[derive(Debug, Default)]
pub(super) struct JobTally {
    pub(super) outcomes: BTreeMap<Outcome, u64>,
    denied_actions: BTreeMap<String, u64>,
    causes: BTreeMap<(String, Outcome, String), NotSeen>,
    calls: u64,
}

impl JobTally {
    pub(super) fn add(&mut self, coverage: &[Coverage]) {
        for row in coverage {
            *self.outcomes.entry(row.outcome).or_default() += 1;
            self.calls += u64::try_from(row.calls).unwrap_or_default();
            if row.outcome == Outcome::Denied {
                *self.denied_actions.entry(row.action.clone()).or_default() += 1;
            }
            if row.outcome != Outcome::Ok {
                cause(&mut self.causes, row);
            }
        }
    }

    pub(super) fn incomplete(&self) -> u64 {
        incomplete(&self.outcomes)
    }
}

fn cause(causes: &mut BTreeMap<(String, Outcome, String), NotSeen>, row: &Coverage) {
    let key = (row.operation.clone(), row.outcome, row.error_code.clone());
    let cause = causes.entry(key).or_insert_with(|| NotSeen {
        tables: BTreeSet::new(),
        operation: row.operation.clone(),
        action: row.action.clone(),
        outcome: row.outcome,
        error_code: row.error_code.clone(),
        error_message: row.error_message.clone(),
        accounts: BTreeSet::new(),
        regions: BTreeSet::new(),
        count: 0,
    });
    // Not to be cloned for every one of many rows.
    for (set, value) in [
        (&mut cause.tables, &row.table_name),
        (&mut cause.accounts, &row.account_id),
        (&mut cause.regions, &row.region),
    ] {
        if !set.contains(value) {
            set.insert(value.clone());
        }
    }
    cause.count += 1;
}

impl Tally {
    pub(super) fn resources(&self) -> u64 {
        self.resources_by_table.values().sum()
    }

    /// A job is done.
    pub(super) fn add(&mut self, account: u32, table: &str, end: &JobEnd, job: JobTally) {
        if !table.is_empty() {
            *self.resources_by_table.entry(table.to_owned()).or_default() += end.rows;
        }
        let of_account = self.accounts.entry(account).or_default();
        of_account.resources += end.rows;
        of_account.incomplete += job.incomplete();
        of_account.calls += job.calls;
        for (outcome, number) in job.outcomes {
            *self.outcomes.entry(outcome).or_default() += number;
        }
        for (action, number) in job.denied_actions {
            *self.denied_actions.entry(action).or_default() += number;
        }
        for (key, more) in job.causes {
            match self.causes.get_mut(&key) {
                Some(cause) => {
                    cause.tables.extend(more.tables);
                    cause.accounts.extend(more.accounts);
                    cause.regions.extend(more.regions);
                    cause.count += more.count;
                }
                None => {
                    self.causes.insert(key, more);
                }
            }
        }
    }
}
