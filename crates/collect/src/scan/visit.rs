//! One table in one region: its calls, its rows, and what became of both.

use super::context::{Account, Scan};
use super::ledger::{Failure, Ledger, Place};
use super::notes::Page;
use super::record::{JobEnd, Kind};
use super::summary::JobTally;
use crate::catalogue::{Call, Table};
use crate::kubernetes::Clusters;
use futures::{Stream, StreamExt};
use serde_json::{Map, Value};
use sightline_aws::{Aws, CallError};
use sightline_lake::Entry;
use sightline_model::{Coverage, Outcome, Resource};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::OnceCell;

/// Answers that rows share are kept up to this many.
const SHARED: usize = 1_000;

/// One table in one region.
pub struct Visit<'s> {
    pub(super) scan: &'s Scan,
    account: Arc<Account>,
    job: u32,
    table: String,
    /// Where calls go.
    call_region: String,
    /// What rows and coverage say.
    label: String,
    ledger: Mutex<Ledger>,
    tally: Mutex<JobTally>,
    rows: Mutex<u64>,
    page: Mutex<Page>,
    /// Answers that several rows share.
    answers: Mutex<BTreeMap<String, Arc<OnceCell<Value>>>>,
    /// The rows of the table above.
    above: OnceLock<Vec<Map<String, Value>>>,
}

/// A resource, as its collector hands it over.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// its ARN, or an ARN-shaped id
    pub arn: String,
    /// the name that people know it by
    pub title: String,
    /// `{key: value}`
    pub tags: Map<String, Value>,
    /// the table's own columns
    pub config: Map<String, Value>,
    /// its region, where that is not the visit's
    pub region: Option<String>,
}

/// A call failed; the coverage says how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed;

/// Why a call brought no answer.
pub(super) enum Refusal {
    /// AWS, or the way to it, said no.
    Call(Box<CallError>),
    /// The scan was cancelled before the answer.
    Cancelled,
}

impl Refusal {
    pub(super) fn failure(&self, target: &str) -> Failure {
        match self {
            Self::Call(error) => Failure::of(error, error.outcome(), target),
            Self::Cancelled => Failure::without_call(Outcome::Skipped, "", CANCELLED, target),
        }
    }

    /// Whether it is one of these: a code, or `code: part of the message`.
    pub(super) fn is_one_of(&self, known: &BTreeSet<String>) -> bool {
        let Self::Call(error) = self else { return false };
        known.iter().any(|known| match known.split_once(": ") {
            Some((code, part)) => error.code == code && error.message.contains(part),
            None => error.code == *known,
        })
    }
}

pub(super) const CANCELLED: &str = "not asked: the scan was cancelled";

/// Answers, one page at a time.
pub(super) type Pages = Pin<Box<dyn Stream<Item = Result<Value, CallError>> + Send>>;

impl<'s> Visit<'s> {
    pub(super) fn new(scan: &'s Scan, account: &Arc<Account>, job: u32, table: &Table, region: &str) -> Self {
        let home = account.aws.default_region();
        let call_region = if region == sightline_model::resource::GLOBAL { home } else { region };
        Self {
            scan,
            account: account.clone(),
            job,
            table: table.name.clone(),
            call_region: call_region.to_owned(),
            label: region.to_owned(),
            ledger: Mutex::default(),
            tally: Mutex::default(),
            rows: Mutex::default(),
            page: Mutex::default(),
            answers: Mutex::default(),
            above: OnceLock::new(),
        }
    }

    /// The rows of the table above, with the columns that the collector asked for.
    pub fn above(&self) -> &[Map<String, Value>] {
        self.above.get().map_or(&[], Vec::as_slice)
    }

    pub(super) fn set_above(&self, rows: Vec<Map<String, Value>>) {
        // A visit is for one table in one region, and is told once.
        let _ = self.above.set(rows);
    }

    /// Where the table's calls go: its region, or the default one for global tables.
    pub fn call_region(&self) -> &str {
        &self.call_region
    }

    /// The account's twelve digits.
    pub fn account_id(&self) -> &str {
        &self.account.caller.account_id
    }

    /// `aws`, `aws-cn`, …
    pub fn partition(&self) -> &str {
        &self.account.caller.partition
    }

    /// Makes a call. `target` is the ARN of the resource that it is about, empty for the table as a whole.
    ///
    /// # Errors
    /// The call failed, and the coverage holds a row about it.
    pub async fn call(&self, call: &Call, region: &str, input: Value, target: &str) -> Result<Value, Missed> {
        match self.ask(call, region, input).await {
            Ok(answer) => Ok(answer),
            Err(refusal) => {
                self.failed(call, refusal.failure(target));
                Err(Missed)
            }
        }
    }

