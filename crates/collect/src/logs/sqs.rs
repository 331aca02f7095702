//! Log objects that S3 tells an SQS queue of.
//!
//! Reading a queue takes its messages away: it is the one thing that Sightline changes in an account, and it does so only with a queue that the user
//! names. A message is deleted when all that it tells of is acknowledged, which is when it is in the lake. Until then it is kept from other readers by
//! extending its visibility timeout; of a run that is cut off, all comes again and what was read is known.
//!
//! Messages that are not understood are reported and left: they come again when their visibility timeout is over, and the queue's redrive policy puts
//! them aside in the end. S3's own test message is removed and counted.
//!
//! Needs `sqs:GetQueueUrl` (for a queue that is named, not given by its URL), `sqs:ReceiveMessage`, `sqs:ChangeMessageVisibility` and
//! `sqs:DeleteMessage` on the queue, beside `s3:GetObject` on the objects.

use super::address::QueueAddress;
use super::answer::{items, text, with};
use super::bucket::Bucket;
use super::notification::{self, Message, Told};
use super::request::{Counter, Requests};
use super::store::{Listed, Opened, Receipt, Unacknowledged, Unlisted};
use super::unread::{LONGEST_ERROR, Unread, Why};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::{Aws, CallError, CallErrorKind};
use sightline_model::untrusted::shortened;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// Messages of one request, by SQS's own bound.
const BATCH: usize = 10;
/// Buckets that are remembered; a queue that tells of more is not of one estate.
const BUCKETS: usize = 1_000;

/// How a queue is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueOptions {
    /// how long to wait for messages with one request; SQS allows 20 seconds
    pub wait: Duration,
    /// requests in a row that bring nothing, after which the queue counts as empty
    pub empty: usize,
    /// after which time a listing ends although more may come; nothing for when the queue is empty
    pub longest: Option<Duration>,
    /// how long messages are kept from other readers; extended until they are acknowledged
    pub visibility: Duration,
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self { wait: Duration::from_secs(20), empty: 2, longest: None, visibility: Duration::from_secs(300) }
    }
}

/// What came of a queue's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueCounts {
    /// messages received, each once
    pub messages: u64,
    /// of them, S3's test messages
    pub test_events: u64,
    /// of them, not understood and left in the queue
    pub rejected: u64,
    /// removed from the queue
    pub removed: u64,
}

/// Why a queue gave no messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueTrouble {
    /// what it means
    pub trouble: Trouble,
    /// what was said, shortened
    pub error: String,
}

/// What it means that a queue gave no messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// it may pass while one waits: not allowed yet, not reached, too busy
    Passing,
    /// there is no such queue, or none that we may know of
    Gone,
    /// it does not pass by itself: no credentials that are taken, an address that is none
    Lasting,
}

impl QueueTrouble {
    fn of(error: &CallError) -> Self {
        Self { trouble: Trouble::of(error), error: shortened(&error.to_string(), LONGEST_ERROR) }
    }
}

impl Trouble {
    fn of(error: &CallError) -> Self {
        // SQS answers to many things with 400: only what says that the request is wrong is taken for that.
        let is_wrong = ["Invalid", "Malformed", "Validation", "MissingParameter", "UnsupportedOperation"];
        let code = error.code.rsplit('.').next().unwrap_or_default();
        match error.kind {
            CallErrorKind::NotFound => Self::Gone,
            _ if code.starts_with("NonExistentQueue") => Self::Gone,
            CallErrorKind::NoCredentials | CallErrorKind::ExpiredCredentials | CallErrorKind::Unsupported => {
                Self::Lasting
            }
            CallErrorKind::Invalid if is_wrong.iter().any(|word| code.starts_with(word)) => Self::Lasting,
            CallErrorKind::Invalid if error.status.is_none() => Self::Lasting,
            _ => Self::Passing,
        }
    }
}

/// A queue that S3 tells of new objects.
#[derive(Clone)]
pub struct QueueStore {
    aws: Aws,
    address: QueueAddress,
    options: QueueOptions,
    url: Arc<OnceCell<String>>,
    counter: Counter,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// by message id: what was received and is not acknowledged
    held: HashMap<Arc<str>, Held>,
    rejected: BTreeSet<Arc<str>>,
    buckets: HashMap<String, Bucket>,
    counts: QueueCounts,
    extended: bool,
    trouble: Option<QueueTrouble>,
}

