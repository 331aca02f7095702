//! What became of the calls for one table in one region, until it is noted as coverage.

use crate::catalogue::Call;
use jiff::Timestamp;
use sightline_aws::CallError;
use sightline_model::untrusted::shortened;
use sightline_model::{Coverage, Outcome};
use std::collections::BTreeMap;

/// Longest message that is kept, in characters.
const MESSAGE: usize = 500;

/// So many failures are gathered before they are noted: of a denied detail there may be one for each of 300,000 resources.
const GATHERED: usize = 200;

/// Calls and failures by operation.
#[derive(Default)]
pub(super) struct Ledger {
    entries: BTreeMap<Call, Entry>,
    gathered: usize,
}

#[derive(Default)]
struct Entry {
    answered: i64,
    rows: i64,
    /// those that are not noted yet
    failures: Vec<Failure>,
    /// how the listing as a whole failed first
    whole: Option<(Outcome, String)>,
    failed: bool,
}

/// A call that brought nothing.
pub(super) struct Failure {
    pub(super) target: String,
    pub(super) outcome: Outcome,
    pub(super) code: String,
    pub(super) message: String,
    /// Calls behind it: none for what was not asked.
    pub(super) calls: i64,
}

/// Whom a row of coverage speaks of.
pub(super) struct Place<'p> {
    pub(super) scan_id: &'p str,
    pub(super) account_id: &'p str,
    pub(super) region: &'p str,
    pub(super) table: &'p str,
}

impl Failure {
    /// What a call that failed says.
    pub(super) fn of(error: &CallError, outcome: Outcome, target: &str) -> Self {
        Self {
            target: target.to_owned(),
            outcome,
            code: shortened(&error.code, 100),
            message: shortened(&error.message, MESSAGE),
            calls: 1,
        }
    }

    /// What was not asked or not understood.
    pub(super) fn without_call(outcome: Outcome, code: &str, message: &str, target: &str) -> Self {
        Self {
            target: target.to_owned(),
            outcome,
            code: code.to_owned(),
            message: shortened(message, MESSAGE),
            calls: 0,
        }
    }
}

impl Ledger {
    /// A call was answered.
    pub(super) fn answered(&mut self, call: &Call) {
        self.entry(call).answered += 1;
    }

    /// A row came of a call.
    pub(super) fn row(&mut self, call: &Call) {
        self.entry(call).rows += 1;
    }

    /// A call would have been made, had there been anything to ask it for.
    pub(super) fn nothing_to_ask(&mut self, call: &Call) {
        self.entry(call);
    }

    /// A call failed. Whether so many have that they should be [taken](Ledger::failures).
    pub(super) fn failed(&mut self, call: &Call, failure: Failure) -> bool {
        self.gathered += 1;
        let entry = self.entry(call);
        entry.failed = true;
        if failure.target.is_empty() && entry.whole.is_none() {
            entry.whole = Some((failure.outcome, failure.message.clone()));
        }
        entry.failures.push(failure);
        self.gathered >= GATHERED
    }

    /// How the listing as a whole ended, where it did not succeed.
    pub(super) fn list_failure(&self, call: &Call) -> Option<(Outcome, String)> {
        self.entries.get(call)?.whole.clone()
    }

    /// One row for each failure since they were last taken.
    pub(super) fn failures(&mut self, place: &Place<'_>, now: Timestamp) -> Vec<Coverage> {
        self.gathered = 0;
        let mut coverage = Vec::new();
        for (call, entry) in &mut self.entries {
            for failure in entry.failures.drain(..) {
                let calls = failure.calls;
                coverage.push(row(place, call, failure, 0, calls, now));
            }
        }
        coverage
    }

    /// One row for what each operation answered, one for each failure that was not taken yet.
    pub(super) fn coverage(mut self, place: &Place<'_>, now: Timestamp) -> Vec<Coverage> {
        let mut coverage = self.failures(place, now);
        for (call, entry) in self.entries {
            if entry.answered > 0 || !entry.failed {
                let ok = Failure::without_call(Outcome::Ok, "", "", "");
                coverage.push(row(place, &call, ok, entry.rows, entry.answered, now));
            }
        }
        coverage
    }

    fn entry(&mut self, call: &Call) -> &mut Entry {
        self.entries.entry(call.clone()).or_default()
    }
}

fn row(place: &Place<'_>, call: &Call, failure: Failure, rows: i64, calls: i64, now: Timestamp) -> Coverage {
    Coverage {
        scan_id: place.scan_id.to_owned(),
        account_id: place.account_id.to_owned(),
        region: place.region.to_owned(),
        table_name: place.table.to_owned(),
        operation: call.name(),
        action: call.action.clone(),
        target: failure.target,
        outcome: failure.outcome,
        error_code: failure.code,
        error_message: failure.message,
        rows,
        calls,
        collected_at: now,
    }
}