    /// As [`Visit::call`], for all pages. Error codes in `absent` mean that there is nothing: no page.
    ///
    /// # Errors
    /// As [`Visit::call`]; what the pages before brought is lost, for it is not the whole.
    pub async fn call_pages(
        &self,
        call: &Call,
        region: &str,
        input: Value,
        target: &str,
        absent: &[&str],
    ) -> Result<Vec<Value>, Missed> {
        let absent = absent.iter().map(|code| (*code).to_owned()).collect();
        let (mut pages, mut whole) = (self.pages(call, region, input), Vec::new());
        while let Some(page) = self.next(call, &mut pages).await {
            match page {
                Ok(page) => whole.push(page),
                Err(refusal) if refusal.is_one_of(&absent) => {
                    self.answered(call);
                    break;
                }
                Err(refusal) => {
                    self.failed(call, refusal.failure(target));
                    return Err(Missed);
                }
            }
        }
        Ok(whole)
    }

    /// Notes that something could not be read although no call failed.
    pub fn missed(&self, call: &Call, target: &str, outcome: Outcome, code: &str, message: &str) {
        self.failed(call, Failure::without_call(outcome, code, message, target));
    }

    /// Hands a resource to the lake. `call` is the one it came of.
    pub async fn emit(&self, call: &Call, found: Found) {
        let row = Resource {
            scan_id: self.scan.scan_id.clone(),
            account_id: self.account.caller.account_id.clone(),
            partition: self.account.caller.partition.clone(),
            region: found.region.unwrap_or_else(|| self.label.clone()),
            table_name: self.table.clone(),
            arn: found.arn,
            title: found.title,
            tags: found.tags,
            config: found.config,
            collected_at: (self.scan.clock)(),
        };
        lock(&self.ledger).row(call);
        *lock(&self.rows) += 1;
        self.scan.notes.row(self.job, &mut lock(&self.page), &row);
    }

    /// The answer to a call, or its first page; it is noted, a refusal is the caller's to judge.
    pub(super) async fn ask(&self, call: &Call, region: &str, input: Value) -> Result<Value, Refusal> {
        let mut pages = self.pages(call, region, input);
        self.next(call, &mut pages).await.unwrap_or(Err(Refusal::Cancelled))
    }

    /// As [`Visit::ask`], but rows that ask the same get the same answer. A refusal is not kept: each row notes its own.
    pub(super) async fn ask_once(&self, call: &Call, region: &str, input: Value) -> Result<Value, Refusal> {
        let key = format!("{} {region} {input}", call.name());
        let cell = {
            let mut answers = lock(&self.answers);
            if answers.len() >= SHARED {
                answers.clear();
            }
            answers.entry(key).or_default().clone()
        };
        cell.get_or_try_init(|| self.ask(call, region, input)).await.cloned()
    }

    /// The answer to a call, page by page, for [`Visit::next`].
    pub(super) fn pages(&self, call: &Call, region: &str, input: Value) -> Pages {
        Box::pin(self.account.aws.pages(region, &call.service, &call.operation, input))
    }

    /// The next page, as soon as one more call may be in flight. Pages are noted, a refusal is the caller's to judge.
    pub(super) async fn next(&self, call: &Call, pages: &mut Pages) -> Option<Result<Value, Refusal>> {
        let page = tokio::select! {
            biased;
            () = self.scan.stop.cancelled() => return Some(Err(Refusal::Cancelled)),
            page = pages.next() => page?,
        };
        if let Err(error) = &page
            && self.scan.stop_if_expired(error)
        {
            return Some(Err(Refusal::Cancelled));
        }
        if page.is_ok() {
            self.answered(call);
        }
        Some(page.map_err(|error| Refusal::Call(Box::new(error))))
    }

    /// The connection, for what is no call of an API model.
    pub(crate) fn aws(&self) -> &Aws {
        &self.account.aws
    }

