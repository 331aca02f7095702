//! What an ingest is told, and whom it tells how far it is.

use super::{IngestSummary, Listed};
use crate::scan::Clock;
use jiff::Timestamp;
use sightline_ingest::Decoded;
use tokio_util::sync::CancellationToken;

/// How to read logs.
#[derive(Clone)]
pub struct IngestOptions {
    /// reads the time
    pub clock: Clock,
    /// objects that were last modified before are passed over
    pub since: Option<Timestamp>,
    /// objects that are fetched at once, at least 1
    pub concurrency: usize,
    /// bytes of an object, as stored, beyond which it is not read
    pub largest_object: u64,
    /// bytes of an object's content beyond which the rest of it is not read
    pub largest_content: u64,
    /// ends the ingest early; what was read until then is written
    pub cancel: CancellationToken,
}

impl IngestOptions {
    /// Everything, eight objects at once, objects of at most 256 MiB and contents of at most 1 GiB.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            since: None,
            concurrency: 8,
            largest_object: 256 << 20,
            largest_content: 1 << 30,
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

/// Is told how far an ingest is. Called from the ingest's own task: it must not block.
pub trait Progress: Sync {
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
