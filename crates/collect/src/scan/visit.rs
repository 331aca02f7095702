//! One table in one region: its calls, its rows, and what became of both.

use super::Clock;
use super::ledger::{Failure, Ledger, Place};
use super::writer::Written;
use crate::catalogue::{Call, Table};
use futures::{Stream, StreamExt};
use serde_json::{Map, Value};
use sightline_aws::{Aws, CallError, Caller};
use sightline_model::{Coverage, Outcome, Resource};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OnceCell, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

/// What all visits of one scan share.
pub(super) struct Scan {
    pub(super) aws: Aws,
    pub(super) caller: Caller,
    pub(super) scan_id: String,
    pub(super) clock: Clock,
    pub(super) concurrency: usize,
    /// One for each call that may be in flight.
    pub(super) permits: Semaphore,
    pub(super) stop: CancellationToken,
    pub(super) writer: mpsc::Sender<Written>,
    /// ARNs of tables whose resources several answers may hold.
    pub(super) seen: Mutex<BTreeSet<(String, String)>>,
}

/// One table in one region.
pub struct Visit<'s> {
    pub(super) scan: &'s Scan,
    table: String,
    /// Where calls go.
    call_region: String,
    /// What rows and coverage say.
    label: String,
    ledger: Mutex<Ledger>,
    rows: Mutex<u64>,
    /// Columns that the tables below need of each row.
    wanted: BTreeSet<String>,
    kept: Mutex<Vec<Map<String, Value>>>,
    /// Answers that several rows share.
    answers: Mutex<BTreeMap<String, Arc<OnceCell<Value>>>>,
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
    pub(super) fn new(scan: &'s Scan, table: &Table, region: &str) -> Self {
        let call_region = if region == sightline_model::resource::GLOBAL { scan.aws.default_region() } else { region };
        Self {
            scan,
            table: table.name.clone(),
            call_region: call_region.to_owned(),
            label: region.to_owned(),
            ledger: Mutex::default(),
            rows: Mutex::default(),
            wanted: BTreeSet::new(),
            kept: Mutex::default(),
            answers: Mutex::default(),
        }
    }

    /// The same visit, keeping what these tables need of each row.
    pub(super) fn for_tables(mut self, below: &[&Table]) -> Self {
        self.wanted = below.iter().flat_map(|table| table.wanted_above()).cloned().collect();
        self
    }

    /// Where the table's calls go: its region, or the default one for global tables.
    pub fn call_region(&self) -> &str {
        &self.call_region
    }

    /// The account's twelve digits.
    pub fn account_id(&self) -> &str {
        &self.scan.caller.account_id
    }

    pub(super) fn partition(&self) -> &str {
        &self.scan.caller.partition
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
            account_id: self.scan.caller.account_id.clone(),
            partition: self.scan.caller.partition.clone(),
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
        // A closed channel means that the lake could not be written: the scan ends with that error.
        if self.scan.writer.send(Written::Row(Box::new(row))).await.is_err() {
            self.scan.stop.cancel();
        }
    }

    /// The answer to a call, or its first page; it is noted, a refusal is the caller's to judge.
    pub(super) async fn ask(&self, call: &Call, region: &str, input: Value) -> Result<Value, Refusal> {
        let mut pages = self.pages(call, region, input);
        self.next(call, &mut pages).await.unwrap_or(Err(Refusal::Cancelled))
    }

    /// As [`Visit::ask`], but rows that ask the same get the same answer. A refusal is not kept: each row notes its own.
    pub(super) async fn ask_once(&self, call: &Call, region: &str, input: Value) -> Result<Value, Refusal> {
        let key = format!("{} {region} {input}", call.name());
        let cell = lock(&self.answers).entry(key).or_default().clone();
        cell.get_or_try_init(|| self.ask(call, region, input)).await.cloned()
    }

    /// The answer to a call, page by page, for [`Visit::next`].
    pub(super) fn pages(&self, call: &Call, region: &str, input: Value) -> Pages {
        Box::pin(self.scan.aws.pages(region, &call.service, &call.operation, input))
    }

    /// The next page, as soon as one more call may be in flight. Pages are noted, a refusal is the caller's to judge.
    pub(super) async fn next(&self, call: &Call, pages: &mut Pages) -> Option<Result<Value, Refusal>> {
        let page = async {
            let _permit = self.scan.permits.acquire().await;
            pages.next().await
        };
        let page = tokio::select! {
            biased;
            () = self.scan.stop.cancelled() => return Some(Err(Refusal::Cancelled)),
            page = page => page?,
        };
        if page.is_ok() {
            self.answered(call);
        }
        Some(page.map_err(|error| Refusal::Call(Box::new(error))))
    }

    pub(super) fn answered(&self, call: &Call) {
        lock(&self.ledger).answered(call);
    }

    pub(super) fn failed(&self, call: &Call, failure: Failure) {
        lock(&self.ledger).failed(call, failure);
    }

    pub(super) fn nothing_to_ask(&self, call: &Call) {
        lock(&self.ledger).nothing_to_ask(call);
    }

    /// Keeps what the tables below need of a row.
    pub(super) fn keep(&self, arn: &str, row: &Map<String, Value>) {
        if self.wanted.is_empty() {
            return;
        }
        let columns = self.wanted.iter().filter_map(|column| Some((column.clone(), row.get(column)?.clone())));
        let arn = ("arn".to_owned(), Value::String(arn.to_owned()));
        lock(&self.kept).push(columns.chain([arn]).collect());
    }

    pub(super) fn take_kept(&self) -> Vec<Map<String, Value>> {
        std::mem::take(&mut lock(&self.kept))
    }

    /// Whether this is the first time that the scan sees the resource.
    pub(super) fn first_seen(&self, arn: &str) -> bool {
        lock(&self.scan.seen).insert((self.table.clone(), arn.to_owned()))
    }

    /// How the listing as a whole failed, if it did.
    pub(super) fn list_failure(&self, call: &Call) -> Option<(Outcome, String)> {
        lock(&self.ledger).list_failure(call).map(|failure| (failure.outcome, failure.message.clone()))
    }

    /// Rows that were found, and what became of the calls.
    pub(super) fn finish(self) -> (u64, Vec<Coverage>) {
        let now = (self.scan.clock)();
        let ledger = self.ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
        let place = Place {
            scan_id: &self.scan.scan_id,
            account_id: &self.scan.caller.account_id,
            region: &self.label,
            table: &self.table,
        };
        (self.rows.into_inner().unwrap_or_else(PoisonError::into_inner), ledger.coverage(&place, now))
    }
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
