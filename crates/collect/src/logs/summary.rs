//! What an ingest saw and did not see.

use super::request::Requests;
use super::store::Unacknowledged;
use super::unread::{Unread, Why};
use serde::Serialize;
use sightline_ingest::Stats;
use sightline_model::log::LogObject;
use std::collections::BTreeMap;

/// Rejects, unreadable objects and unlisted places that are kept; the rest is only counted.
const SAMPLES: usize = 20;

/// What came of one ingest. What was read before, by another ingest, is counted in `skipped_already` alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct IngestSummary {
    /// objects that were read, whole or in part
    pub objects: u64,
    /// their bytes as stored
    pub bytes: u64,
    /// records that were understood
    pub records: u64,
    /// records that were not
    pub rejects: u64,
    /// the first twenty of them
    pub reject_samples: Vec<RejectSample>,
    /// the same by log source
    pub by_source: BTreeMap<String, SourceSummary>,
    /// records that say that something is missing (`SKIPDATA`)
    pub gaps: u64,
    /// records that say that there was nothing (`NODATA`)
    pub no_data: u64,
    /// objects that were read before, in this version
    pub skipped_already: u64,
    /// objects older than asked for
    pub skipped_old: u64,
    /// objects that other shards read
    pub other_shards: u64,
    /// batches that were read again, because another worker was first with some of their objects
    pub clashes: u64,
    /// objects that hold no records, such as digests; not fetched
    pub passed_over: u64,
    /// objects that are no log of ours
    pub ignored: u64,
    /// objects that could not be fetched; they are tried again next time
    pub unreadable: u64,
    /// how many of these because it is not allowed
    pub denied: u64,
    /// the first twenty of them
    pub unreadable_samples: Vec<Unfetched>,
    /// places that could not be listed (to their end), the first twenty
    pub unlisted: Vec<Place>,
    /// objects whose content was read before under another name
    pub duplicates: u64,
    /// objects that were delivered long after their last record
    pub late: u64,
    /// records that are understood and of no interest
    pub uninteresting: u64,
    /// how many records were rejected for which reason
    pub reject_reasons: BTreeMap<String, u64>,
    /// objects of an ingest that was cut off, whose rows are visible now
    pub recovered: u64,
    /// requests that were made
    pub requests: Requests,
    /// messages of the queue that could not be removed, and come again
    pub unacknowledged: Option<String>,
    /// whether the ingest was ended early
    pub cancelled: bool,
}

/// The part of one log source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SourceSummary {
    /// objects
    pub objects: u64,
    /// their bytes as stored
    pub bytes: u64,
    /// records that were understood
    pub records: u64,
    /// records that were not
    pub rejects: u64,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectSample {
    /// the object
    pub uri: String,
    /// line or place in it, from 1; 0 for the object as a whole
    pub line: i64,
    /// why
    pub reason: String,
}

/// An object that could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfetched {
    /// the object
    pub uri: String,
    /// why
    pub error: String,
}

/// A place that could not be listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// `s3://bucket/prefix` or a path
    pub place: String,
    /// why
    pub error: String,
}

impl IngestSummary {
    /// Whether anything that was asked for is missing in the lake.
    pub fn is_incomplete(&self) -> bool {
        self.rejects > 0 || self.unreadable > 0 || self.gaps > 0 || !self.unlisted.is_empty() || self.cancelled
    }

    pub(super) fn object(&mut self, row: &LogObject, stats: &Stats) {
        if row.source.is_empty() {
            self.ignored += 1;
            return;
        }
        let size = u64::try_from(row.size).unwrap_or_default();
        let source = self.by_source.entry(row.source.clone()).or_default();
        source.objects += 1;
        source.bytes += size;
        source.records += stats.records;
        source.rejects += stats.rejects;
        self.objects += 1;
        self.bytes += size;
        self.records += stats.records;
        self.rejects += stats.rejects;
        self.gaps += stats.gaps;
        self.no_data += stats.no_data;
        self.uninteresting += stats.passed_over;
        for (reason, count) in &stats.reject_reasons {
            let known = self.reject_reasons.len() < SAMPLES || self.reject_reasons.contains_key(reason);
            *self.reject_reasons.entry(if known { reason } else { "other reasons" }.to_owned()).or_default() += count;
        }
        let room = SAMPLES.saturating_sub(self.reject_samples.len());
        self.reject_samples.extend(stats.reject_samples.iter().take(room).map(|reject| RejectSample {
            uri: row.uri.clone(),
            line: reject.line,
            reason: reject.reason.clone(),
        }));
    }

    pub(super) fn unfetched(&mut self, uri: &str, unread: &Unread) {
        self.unreadable += 1;
        self.denied += u64::from(unread.why == Why::Denied);
        if self.unreadable_samples.len() < SAMPLES {
            self.unreadable_samples.push(Unfetched { uri: uri.to_owned(), error: unread.error.clone() });
        }
    }

    pub(super) fn unacknowledged(&mut self, unacknowledged: &Unacknowledged) {
        self.unacknowledged = Some(format!("{} messages: {}", unacknowledged.messages, unacknowledged.error));
    }

    /// Whether the listing gave no object at all.
    pub(super) fn has_seen_nothing(&self) -> bool {
        let seen =
            [self.objects, self.skipped_already, self.skipped_old, self.passed_over, self.ignored, self.other_shards];
        seen.iter().sum::<u64>() + self.duplicates + self.unreadable == 0
    }

    pub(super) fn unlisted(&mut self, place: Place) {
        if self.unlisted.len() < SAMPLES {
            self.unlisted.push(place);
        }
    }
}
