//! Lists the store, asks the lake what is new, opens that ahead of the threads that decode: as many objects as asked for, and no more bytes
//! than fit.

use super::ledger::{CHUNK, Known, identity};
use super::object::unread_row;
use super::options::{Ahead, IngestOptions};
use super::queue::Job;
use super::recent::{Chunk, Recent};
use super::store::{Listed, LogStore, Unlisted};
use super::summary::{IngestSummary, Place};
use super::unread::{Unread, Why};
use crate::CollectError;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use sightline_lake::Lake;
use sightline_model::log::LogObject;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Bytes that one permit of the semaphore stands for.
const UNIT: u64 = 1 << 10;
/// Objects that are open and wait.
pub(super) const WAITING: usize = 16;

/// What the feeder saw since it was last asked. Objects that it hands on are told by who decodes them.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) ahead: Ahead,
    /// counts of what was not handed on
    pub(super) passed: IngestSummary,
    /// objects that could not be opened
    pub(super) unread: Vec<(LogObject, Unread, IsNew)>,
    /// objects that need not be given again, of stores that want to know
    pub(super) settled: Vec<Listed>,
    /// what ended the listing, if anything did
    pub(super) fatal: Option<CollectError>,
}

/// Whether the lake does not know of this failure.
pub(super) type IsNew = bool;

/// Runs as a task of its own, until the listing ends or the ingest is cancelled.
#[derive(Clone)]
pub(super) struct Feeder {
    store: LogStore,
    lake: Lake,
    options: IngestOptions,
    recent: Recent,
    room: Arc<Semaphore>,
    seen: Arc<Mutex<Seen>>,
}

impl Feeder {
    pub(super) fn new(store: LogStore, lake: Lake, options: IngestOptions, recent: Recent) -> Self {
        let room = Arc::new(Semaphore::new(units(options.in_flight) as usize));
        Self { store, lake, options, recent, room, seen: Arc::default() }
    }

    /// What was seen since the last call; what is ahead is told each time.
    pub(super) fn seen(&self) -> Seen {
        let mut seen = self.state();
        let ahead = seen.ahead;
        std::mem::replace(&mut *seen, Seen { ahead, ..Seen::default() })
    }

    /// What is ahead, as far as is known.
    pub(super) fn ahead(&self) -> Ahead {
        self.state().ahead
    }

    pub(super) async fn run(self, jobs: mpsc::Sender<Job>) {
        let listing = self.store.list_since(self.options.since);
        self.feed_all(listing, &jobs).await;
    }

    /// Opens objects that were listed before, once more: their batch was refused.
    pub(super) async fn run_again(self, objects: Vec<Listed>, jobs: mpsc::Sender<Job>) {
        self.feed_all(futures::stream::iter(objects.into_iter().map(Ok)).boxed(), &jobs).await;
    }

    /// INVARIANT: what ended the listing is told before the queue closes, or a batch could end without it.
    async fn feed_all(&self, listing: BoxStream<'_, Result<Listed, Unlisted>>, jobs: &mpsc::Sender<Job>) {
        if let Err(error) = self.feed(listing, jobs).await {
            self.state().fatal = Some(error);
        }
        self.state().ahead.complete = true;
    }