struct Held {
    /// of the latest delivery: the older ones are void
    handle: String,
    /// objects that are not acknowledged
    open: BTreeSet<usize>,
}

/// The handle of a message that was received.
struct Done {
    handle: String,
}

impl fmt::Debug for QueueStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueStore").field("address", &self.address).finish_non_exhaustive()
    }
}

impl QueueStore {
    /// A queue that is read as [`QueueOptions::default`] says. Makes no call.
    pub fn new(aws: Aws, address: QueueAddress) -> Self {
        let (url, counter, state) = Default::default();
        let options = QueueOptions::default();
        Self { aws, address, options, url: Arc::new(OnceCell::new_with(url)), counter, state }
    }

    /// The queue, read otherwise.
    #[must_use]
    pub fn with(self, options: QueueOptions) -> Self {
        Self { options, ..self }
    }

    /// How it is read.
    pub fn options(&self) -> QueueOptions {
        self.options
    }

    pub(super) fn place(&self) -> String {
        self.address.url.clone().unwrap_or_else(|| format!("sqs://{}", self.address.name))
    }

    pub(super) fn requests(&self) -> Requests {
        self.counter.read()
    }

    pub(super) fn trouble(&self) -> Option<QueueTrouble> {
        self.state().trouble.clone()
    }

    pub(super) fn counts(&self) -> QueueCounts {
        self.state().counts
    }

