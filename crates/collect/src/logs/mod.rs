//! Reads log objects into the lake, each version of an object once.
//!
//! ```text
//! list ─► not in the lake? ─► fetch, decode (several at once) ─► batch ─► claim: log_object ─► write: flow, api_call, log_gap ─► next
//! ```
//!
//! No transaction of the lake spans two tables. So a batch is claimed first, in one commit that names its objects and their versions;
//! then its rows are written to each table under the batch's number, which a table takes once. An ingest that is cut off
//! in between is completed by the next one, which reads exactly the claimed versions again ([`recover`]). What `log_object` says of an
//! object is told in [`ledger`].
//!
//! An object that cannot be fetched stops nothing: it is recorded and counted, and tried again next time.

mod folder;
mod ledger;
mod options;
mod read;
mod recover;
mod s3;
mod store;
mod summary;
#[cfg(test)]
mod tests;
mod write;

pub use folder::FolderStore;
pub use options::{IngestOptions, ObjectDone, Progress, Quiet};
pub use s3::S3Store;
pub use store::{Listed, LogStore, Unlisted, Unread, Why};
pub use summary::{IngestSummary, Place, RejectSample, SourceSummary, Unfetched};

use crate::CollectError;
use futures::future::BoxFuture;
use futures::stream::{BoxStream, FuturesOrdered, TakeUntil};
use futures::{FutureExt, StreamExt};
use ledger::Known;
use read::{HELD, Read, limits, read, unread_row};
use sightline_ingest::Decoded;
use sightline_lake::Lake;
use sightline_model::log::LogObject;
use write::Placed;

/// Objects in a batch at most.
const BATCH_OBJECTS: usize = 200;
/// Bytes, as stored, at which a batch is full.
const BATCH_BYTES: u64 = 64 << 20;
/// Bytes, as stored, that are fetched and decoded at once, unless a single object has more.
const IN_FLIGHT: u64 = 64 << 20;

/// Reads every log object of the store that the lake does not have.
///
/// # Errors
/// When nothing can be listed, when the credentials are missing or expire, when another ingest writes to the lake, when the lake cannot
/// be written. What was written until then stays, and is not read again.
pub async fn ingest(
    source: &LogStore,
    lake: &Lake,
    options: IngestOptions,
    progress: &dyn Progress,
) -> Result<IngestSummary, CollectError> {
    let _lock = lake.lock("ingest", &format!("since {}", (options.clock)()))?;
    let mut run = Run::begin(source, lake, &options, progress).await?;
    let ended = run.read_all().await;
    // Also when the reading failed: what is written need not be looked at by the next ingest.
    let settled = write::settle(lake, run.seq).await;
    ended.and(settled)?;
    progress.finished(&run.summary);
    Ok(run.summary)
}

type Listing<'s> = TakeUntil<BoxStream<'s, Result<Listed, Unlisted>>, BoxFuture<'s, ()>>;

struct Run<'r> {
    source: &'r LogStore,
    lake: &'r Lake,
    options: &'r IngestOptions,
    progress: &'r dyn Progress,
    known: Known,
    /// the last batch that is written
    seq: i64,
    summary: IngestSummary,
    batch: Vec<Read>,
    failed: Vec<LogObject>,
}

impl<'r> Run<'r> {
    async fn begin(
        source: &'r LogStore,
        lake: &'r Lake,
        options: &'r IngestOptions,
        progress: &'r dyn Progress,
    ) -> Result<Self, CollectError> {
        let mut summary = IngestSummary::default();
        recover::recover(source, lake, options, &mut summary).await?;
        let known = Known::load(lake).await?;
        let seq = ledger::last_claim(lake).await?;
        Ok(Self { source, lake, options, progress, known, seq, summary, batch: vec![], failed: vec![] })
    }

