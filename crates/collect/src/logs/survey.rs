//! What an ingest would read and what the requests would cost: the listing alone.

use super::feeder::candidate;
use super::ledger::{CHUNK, Known};
use super::options::IngestOptions;
use super::recent::Recent;
use super::request::Requests;
use super::store::{Listed, LogStore};
use super::summary::{IngestSummary, Place};
use crate::CollectError;
use futures::StreamExt;
use serde::Serialize;
use sightline_lake::Lake;
use std::collections::BTreeMap;

/// Bytes that one GET brings of an object that is streamed.
const PIECE: u64 = 8 << 20;
/// Day of the prices below, from S3's price list for Standard storage in us-east-1. Other regions differ by a few tenths.
pub const PRICES_OF: &str = "2026-11";
/// US dollars for one LIST.
const USD_LIST: f64 = 0.005 / 1_000.0;
/// US dollars for one GET.
const USD_GET: f64 = 0.0004 / 1_000.0;
/// The name for objects that their key does not tell.
const BY_CONTENT: &str = "told by content";

/// What a listing found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Survey {
    /// objects that an ingest would read
    pub objects: u64,
    /// their bytes as stored
    pub bytes: u64,
    /// the same by log source, as far as keys tell
    pub by_source: BTreeMap<String, Share>,
    /// objects that are in the lake, in this version
    pub skipped_already: u64,
    /// objects older than asked for
    pub skipped_old: u64,
    /// objects that hold no records, such as digests
    pub passed_over: u64,
    /// places that could not be listed (to their end), the first twenty
    pub unlisted: Vec<Place>,
    /// requests that the listing took; an ingest lists again
    pub requests: Requests,
    /// GET requests that reading would take
    pub gets: u64,
    /// US dollars that listing once more and reading would cost in requests, where S3 is asked; transfer out of the region comes on top
    pub usd: f64,
}

/// Objects of one source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// how many
    pub objects: u64,
    /// bytes as stored
    pub bytes: u64,
}

/// Lists what an ingest would read. Reads and writes nothing.
///
/// # Errors
/// When nothing can be listed, when the lake cannot be read, for a queue: to look at its messages is to take them.
pub async fn survey(store: &LogStore, lake: &Lake, options: &IngestOptions) -> Result<Survey, CollectError> {
    if matches!(store, LogStore::Queue(_)) {
        return Err(CollectError::LogList {
            place: store.place(),
            reason: "a queue's messages cannot be looked at without taking them; list the bucket instead".to_owned(),
        });
    }
    let (mut survey, mut passed, recent) = (Survey::default(), IngestSummary::default(), Recent::default());
    let cancelled = options.cancel.clone().cancelled_owned();
    let mut chunks = store.list_since(options.since).take_until(Box::pin(cancelled)).ready_chunks(CHUNK);
    while let Some(chunk) = chunks.next().await {
        let listed: Vec<Listed> =
            chunk.into_iter().filter_map(|listed| candidate(listed, options, &recent, &mut passed)).collect();
        let known = Known::of(lake, &listed, options.source).await?;
        for object in &listed {
            survey.take(object, known.has_read(object), options.bounds.whole);
        }
    }
    survey.skipped_already += passed.skipped_already;
    survey.skipped_old = passed.skipped_old;
    survey.passed_over = passed.passed_over;
    survey.unlisted = passed.unlisted;
    survey.requests = store.requests();
    survey.usd = survey.requests.lists as f64 * USD_LIST + survey.gets as f64 * USD_GET;
    match survey.unlisted.first() {
        Some(place) if survey.objects + survey.skipped_already + survey.skipped_old + survey.passed_over == 0 => {
            Err(CollectError::LogList { place: place.place.clone(), reason: place.error.clone() })
        }
        _ => Ok(survey),
    }
}

impl Survey {
    fn take(&mut self, object: &Listed, is_known: bool, whole: u64) {
        if is_known {
            self.skipped_already += 1;
            return;
        }
        let source = sightline_ingest::source::ALL.iter().find(|source| source.detect(&object.key, b""));
        let share = self.by_source.entry(source.map_or(BY_CONTENT, |source| source.name()).to_owned()).or_default();
        share.objects += 1;
        share.bytes += object.size;
        self.objects += 1;
        self.bytes += object.size;
        if object.uri.starts_with("s3://") {
            self.gets += if object.size > whole { object.size.div_ceil(PIECE) } else { 1 };
        }
    }
}
