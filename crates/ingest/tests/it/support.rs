//! Objects and what comes of them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use arrow::array::RecordBatch;
use arrow::json::LineDelimitedWriter;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Map, Value, json};
use sightline_ingest::{
    Batch, Decoded, Input, Keep, Limits, NoSidecars, ObjectRef, Part, Sidecars, Source, decode, decode_as,
};
use sightline_model::column::ColumnType;
use std::collections::BTreeMap;
use std::io::{Read, Write};

pub(crate) const FLOW_KEY: &str = "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/x.log";
pub(crate) const TRAIL_KEY: &str = "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/22/x.json";

/// Rows by table. Columns of JSON are read; what is NULL or an empty text is left out.
pub(crate) type Rows = BTreeMap<&'static str, Vec<Value>>;

/// Decodes with the default limits; the object's URI is `test`.
pub(crate) fn read(key: &str, bytes: &[u8]) -> (Decoded, Rows) {
    read_within(Limits::default(), Keep::default(), key, bytes)
}

pub(crate) fn read_within(limits: Limits, keep: Keep, key: &str, bytes: &[u8]) -> (Decoded, Rows) {
    read_from(limits, keep, key, Input::Whole(bytes))
}

pub(crate) fn read_from(limits: Limits, keep: Keep, key: &str, input: Input<'_>) -> (Decoded, Rows) {
    read_beside(&NoSidecars, limits, keep, key, input)
}

/// Likewise, with bodies that lie beside the object.
pub(crate) fn read_beside(
    sidecars: &dyn Sidecars,
    limits: Limits,
    keep: Keep,
    key: &str,
    input: Input<'_>,
) -> (Decoded, Rows) {
    collect(sidecars, limits, keep, |batch| decode(&ObjectRef { uri: "test", key }, input, batch))
}

/// Decodes as the source that is told.
pub(crate) fn read_as(source: &dyn Source, input: Input<'_>) -> (Decoded, Rows) {
    let object = ObjectRef { uri: "test", key: "key" };
    collect(&NoSidecars, Limits::default(), Keep::default(), |batch| decode_as(source, &object, input, batch))
}

fn collect(
    sidecars: &dyn Sidecars,
    limits: Limits,
    keep: Keep,
    decode: impl FnOnce(&mut Batch<'_>) -> Decoded,
) -> (Decoded, Rows) {
    let mut parts: Vec<Part> = Vec::new();
    let mut sink = |part| parts.push(part);
    let mut batch = Batch::new(limits, keep, &mut sink).with_sidecars(sidecars);
    let decoded = decode(&mut batch);
    let mut rollup = batch.finish();
    rollup.take(&mut |part| parts.push(part));
    let mut rows = Rows::default();
    for part in parts {
        rows.entry(part.table.name).or_default().extend(values(&part));
    }
    (decoded, rows)
}

/// Gives few bytes at a time.
pub(crate) struct Pieces<'a>(pub(crate) &'a [u8], pub(crate) usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}

/// The rows of one table; none where it has none.
pub(crate) fn of<'r>(rows: &'r Rows, table: &str) -> &'r [Value] {
    rows.get(table).map_or(&[], Vec::as_slice)
}

fn values(part: &Part) -> Vec<Value> {
    let rows: Vec<Map<String, Value>> = serde_json::from_slice(&array(&part.rows)).unwrap();
    let is_json = |name: &str| part.table.columns.contains(&(unstatic(part, name), ColumnType::Json));
    let told = |value: &Value| !value.is_null() && value != "";
    let read = |name: String, value: Value| match &value {
        Value::String(text) if is_json(&name) => (name, serde_json::from_str(text).unwrap()),
        _ => (name, value),
    };
    rows.into_iter()
        .map(|row| row.into_iter().filter(|(_, value)| told(value)).map(|(name, value)| read(name, value)).collect())
        .map(Value::Object)
        .collect()
}

fn unstatic(part: &Part, name: &str) -> &'static str {
    part.table.columns.iter().map(|(column, _)| *column).find(|column| *column == name).unwrap()
}

fn array(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    let lines = String::from_utf8(writer.into_inner()).unwrap();
    format!("[{}]", lines.trim_end().replace('\n', ",")).into_bytes()
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