    /// Reads the time.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        (self.scan.clock)()
    }

    /// What all visits of the scan know of clusters.
    pub(crate) fn clusters(&self) -> &Clusters {
        &self.account.clusters
    }

    /// Waits for what is no call of AWS; none when the scan was cancelled before it ended.
    pub(crate) async fn unless_cancelled<T>(&self, request: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.scan.stop.cancelled() => None,
            answer = request => Some(answer),
        }
    }

    /// Notes a request that failed, as [`Visit::missed`] notes what was not asked.
    pub(crate) fn refused(&self, call: &Call, target: &str, outcome: Outcome, code: &str, message: &str) {
        let failure = Failure { calls: 1, ..Failure::without_call(outcome, code, message, target) };
        self.failed(call, failure);
    }

    /// Notes that a request was not made, for the scan is over.
    pub(crate) fn not_asked(&self, call: &Call, target: &str) {
        self.failed(call, Refusal::Cancelled.failure(target));
    }

    pub(crate) fn answered(&self, call: &Call) {
        lock(&self.ledger).answered(call);
    }

    pub(super) fn failed(&self, call: &Call, failure: Failure) {
        let mut ledger = lock(&self.ledger);
        if ledger.failed(call, failure) {
            let coverage = ledger.failures(&self.place(), (self.scan.clock)());
            drop(ledger);
            self.note(&coverage);
        }
    }

    fn note(&self, coverage: &[Coverage]) {
        lock(&self.tally).add(coverage);
        self.scan.notes.coverage(self.job, coverage);
    }

    fn place(&self) -> Place<'_> {
        Place {
            scan_id: &self.scan.scan_id,
            account_id: &self.account.caller.account_id,
            region: &self.label,
            table: &self.table,
        }
    }

    pub(crate) fn nothing_to_ask(&self, call: &Call) {
        lock(&self.ledger).nothing_to_ask(call);
    }

    /// Whether this is the first time that the scan sees the resource.
    pub(super) fn first_seen(&self, arn: &str) -> bool {
        self.scan.seen.first(self.account.number, &self.table, arn)
    }

    /// How the listing as a whole failed, if it did.
    pub(super) fn list_failure(&self, call: &Call) -> Option<(Outcome, String)> {
        lock(&self.ledger).list_failure(call)
    }

    /// Notes the end of the job: from here on its rows and its coverage count. Where its rows are, and what became of it; nothing when
    /// the scan was ended before.
    pub(super) fn finish(self, failure: Option<(Outcome, String)>) -> Option<Finished> {
        let ledger = std::mem::take(&mut *lock(&self.ledger));
        let coverage = ledger.coverage(&self.place(), (self.scan.clock)());
        let entries = self.scan.notes.finish(self.job, &mut lock(&self.page));
        self.note(&coverage);
        // INVARIANT: what was skipped because the scan was ended is not done, so that a scan that goes on reads it.
        if self.scan.stop.is_cancelled() {
            return None;
        }
        let end = JobEnd { rows: *lock(&self.rows), failure };
        self.scan.notes.note(Kind::Done, self.job, &end)?;
        let tally = self.tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        Some(Finished { end, tally, entries })
    }
}

impl Visit<'_> {
    /// As [`Visit::finish`], for what another visit of the same table says as well: only what is missing is noted.
    pub(super) fn finish_incomplete(self) -> Option<Finished> {
        let ledger = std::mem::take(&mut *lock(&self.ledger));
        let mut coverage = ledger.coverage(&self.place(), (self.scan.clock)());
        coverage.retain(|row| row.outcome != Outcome::Ok);
        self.note(&coverage);
        if self.scan.stop.is_cancelled() {
            return None;
        }
        let end = JobEnd::default();
        self.scan.notes.note(Kind::Done, self.job, &end)?;
        let tally = self.tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        Some(Finished { end, tally, entries: Vec::new() })
    }
}

/// A job that is done.
pub(super) struct Finished {
    pub(super) end: JobEnd,
    pub(super) tally: JobTally,
    /// where its rows are
    pub(super) entries: Vec<Entry>,
}

/// A poisoned lock still guards whole values: each change is one push or one addition.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_aws::CallErrorKind;

    #[test]
    fn a_code_that_means_more_than_one_thing_is_told_by_its_message() {
        let refusal = |code: &str, message: &str| {
            Refusal::Call(Box::new(CallError {
                kind: CallErrorKind::Invalid,
                code: code.to_owned(),
                message: message.to_owned(),
                status: Some(400),
                service: "sagemaker".to_owned(),
                operation: "GetModelPackageGroupPolicy".to_owned(),
                region: "us-east-1".to_owned(),
            }))
        };
        let known = ["NotFound", "ValidationException: Cannot find resource policy"].map(str::to_owned).into();
        for (code, message, expected) in [
            ("NotFound", "whatever", true),
            ("ValidationException", "Cannot find resource policy for: x", true),
            ("ValidationException", "1 validation error detected", false),
            ("ValidationException", "", false),
            ("AccessDenied", "Cannot find resource policy", false),
        ] {
            assert_eq!(refusal(code, message).is_one_of(&known), expected, "{code}: {message}");
        }
        assert!(!Refusal::Cancelled.is_one_of(&known));
    }
}