    /// What the queue's messages tell of, until the queue is empty, or the time is over that a listing may take.
    pub(super) fn list(&self) -> BoxStream<'_, Result<Listed, Unlisted>> {
        self.extend_until_dropped();
        let until = self.options.longest.map(|longest| Instant::now() + longest);
        let begin = Listing { store: self, found: VecDeque::new(), empty: 0, until, ended: false };
        stream::unfold(begin, |mut listing| async { Some((listing.next().await?, listing)) }).boxed()
    }

    pub(super) async fn open(&self, object: &Listed, bound: u64) -> Result<Opened, Unread> {
        if object.version.is_empty() {
            return Err(Unread::new(Why::Gone, "the object was gone when the queue told of it"));
        }
        self.bucket_of(object).open(object, bound).await
    }

    /// The object as a listing would tell it.
    pub(super) async fn head(&self, object: &Listed) -> Result<Listed, Unread> {
        self.bucket_of(object).head(&object.key, None).await
    }

    pub(super) async fn acknowledge(&self, objects: &[Listed]) -> Result<(), Unacknowledged> {
        let done = {
            let mut state = self.state();
            let receipts = objects.iter().filter_map(|object| object.receipt.as_ref());
            receipts.filter_map(|receipt| state.acknowledge(receipt)).collect::<Vec<Done>>()
        };
        self.remove(&done).await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn region(&self) -> &str {
        self.address.region.as_deref().unwrap_or_else(|| self.aws.default_region())
    }

    async fn call(&self, operation: &str, input: Value) -> Result<Value, CallError> {
        let url = self.url.get_or_try_init(|| self.find()).await?;
        let input = with(input, "QueueUrl", url.as_str());
        self.counter.call();
        self.aws.call(self.region(), "sqs", operation, input).await
    }

    async fn find(&self) -> Result<String, CallError> {
        if let Some(url) = &self.address.url {
            return Ok(url.clone());
        }
        let input = json!({"QueueName": self.address.name, "QueueOwnerAWSAccountId": self.address.account});
        self.counter.call();
        let answer = self.aws.call(self.region(), "sqs", "GetQueueUrl", input).await?;
        Ok(text(&answer, "QueueUrl").unwrap_or_default().to_owned())
    }

    async fn receive(&self) -> Result<Vec<Value>, CallError> {
        let input = json!({
            "MaxNumberOfMessages": BATCH,
            "WaitTimeSeconds": self.options.wait.as_secs(),
            "VisibilityTimeout": self.options.visibility.as_secs(),
        });
        let answer = self.call("ReceiveMessage", input).await?;
        Ok(items(&answer, "Messages").to_vec())
    }

    async fn remove(&self, done: &[Done]) -> Result<(), Unacknowledged> {
        let mut left: Option<Unacknowledged> = None;
        for batch in done.chunks(BATCH) {
            let failed = match self.call("DeleteMessageBatch", json!({ "Entries": entries(batch, None) })).await {
                Ok(answer) => refused(&answer),
                Err(error) => vec![error.to_string(); batch.len()],
            };
            self.state().counts.removed += (batch.len() - failed.len().min(batch.len())) as u64;
            if let Some(error) = failed.first() {
                let left =
                    left.get_or_insert_with(|| Unacknowledged { messages: 0, error: shortened(error, LONGEST_ERROR) });
                left.messages += failed.len();
            }
        }
        left.map_or(Ok(()), Err)
    }

    /// Keeps what was received from other readers, for as long as a clone of this store is there.
    fn extend_until_dropped(&self) {
        if std::mem::replace(&mut self.state().extended, true) {
            return;
        }
        let weak = Arc::downgrade(&self.state);
        // The task must not keep alive what it waits for.
        let apart = Self { state: Arc::default(), ..self.clone() };
        tokio::spawn(async move {
            let mut turns = tokio::time::interval((apart.options.visibility / 3).max(Duration::from_millis(10)));
            turns.tick().await;
            loop {
                turns.tick().await;
                let Some(held) = held(&weak) else { break };
                apart.extend(&held).await;
            }
        });
    }

    async fn extend(&self, held: &[Done]) {
        for batch in held.chunks(BATCH) {
            let input = json!({ "Entries": entries(batch, Some(self.options.visibility)) });
            match self.call("ChangeMessageVisibilityBatch", input).await {
                Ok(answer) => refused(&answer).iter().for_each(|error| tracing::debug!(error, "a message is lost")),
                // They come again, and what they name is then known.
                Err(error) => tracing::warn!(%error, "messages of the queue may be given to others"),
            }
        }
    }

    fn bucket_of(&self, object: &Listed) -> Bucket {
        let rest = object.uri.strip_prefix("s3://").unwrap_or_default();
        let name = rest.strip_suffix(object.key.as_str()).and_then(|rest| rest.strip_suffix('/')).unwrap_or_default();
        self.bucket(name, None)
    }

    fn bucket(&self, name: &str, region: Option<String>) -> Bucket {
        let mut state = self.state();
        if let Some(found) = state.buckets.get(name) {
            return found.clone();
        }
        let bucket = Bucket::new(self.aws.clone(), name.to_owned(), region, self.counter.clone());
        if state.buckets.len() < BUCKETS {
            state.buckets.insert(name.to_owned(), bucket.clone());
        }
        bucket
    }
}

impl State {
    /// Notes that a message came. `None`: it came before, and this is but a new delivery of it.
    fn came(&mut self, id: &Arc<str>, handle: &str) -> Option<()> {
        if let Some(held) = self.held.get_mut(id) {
            handle.clone_into(&mut held.handle);
            return None;
        }
        if self.rejected.contains(id) {
            return None;
        }
        self.counts.messages += 1;
        Some(())
    }

    /// The message, if nothing of it is open any more.
    fn acknowledge(&mut self, receipt: &Receipt) -> Option<Done> {
        let held = self.held.get_mut(&receipt.message)?;
        held.open.remove(&receipt.part);
        if !held.open.is_empty() {
            return None;
        }
        let held = self.held.remove(&receipt.message)?;
        Some(Done { handle: held.handle })
    }
}

/// What is held; `None` when the store is gone.
fn held(state: &Weak<Mutex<State>>) -> Option<Vec<Done>> {
    let state = state.upgrade()?;
    let state = state.lock().unwrap_or_else(PoisonError::into_inner);
    Some(state.held.values().map(|held| Done { handle: held.handle.clone() }).collect())
}

fn entries(messages: &[Done], visibility: Option<Duration>) -> Value {
    let entry = |(index, message): (usize, &Done)| {
        let entry = json!({"Id": index.to_string(), "ReceiptHandle": message.handle});
        match visibility {
            Some(visibility) => with(entry, "VisibilityTimeout", visibility.as_secs()),
            None => entry,
        }
    };
    messages.iter().enumerate().map(entry).collect()
}

