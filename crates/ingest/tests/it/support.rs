//! Objects and what comes of them.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use sightline_ingest::{Batch, Decoded, Limits, ObjectRef, Rollup, Rows, decode};
use std::io::Write;

pub(crate) const FLOW_KEY: &str = "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/x.log";
pub(crate) const TRAIL_KEY: &str = "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/22/x.json";

/// Decodes with the default limits; the object's URI is `test`.
pub(crate) fn read(key: &str, bytes: &[u8]) -> (Decoded, Rows) {
    read_within(Limits::default(), key, bytes)
}

pub(crate) fn read_within(limits: Limits, key: &str, bytes: &[u8]) -> (Decoded, Rows) {
    let mut all = Rows::default();
    let mut rollup = Rollup::default();
    let mut sink = |rows: Rows| {
        assert!(rows.weight() < limits.weight + 4);
        rows.flows.iter().for_each(|flow| rollup.merge(flow));
        all.api_calls.extend(rows.api_calls);
        all.gaps.extend(rows.gaps);
    };
    let mut batch = Batch::new(limits, &mut sink);
    let decoded = decode(&ObjectRef { uri: "test", key }, bytes, &mut batch);
    batch.finish();
    all.flows = rollup.take();
    (decoded, all)
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An event with what every event has, and more.
pub(crate) fn event(more: Value) -> Value {
    let mut event = json!({
        "eventVersion": "1.11", "eventID": "e-1", "eventTime": "2026-11-22T03:04:05Z", "eventSource": "bedrock.amazonaws.com",
        "eventName": "InvokeModel", "awsRegion": "us-east-1", "recipientAccountId": "123456789012",
    });
    let members = event.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    event
}

pub(crate) fn trail(events: &[Value]) -> Vec<u8> {
    json!({ "Records": events }).to_string().into_bytes()
}
