//! One object: fetched and decoded, off the async threads, into a row of `log_object` and the rows of the other tables.

use super::options::IngestOptions;
use super::store::{Listed, LogStore, Unread, Why};
use bytes::Bytes;
use sightline_ingest::{Batch, Decoded, Limits, ObjectRef, Rows};
use sightline_model::log::LogObject;

/// Weight of the rows of one object that are held in memory. An object with more is decoded a second time when its rows are written, so that
/// memory is bounded whatever an object holds.
///
/// INVARIANT: a constant. The parts in which an object's rows are written depend on it, and an ingest that was cut off is completed by
/// the next one in the same parts.
pub(super) const HELD: usize = 50_000;

/// An object that was fetched.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) listed: Listed,
    pub(super) decoded: Decoded,
    pub(super) content: Content,
}

/// Its rows.
#[derive(Debug)]
pub(super) enum Content {
    /// all of them
    Rows(Rows),
    /// too many to hold: the object's bytes, to be decoded again
    Large(Bytes),
}

impl Content {
    /// What it weighs in memory, beside the bytes as stored.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Rows(rows) => rows.weight(),
            Self::Large(_) => 0,
        }
    }
}

/// What decoding needs to know of the options.
pub(super) fn limits(options: &IngestOptions) -> Limits {
    Limits { decompressed: options.largest_content, weight: HELD }
}

/// Fetches and decodes. Runs as a task of its own.
pub(super) async fn read(
    store: LogStore,
    listed: Listed,
    limits: Limits,
    largest: u64,
) -> Result<Read, (Listed, Unread)> {
    let bytes = match store.fetch(&listed, largest).await {
        Ok(bytes) => bytes,
        Err(unread) => return Err((listed, unread)),
    };
    let object = listed.clone();
    match tokio::task::spawn_blocking(move || decode(object, bytes, limits)).await {
        Ok(read) => Ok(read),
        Err(_) => Err((
            listed,
            Unread { why: Why::Failed, error: "the decoder stopped on this object; please report it".to_owned() },
        )),
    }
}

fn decode(listed: Listed, bytes: Bytes, limits: Limits) -> Read {
    let mut held: Option<Rows> = None;
    let mut large = false;
    let decoded = decode_into(&listed, &bytes, limits, &mut |rows| {
        large = large || held.is_some();
        held = (!large).then_some(rows);
    });
    let content = if large { Content::Large(bytes) } else { Content::Rows(held.unwrap_or_default()) };
    Read { listed, decoded, content }
}

/// Decodes the object and gives its rows to the sink in parts that depend on object and limits alone.
pub(super) fn decode_into(listed: &Listed, bytes: &[u8], limits: Limits, sink: &mut dyn FnMut(Rows)) -> Decoded {
    let mut batch = Batch::new(limits, sink);
    let decoded = sightline_ingest::decode(&ObjectRef { uri: &listed.uri, key: &listed.key }, bytes, &mut batch);
    batch.finish();
    decoded
}

impl Read {
    /// The object's row, not yet claimed.
    pub(super) fn row(&self) -> LogObject {
        let stats = &self.decoded.stats;
        LogObject {
            source: self.decoded.source.to_owned(),
            status: self.decoded.status().as_str().to_owned(),
            records: signed(stats.records),
            rejects: signed(stats.rejects),
            reject_samples: stats.reject_samples.clone(),
            error: stats.error.clone(),
            ..blank(&self.listed)
        }
    }
}

/// The row of an object that could not be read.
pub(super) fn unread_row(listed: &Listed, error: &str) -> LogObject {
    LogObject { status: "unreadable".to_owned(), error: error.to_owned(), ..blank(listed) }
}

fn blank(listed: &Listed) -> LogObject {
    LogObject {
        uri: listed.uri.clone(),
        version: listed.version.clone(),
        size: signed(listed.size),
        source: String::new(),
        last_modified: listed.last_modified,
        status: String::new(),
        records: 0,
        rejects: 0,
        reject_samples: vec![],
        error: String::new(),
        shard: String::new(),
        seq: 0,
        ingested_at: listed.last_modified,
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
