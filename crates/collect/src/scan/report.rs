//! What is told of a scan: its rows in the lake, one an account, and its summary.

use super::commit::{BATCH_BYTES, BATCH_ROWS};
use super::context::Scan;
use super::count;
use super::record::{Begun, By, Chosen, Closed, Entered, Kind};
use super::summary::{AccountState, AccountSummary, AccountTally, ScanSummary, Tally};
use super::work::Read;

use crate::CollectError;
use jiff::Timestamp;
use serde::Serialize;
use sightline_aws::Caller;
use sightline_model::{Outcome, RunId};
use std::collections::BTreeSet;

/// All that is known of a scan at its end.
pub(super) struct Report<'r> {
    pub(super) id: RunId,
    pub(super) begun: &'r Begun,
    pub(super) caller: &'r Caller,
    pub(super) resumed_jobs: u64,
    /// as an earlier process counted the calls
    pub(super) earlier: Tally,
    pub(super) read: Read,
}

/// A row of `scan`.
#[derive(Serialize)]
pub(super) struct Record<'r> {
    scan_id: &'r str,
    account_id: &'r str,
    partition: &'r str,
    caller_arn: &'r str,
    regions: &'r [String],
    version: &'r str,
    started_at: Timestamp,
    finished_at: Timestamp,
    tables: u64,
    resources: u64,
    calls: u64,
    incomplete: u64,
}

impl<'r> Report<'r> {
    /// Whether every account was read to its end, or not entered.
    pub(super) fn is_whole(&self) -> bool {
        self.numbered().all(|(number, _)| self.state(number) != AccountState::Unfinished)
    }

    /// Notes that all is read, so that whoever goes on from here brings the same into the lake.
    pub(super) fn close(&self, scan: &Scan) -> Result<Closed, CollectError> {
        let closed = Closed {
            finished_at: (scan.clock)(),
            usage: self.numbered().map(|(number, _)| self.usage(number)).collect(),
            batch_rows: BATCH_ROWS,
            batch_bytes: BATCH_BYTES,
        };
        scan.notes.note(Kind::Closed, 0, &closed);
        scan.notes.sync();
        match scan.notes.failure() {
            Some(failure) => Err(failure.into()),
            None => Ok(closed),
        }
    }

    /// The rows of `scan`: accounts that nobody meant to read have none.
    pub(super) fn rows<'a>(&'a self, accounts: &'a [AccountSummary], closed: &Closed) -> Vec<Record<'a>> {
        let read = accounts.iter().filter(|account| account.state != AccountState::Skipped);
        let row = |account: &'a AccountSummary| Record {
            scan_id: self.id.as_str(),
            account_id: &account.account_id,
            partition: &self.caller.partition,
            caller_arn: &account.caller_arn,
            regions: &account.regions,
            version: &self.begun.version,
            started_at: self.begun.started_at,
            finished_at: closed.finished_at,
            tables: count(self.begun.tables.len()),
            resources: account.resources,
            calls: account.calls,
            incomplete: account.incomplete,
        };
        read.map(row).collect()
    }

    /// Every account and what became of it.
    pub(super) fn accounts(&self, closed: Option<&Closed>) -> Vec<AccountSummary> {
        self.numbered().map(|(number, chosen)| self.account(number, chosen, closed)).collect()
    }

    pub(super) fn summary(
        self,
        accounts: Vec<AccountSummary>,
        closed: Option<&Closed>,
        stopped_by: Option<String>,
        now: Timestamp,
    ) -> ScanSummary {
        let regions: BTreeSet<&String> = accounts.iter().flat_map(|account| &account.regions).collect();
        let retries = match closed {
            Some(closed) => closed.usage.iter().map(|(_, retries)| retries).sum(),
            None => self.read.usage.values().map(|(_, retries)| retries).sum(),
        };
        let tally = self.read.tally;
        ScanSummary {
            scan_id: self.id,
            account_id: self.caller.account_id.clone(),
            partition: self.caller.partition.clone(),
            caller_arn: self.caller.arn.clone(),
            regions: regions.into_iter().cloned().collect(),
            started_at: self.begun.started_at,
            finished_at: closed.map_or(now, |closed| closed.finished_at),
            tables: count(self.begun.tables.len()),
            resources: tally.resources(),
            calls: accounts.iter().map(|account| account.calls).sum(),
            accounts,
            retries,
            not_seen: tally.causes.into_values().collect(),
            resources_by_table: tally.resources_by_table,
            outcomes: tally.outcomes,
            denied_actions: tally.denied_actions,
            cancelled: closed.is_none(),
            stopped_by,
            resumed_jobs: self.resumed_jobs,
        }
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &'r Chosen)> {
        (0..).zip(&self.begun.accounts)
    }

    fn account(&self, number: u32, chosen: &Chosen, closed: Option<&Closed>) -> AccountSummary {
        let tally = self.read.tally.accounts.get(&number).copied().unwrap_or_default();
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let usage = closed.and_then(|closed| closed.usage.get(place).copied()).unwrap_or_else(|| self.usage(number));
        let (caller_arn, regions) = match self.read.entered.get(&number) {
            Some(Entered::In { who, regions }) => (who.arn.clone(), regions.clone()),
            _ => (String::new(), Vec::new()),
        };
        let reason = match (&chosen.by, self.read.entered.get(&number)) {
            (By::Nothing(reason), _) => reason.clone(),
            (_, Some(Entered::Refused { message, .. })) => message.clone(),
            _ => String::new(),
        };
        AccountSummary {
            account_id: chosen.account_id.clone(),
            name: chosen.name.clone(),
            state: self.state(number),
            reason,
            caller_arn,
            regions,
            resources: tally.resources,
            incomplete: tally.incomplete,
            calls: usage.0,
        }
    }

    fn state(&self, number: u32) -> AccountState {
        match self.read.entered.get(&number) {
            Some(Entered::Refused { outcome: Outcome::Denied, .. }) => AccountState::Denied,
            Some(Entered::Refused { outcome: Outcome::Skipped, .. }) => AccountState::Skipped,
            Some(Entered::Refused { .. }) => AccountState::Failed,
            Some(Entered::In { .. }) if self.read.done.contains(&number) => AccountState::Done,
            _ => AccountState::Unfinished,
        }
    }

    /// Calls and retries of this process and of those before.
    fn usage(&self, number: u32) -> (u64, u64) {
        let earlier: AccountTally = self.earlier.accounts.get(&number).copied().unwrap_or_default();
        let (calls, retries) = self.read.usage.get(&number).copied().unwrap_or_default();
        (earlier.calls + calls, retries)
    }
}
