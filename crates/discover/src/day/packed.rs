//! Rows of a day as one text: JSON, deflated, in base64. A large day has hundreds of megabytes of JSON, a tenth of which is told once.

use std::io::{Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A part of the rows of a day, as `day_group.content` holds it.
#[derive(Deserialize)]
pub(super) struct Part<T> {
    part: usize,
    of: usize,
    rows: Vec<T>,
}

/// The text of a part. Rows become JSON one by one: as values they would take ten times the memory.
pub(super) fn packed<T: Serialize>(part: usize, of: usize, rows: &[T]) -> serde_json::Result<String> {
    let mut json = DeflateEncoder::new(Vec::new(), Compression::fast());
    let failed = serde_json::Error::io;
    write!(json, "{{\"part\":{part},\"of\":{of},\"rows\":[").map_err(failed)?;
    for (place, row) in rows.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        write!(json, "{comma}{}", slim(serde_json::to_value(row)?)).map_err(failed)?;
    }
    json.write_all(b"]}").map_err(failed)?;
    Ok(STANDARD.encode(json.finish().map_err(failed)?))
}

/// The part of a text; nothing where it does not read.
pub(super) fn unpacked<T: DeserializeOwned>(text: &str) -> Option<Part<T>> {
    let bytes = STANDARD.decode(text).ok()?;
    let mut json = Vec::new();
    DeflateDecoder::new(bytes.as_slice()).read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}

/// The rows of all parts; nothing where a part is missing.
pub(super) fn joined<T>(mut parts: Vec<Part<T>>) -> Option<Vec<T>> {
    parts.sort_by_key(|part| part.part);
    parts.dedup_by_key(|part| part.part);
    let is_whole = parts.first().is_some_and(|first| first.of == parts.len());
    let mut rows = Vec::with_capacity(parts.iter().map(|part| part.rows.len()).sum());
    parts.into_iter().for_each(|part| rows.extend(part.rows));
    is_whole.then_some(rows)
}

/// Without what a row has by default: most fields of most rows are empty.
fn slim(value: Value) -> Value {
    let is_told = |value: &Value| match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_i64() != Some(0),
        Value::Array(items) => !items.is_empty(),
        Value::Object(_) => true,
    };
    match value {
        Value::Object(members) => {
            Value::Object(members.into_iter().filter(|(_, value)| is_told(value)).collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(part: usize, of: usize, rows: &[Value]) -> Part<Value> {
        unpacked(&packed(part, of, rows).unwrap()).unwrap()
    }

    #[test]
    fn parts_are_put_together_in_their_order_and_only_when_all_are_there() {
        let row = |n: i64| serde_json::json!({"n": n, "empty": "", "none": null});
        let (one, two) = ([row(1), row(2)], [row(3)]);
        let joined_rows = joined(vec![rows(1, 2, &two), rows(0, 2, &one)]).unwrap();
        assert_eq!(joined_rows, [1, 2, 3].map(|n| serde_json::json!({"n": n})));
        assert!(joined(vec![rows(0, 2, &one)]).is_none());
        assert!(joined::<Value>(vec![]).is_none());
    }

    #[test]
    fn what_does_not_read_is_no_part() {
        let whole = packed(0, 1, &[serde_json::json!({"n": 1})]).unwrap();
        for text in ["", "no base64!", "AAAA", whole.get(..whole.len() - 4).unwrap()] {
            assert!(unpacked::<Value>(text).is_none(), "{text}");
        }
    }
}