    async fn read_all(&mut self) -> Result<(), CollectError> {
        let mut listed = 0_u64;
        let source = self.source;
        let mut listing = source.list().take_until(self.options.cancel.clone().cancelled_owned().boxed());
        let mut reading = FuturesOrdered::new();
        let (mut waiting, mut in_flight) = (None::<Listed>, 0);
        loop {
            while reading.len() < self.options.concurrency.max(1) {
                if waiting.is_none() {
                    waiting = self.next_wanted(&mut listing, &mut listed).await;
                }
                let fits = |object: &mut Listed| reading.is_empty() || in_flight + object.size <= IN_FLIGHT;
                let Some(object) = waiting.take_if(fits) else { break };
                in_flight += object.size;
                let task = read(source.clone(), object, limits(self.options), self.options.largest_object);
                reading.push_back(tokio::spawn(task));
            }
            match reading.next().await {
                Some(Ok(result)) => {
                    in_flight -= result.as_ref().map_or_else(|(listed, _)| listed.size, |read| read.listed.size);
                    self.take(result).await?;
                }
                Some(Err(error)) => return Err(CollectError::LogDecoder { reason: error.to_string() }),
                None => break,
            }
        }
        self.commit().await?;
        self.summary.cancelled = self.options.cancel.is_cancelled();
        match self.summary.unlisted.first() {
            Some(place) if listed == 0 => {
                Err(CollectError::LogList { place: place.place.clone(), reason: place.error.clone() })
            }
            _ => Ok(()),
        }
    }

    /// The next object of the listing that is to be read.
    async fn next_wanted(&mut self, listing: &mut Listing<'_>, listed: &mut u64) -> Option<Listed> {
        while let Some(next) = listing.next().await {
            match next {
                Err(unlisted) => self.summary.unlisted(unlisted),
                Ok(object) => {
                    *listed += 1;
                    if self.is_wanted(&object) {
                        return Some(object);
                    }
                }
            }
        }
        None
    }

    fn is_wanted(&mut self, object: &Listed) -> bool {
        let passed_by = if sightline_ingest::skips(&object.key).is_some() {
            &mut self.summary.passed_over
        } else if self.options.since.is_some_and(|since| object.last_modified < since) {
            &mut self.summary.skipped_old
        } else if !self.known.is_new(&object.uri, &object.version) {
            &mut self.summary.skipped_already
        } else {
            return true;
        };
        *passed_by += 1;
        false
    }

    async fn take(&mut self, result: Result<Read, (Listed, Unread)>) -> Result<(), CollectError> {
        match result {
            Ok(read) => {
                self.progress.object_done(&ObjectDone::of(&read.listed, &read.decoded));
                self.batch.push(read);
            }
            Err((_, unread)) if unread.why == Why::Credentials => {
                // Every other object would fail alike. What was read is kept.
                self.commit().await?;
                return Err(CollectError::LogCredentials { reason: unread.error });
            }
            Err((listed, unread)) => {
                self.progress.object_done(&ObjectDone::of(&listed, &Decoded::default()));
                self.summary.unfetched(&listed.uri, &unread);
                let row = unread_row(&listed, &unread.error);
                if self.known.fails(&row) {
                    self.failed.push(row);
                }
            }
        }
        if self.is_full() { self.commit().await } else { Ok(()) }
    }

    fn is_full(&self) -> bool {
        let bytes: u64 = self.batch.iter().map(|read| read.listed.size).sum();
        let weight: usize = self.batch.iter().map(|read| read.content.weight()).sum();
        self.batch.len().max(self.failed.len()) >= BATCH_OBJECTS || bytes >= BATCH_BYTES || weight >= HELD
    }

    /// Claims and writes what was read.
    ///
    /// INVARIANT: a batch is claimed only when the one before is written, so that at most the last one is unfinished.
    async fn commit(&mut self) -> Result<(), CollectError> {
        self.batch.sort_by(|a, b| (&a.listed.uri, &a.listed.version).cmp(&(&b.listed.uri, &b.listed.version)));
        let batch = std::mem::take(&mut self.batch);
        let failed = std::mem::take(&mut self.failed);
        let rows: Vec<LogObject> = batch.iter().map(Read::row).collect();
        let seq = self.seq + 1;
        ledger::claim(self.lake, seq, (self.options.clock)(), &rows, &failed).await?;
        if batch.is_empty() {
            return Ok(());
        }
        for (row, read) in rows.iter().zip(&batch) {
            self.summary.object(row, &read.decoded.stats);
        }
        let placed = batch.into_iter().enumerate();
        let objects =
            placed.map(|(place, read)| Placed { place, listed: read.listed, content: read.content }).collect();
        write::write(self.lake, seq, objects, limits(self.options)).await?;
        self.seq = seq;
        self.progress.written(&self.summary);
        Ok(())
    }
}