    async fn feed(
        &self,
        listing: BoxStream<'_, Result<Listed, Unlisted>>,
        jobs: &mpsc::Sender<Job>,
    ) -> Result<(), CollectError> {
        let cancelled = || self.options.cancel.clone().cancelled_owned().boxed();
        let listing = listing.take_until(cancelled());
        let mut chunks = listing.ready_chunks(CHUNK);
        while let Some(listed) = chunks.next().await {
            let (wanted, known, chunk) = self.wanted(listed).await?;
            let opening = futures::stream::iter(wanted).map(|object| self.open(object, &known, &chunk));
            // An object that stalls must not hold up the end.
            let mut opening = opening.buffer_unordered(self.options.concurrency.max(1)).take_until(cancelled());
            while let Some(opened) = opening.next().await {
                let Some(job) = opened? else { continue };
                if self.options.cancel.is_cancelled() || jobs.send(job).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The objects of the chunk that are to be read.
    async fn wanted(&self, listed: Vec<Result<Listed, Unlisted>>) -> Result<(Vec<Listed>, Known, Chunk), CollectError> {
        let candidates = self.candidates(listed);
        let chunk = self.recent.chunk();
        let known = Known::of(&self.lake, &candidates, self.options.source).await?;
        let (old, new): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|object| known.has_read(object));
        let mut seen = self.state();
        seen.passed.skipped_already += old.len() as u64;
        self.recent.forget_versions(old.iter().map(|object| identity(&object.uri, &object.version)));
        seen.settled.extend(old.into_iter().filter(|object| object.receipt.is_some()));
        seen.ahead.objects += new.len() as u64;
        seen.ahead.bytes += new.iter().map(|object| object.size).sum::<u64>();
        drop(seen);
        self.recent.know(&chunk, known.contents());
        Ok((new, known, chunk))
    }

    fn candidates(&self, listed: Vec<Result<Listed, Unlisted>>) -> Vec<Listed> {
        let mut seen = self.state();
        let Seen { passed, settled, .. } = &mut *seen;
        let mut wanted = Vec::with_capacity(listed.len());
        for listed in listed {
            // Only what holds nothing is settled before it is in the lake: an object that is under way, or left out for now, may still be lost
            // to this ingest, and its message must come again.
            let nothing = listed.as_ref().ok().filter(|object| object.receipt.is_some());
            settled.extend(nothing.filter(|object| holds_nothing(object, &self.options)).cloned());
            wanted.extend(candidate(listed, &self.options, &self.recent, passed));
        }
        wanted
    }

    /// Opens the object when there is room for it. `None`: it could not be, and that is noted.
    async fn open(&self, object: Listed, known: &Known, chunk: &Chunk) -> Result<Option<Job>, CollectError> {
        let room = self.room_for(&object).await;
        match self.store.open(&object, self.options.bounds).await {
            Ok(opened) => {
                let (looked, _chunk) = (Arc::clone(&known.looked), Chunk::clone(chunk));
                Ok(Some(Job { listed: object, opened, looked, _room: room, _chunk }))
            }
            // Every other object would fail alike.
            Err(unread) if unread.why == Why::Credentials => Err(CollectError::LogCredentials { reason: unread.error }),
            Err(unread) => {
                let is_new = !known.has_failed(&object, &unread.error);
                let row = unread_row(&object, &unread.error);
                let mut seen = self.state();
                seen.unread.push((row, unread.clone(), is_new));
                if unread.why == Why::Gone {
                    seen.settled.push(object);
                }
                Ok(None)
            }
        }
    }

    async fn room_for(&self, object: &Listed) -> OwnedSemaphorePermit {
        let held = units(object.size).min(units(self.options.in_flight));
        loop {
            // The semaphore is never closed.
            if let Ok(permit) = Arc::clone(&self.room).acquire_many_owned(held).await {
                return permit;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// Counts what was seen.
    pub(super) fn count(&mut self, summary: &mut IngestSummary) {
        summary.skipped_already += self.passed.skipped_already;
        summary.skipped_old += self.passed.skipped_old;
        summary.passed_over += self.passed.passed_over;
        for place in self.passed.unlisted.drain(..) {
            summary.unlisted(place);
        }
        for (row, unread, _) in &self.unread {
            summary.unfetched(&row.uri, unread);
        }
    }
}

/// The object, if it is worth asking the lake about it.
pub(super) fn candidate(
    listed: Result<Listed, Unlisted>,
    options: &IngestOptions,
    recent: &Recent,
    passed: &mut IngestSummary,
) -> Option<Listed> {
    let object = match listed {
        Err(unlisted) => {
            passed.unlisted(Place { place: unlisted.place, error: unlisted.error });
            return None;
        }
        Ok(object) => object,
    };
    let passed_by = if holds_nothing(&object, options) {
        &mut passed.passed_over
    } else if is_of_another(&object, options) {
        &mut passed.other_shards
    } else if options.since.is_some_and(|since| object.last_modified < since) {
        &mut passed.skipped_old
    } else if !recent.takes_version(identity(&object.uri, &object.version)) {
        &mut passed.skipped_already
    } else {
        return Some(object);
    };
    *passed_by += 1;
    None
}

/// Whether another shard reads it. A queue deals its messages out itself: who got one reads what it names.
fn is_of_another(object: &Listed, options: &IngestOptions) -> bool {
    object.receipt.is_none() && options.shard.is_some_and(|shard| !shard.takes(&object.uri))
}

/// Whether the key tells that the object holds no records.
fn holds_nothing(object: &Listed, options: &IngestOptions) -> bool {
    options.source.is_none() && sightline_ingest::skips(&object.key).is_some()
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT).max(1)).unwrap_or(u32::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Receipt;
    use jiff::Timestamp;

    fn told(key: &str, part: usize) -> Result<Listed, Unlisted> {
        let receipt = Receipt { message: "m".into(), part, version_id: None };
        Ok(Listed { uri: format!("s3://b/{key}"), key: key.to_owned(), receipt: Some(receipt), ..Listed::default() })
    }

    /// A message is removed from its queue once what it names is in the lake, not when another message names the same object first.
    #[tokio::test]
    async fn what_is_under_way_is_not_settled() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = LogStore::folder(folder.path()).unwrap();
        let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
        let mut options = IngestOptions::new(Arc::new(|| Timestamp::UNIX_EPOCH));
        let feeder = Feeder::new(store.clone(), lake.clone(), options.clone(), Recent::default());
        let digest = "AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/11/22/d.json.gz";
        let wanted = feeder.candidates(vec![told("a.log", 0), told("a.log", 1), told(digest, 2)]);
        let seen = feeder.seen();
        assert_eq!((wanted.len(), seen.passed.skipped_already, seen.passed.passed_over), (1, 1, 1));
        assert_eq!(seen.settled.iter().map(|object| object.key.as_str()).collect::<Vec<_>>(), [digest]);

        options.since = Some("2026-01-01T00:00:00Z".parse().unwrap());
        let feeder = Feeder::new(store, lake, options, Recent::default());
        assert!(feeder.candidates(vec![told("old.log", 0)]).is_empty());
        let seen = feeder.seen();
        assert_eq!((seen.passed.skipped_old, seen.settled.len()), (1, 0));
    }
}
