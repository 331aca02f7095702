//! What became of one object, as its row of `log_object`.

use super::store::Listed;
use jiff::{SignedDuration, Timestamp};
use sightline_columns::TableBuilder;
use sightline_ingest::{Decoded, Part, Stats};
use sightline_model::lake_table::LOG_GAP;
use sightline_model::log::LogObject;
use std::collections::BTreeMap;

/// An object that is delivered so long after its last record is late: AWS's services deliver within minutes.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// The row of an object that was read.
pub(super) fn read_row(listed: &Listed, content: String, decoded: &Decoded) -> LogObject {
    let stats = &decoded.stats;
    LogObject {
        content,
        content_bytes: signed(stats.bytes),
        source: decoded.source.to_owned(),
        account_id: stats.account_id.clone(),
        region: stats.region.clone(),
        status: decoded.status().as_str().to_owned(),
        records: signed(stats.records),
        rows: signed(stats.rows),
        passed_over: signed(stats.passed_over),
        no_data: signed(stats.no_data),
        gaps: signed(stats.gaps),
        rejects: signed(stats.rejects),
        reject_reasons: stats.reject_reasons.clone(),
        reject_samples: stats.reject_samples.clone(),
        first_seen: time(stats.first_seen),
        last_seen: time(stats.last_seen),
        error: stats.error.clone(),
        ..blank(listed)
    }
}

/// The status of an object whose content was read before under another name.
pub(super) const DUPLICATE: &str = "duplicate";

/// The row of such an object.
pub(super) fn duplicate_row(listed: &Listed, content: String) -> LogObject {
    LogObject { content, status: DUPLICATE.to_owned(), ..blank(listed) }
}

/// The row of an object that could not be fetched.
pub(super) fn unread_row(listed: &Listed, error: &str) -> LogObject {
    LogObject { status: "unreadable".to_owned(), error: error.to_owned(), ..blank(listed) }
}

fn blank(listed: &Listed) -> LogObject {
    LogObject {
        uri: listed.uri.clone(),
        version: listed.version.clone(),
        content: String::new(),
        size: signed(listed.size),
        content_bytes: 0,
        source: String::new(),
        account_id: String::new(),
        region: String::new(),
        last_modified: listed.last_modified,
        status: String::new(),
        records: 0,
        rows: 0,
        passed_over: 0,
        no_data: 0,
        gaps: 0,
        rejects: 0,
        reject_reasons: BTreeMap::new(),
        reject_samples: vec![],
        first_seen: None,
        last_seen: None,
        error: String::new(),
        shard: String::new(),
        seq: 0,
        ingested_at: Timestamp::UNIX_EPOCH,
    }
}

/// How late a delivered object is, if it is.
pub(super) fn late(listed: &Listed, stats: &Stats) -> Option<SignedDuration> {
    // What a copy in a folder was last modified at says nothing of its delivery.
    let delivered = listed.uri.starts_with("s3://");
    let lag = listed.last_modified.duration_since(time(stats.last_seen)?);
    (delivered && lag > LATE).then_some(lag)
}

/// Rows of `log_gap` for objects that came late, given with their lag.
pub(super) fn late_gaps<'r>(rows: impl Iterator<Item = (&'r LogObject, SignedDuration)>) -> Option<Part> {
    let mut builder = TableBuilder::new(LOG_GAP);
    for (object, lag) in rows {
        let mut row = builder.row();
        row.text("source", &object.source).text("account_id", &object.account_id).text("region", &object.region);
        row.text("subject", &format!("delivered {} minutes after its last record", lag.as_mins()))
            .text("reason", "LATE");
        row.maybe_time("first_seen", object.first_seen.map(|time| time.as_microsecond()));
        row.maybe_time("last_seen", object.last_seen.map(|time| time.as_microsecond()));
        row.text("object", &object.uri).int("line", 0);
    }
    builder.take().map(|rows| Part { table: LOG_GAP, rows })
}

fn time(microseconds: Option<i64>) -> Option<Timestamp> {
    Timestamp::from_microsecond(microseconds?).ok()
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
