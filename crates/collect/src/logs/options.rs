//! What an ingest is told, and whom it tells how far it is.

use super::{Bounds, IngestSummary, Listed, Shard};
use crate::scan::Clock;
use jiff::Timestamp;
use sightline_ingest::{Decoded, Keep, Limits};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How to read logs.
#[derive(Clone)]
pub struct IngestOptions {
    /// reads the time
    pub clock: Clock,
    /// the part of the objects to read; `None` for all. Each shard is one process at a time
    pub shard: Option<Shard>,
    /// objects that were last modified before are passed over
    pub since: Option<Timestamp>,
    /// the log source that every object is of; `None` to recognise it
    pub source: Option<&'static str>,
    /// objects that are fetched at once, at least 1
    pub concurrency: usize,
    /// threads that decode, at least 1
    pub workers: usize,
    /// bytes, as stored, that are held in memory at once, unless a single object has more
    pub in_flight: u64,
    /// up to which size objects are held whole
    pub bounds: Bounds,
    /// what one of two threads may hold (more threads share what two may), and what an object may unpack to
    pub limits: Limits,
    /// what is kept beyond who called what
    pub keep: Keep,
    /// a batch ends after this time: what was read until then is in the lake
    pub batch_time: Duration,
    /// a batch ends when it has so many objects
    pub batch_objects: usize,
    /// ends the ingest early; what was read until then is written
    pub cancel: CancellationToken,
}

impl IngestOptions {
    /// Everything, eight objects fetched and one decoded at once, 24 MiB of them in memory, a batch of 30 seconds or 10,000 objects.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            shard: None,
            since: None,
            source: None,
            concurrency: 8,
            workers: 1,
            in_flight: 24 << 20,
            bounds: Bounds::default(),
            limits: Limits::default(),
            keep: Keep::default(),
            batch_time: Duration::from_secs(30),
            batch_objects: 10_000,
            cancel: CancellationToken::new(),
        }
    }
}

/// One object is read, or could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectDone {
    /// its URI
    pub uri: String,
    /// the source that recognised it; empty when none did, or it was not read
    pub source: String,
    /// bytes as stored
    pub bytes: u64,
    /// records found
    pub records: u64,
    /// records rejected
    pub rejects: u64,
}

impl ObjectDone {
    pub(super) fn of(listed: &Listed, decoded: &Decoded) -> Self {
        Self {
            uri: listed.uri.clone(),
            source: decoded.source.to_owned(),
            bytes: listed.size,
            records: decoded.stats.records,
            rejects: decoded.stats.rejects,
        }
    }
}

/// What the listing found so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ahead {
    /// objects that are to be read
    pub objects: u64,
    /// their bytes as stored
    pub bytes: u64,
    /// whether that is all
    pub complete: bool,
}

/// Is told how far an ingest is. It must not block.
pub trait Progress: Sync {
    /// So much is to be read in all, as far as is known.
    fn ahead(&self, _ahead: Ahead) {}
    /// One object is read; it is in the lake after the next [`Progress::written`].
    fn object_done(&self, _done: &ObjectDone) {}
    /// What was read until now is in the lake.
    fn written(&self, _summary: &IngestSummary) {}
    /// All is in the lake.
    fn finished(&self, _summary: &IngestSummary) {}
}

/// Tells nobody.
pub struct Quiet;

impl Progress for Quiet {}