/// What a batch's answer says of the entries that failed.
fn refused(answer: &Value) -> Vec<String> {
    let said = |entry: &Value, key: &str| text(entry, key).unwrap_or_default().to_owned();
    let failed = items(answer, "Failed").iter();
    failed.map(|entry| format!("{}: {}", said(entry, "Code"), said(entry, "Message"))).collect()
}

struct Listing<'s> {
    store: &'s QueueStore,
    found: VecDeque<Result<Listed, Unlisted>>,
    empty: usize,
    until: Option<Instant>,
    ended: bool,
}

impl Listing<'_> {
    async fn next(&mut self) -> Option<Result<Listed, Unlisted>> {
        loop {
            if let Some(found) = self.found.pop_front() {
                return Some(found);
            }
            if self.ended || self.empty >= self.store.options.empty || self.is_late() {
                return None;
            }
            match self.store.receive().await {
                Ok(messages) if messages.is_empty() => self.empty += 1,
                Ok(messages) => {
                    self.empty = 0;
                    self.take(&messages).await;
                }
                Err(error) => {
                    self.ended = true;
                    self.store.state().trouble = Some(QueueTrouble::of(&error));
                    self.unlisted(&self.store.place(), &error.to_string());
                }
            }
        }
    }

    fn is_late(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    async fn take(&mut self, messages: &[Value]) {
        let mut done = Vec::new();
        for message in messages {
            let text = |key: &str| text(message, key).unwrap_or_default();
            let (id, handle): (Arc<str>, _) = (Arc::from(text("MessageId")), text("ReceiptHandle").to_owned());
            if self.store.state().came(&id, &handle).is_none() {
                continue;
            }
            match notification::read(text("Body")) {
                Ok(Message::Objects(told)) if !told.is_empty() => self.told(id, handle, told).await,
                Ok(Message::Objects(_)) => done.push(Done { handle }),
                Ok(Message::Test) => {
                    self.store.state().counts.test_events += 1;
                    done.push(Done { handle });
                }
                Err(reason) => self.reject(id, &reason),
            }
        }
        if let Err(left) = self.store.remove(&done).await {
            self.unlisted(&self.store.place(), &left.error);
        }
    }

    async fn told(&mut self, id: Arc<str>, handle: String, told: Vec<Told>) {
        let open = (0..told.len()).collect();
        self.store.state().held.insert(id.clone(), Held { handle, open });
        for (part, told) in told.into_iter().enumerate() {
            let receipt = Receipt { message: id.clone(), part, version_id: told.version_id.clone() };
            match listed(self.store, told).await {
                Ok(listed) => self.found.push_back(Ok(Listed { receipt: Some(receipt), ..listed })),
                Err((uri, error)) => self.unlisted(&uri, &error.error),
            }
        }
    }

    fn reject(&mut self, id: Arc<str>, reason: &str) {
        let place = format!("{} message {}", self.store.place(), shortened(&id, 100));
        {
            let mut state = self.store.state();
            state.counts.rejected += 1;
            state.rejected.insert(id);
        }
        self.unlisted(&place, reason);
    }

    fn unlisted(&mut self, place: &str, error: &str) {
        self.found.push_back(Err(Unlisted { place: place.to_owned(), error: shortened(error, LONGEST_ERROR) }));
    }
}

/// The object that was told of, as a listing of its bucket would give it. One that is gone by now is given without a version.
async fn listed(store: &QueueStore, told: Told) -> Result<Listed, (String, Unread)> {
    let bucket = store.bucket(&told.bucket, told.region);
    let uri = bucket.uri(&told.key);
    if let (Some(version), Some(size), Some(last_modified)) = (told.etag, told.size, told.time) {
        return Ok(Listed { uri, key: told.key, version, size, last_modified, receipt: None });
    }
    match bucket.head(&told.key, told.version_id.as_deref()).await {
        Ok(listed) => Ok(listed),
        Err(gone) if gone.why == Why::Gone => {
            let last_modified = told.time.unwrap_or(Timestamp::UNIX_EPOCH);
            Ok(Listed { uri, key: told.key, last_modified, ..Listed::default() })
        }
        Err(unread) => Err((uri, unread)),
    }
}
