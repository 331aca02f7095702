//! A CloudTrail object, record by record.

use super::call;
use super::split::{Element, Splitter};
use crate::content::Content;
use crate::{Batch, ObjectRef, Stats};
use serde_json::Value;

/// What a reject shows of a record ends before these: behind them stands content.
const WITHHELD: [&str; 3] = ["\"requestParameters\"", "\"responseElements\"", "\"additionalEventData\""];

/// Decodes the object's bytes, as stored, into the batch.
pub(crate) fn decode(object: &ObjectRef<'_>, bytes: &[u8], batch: &mut Batch<'_>) -> Stats {
    let mut stats = Stats::default();
    let mut content = Content::new(bytes, batch.limits().decompressed);
    let mut splitter = Splitter::default();
    let mut place = 0;
    loop {
        let chunk = content.chunk();
        if chunk.is_empty() {
            break;
        }
        splitter.push(chunk, &mut |element| {
            place += 1;
            take(&element, object.uri, place, batch, &mut stats);
        });
        let length = chunk.len();
        content.consume(length);
    }
    if let Some(fault) = content.fault().or_else(|| splitter.missing().filter(|_| content.bytes() > 0)) {
        stats.fault(fault);
    }
    stats.bytes = content.bytes();
    stats
}

fn take(element: &Element<'_>, uri: &str, place: i64, batch: &mut Batch<'_>, stats: &mut Stats) {
    let bytes = match element {
        Element::Record(bytes) => *bytes,
        Element::TooLarge => return stats.reject(place, "the record is too large for an event", ""),
        Element::Stray => return stats.reject(place, "something that is no record stands here", ""),
    };
    let read = serde_json::from_slice::<Value>(bytes).map_err(|error| format!("the record is no JSON: {error}"));
    match read.and_then(|record| call::of_record(&record, uri, place)) {
        Err(reason) => stats.reject(place, reason, &sample(bytes)),
        Ok(call) => {
            stats.records += 1;
            batch.api_call(call);
        }
    }
}

fn sample(record: &[u8]) -> String {
    let text = String::from_utf8_lossy(record.get(..record.len().min(1024)).unwrap_or_default());
    let end = WITHHELD.iter().filter_map(|name| text.find(name)).min().unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_owned()
}
