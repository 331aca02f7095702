//! Rows as values of `serde` → Arrow batches, with an error that names the field that does not fit.

use arrow::array::RecordBatch;
use arrow::json::ReaderBuilder;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use sightline_model::untrusted::shortened;
use sightline_model::{ColumnType, LakeTable};

use crate::LakeError;

/// Rows that are turned at a time: the values beside the batches stay small.
const CHUNK: usize = 8_192;

/// The rows as batches of the table's declared schema. Instants are cut to microseconds; JSON `null` becomes SQL NULL.
///
/// # Errors
/// A field that the table does not have, a value of another type, a partition column without a value.
pub(crate) fn batches<T: Serialize>(table: &'static LakeTable, rows: &[T]) -> Result<Vec<RecordBatch>, LakeError> {
    let mut decoder = ReaderBuilder::new(sightline_columns::schema(table))
        .build_decoder()
        .map_err(|error| unfit(table, 0, "", error))?;
    let mut batches = Vec::with_capacity(rows.len().div_ceil(CHUNK));
    for (chunk_index, chunk) in rows.chunks(CHUNK).enumerate() {
        let first = chunk_index * CHUNK + 1;
        let fields = chunk
            .iter()
            .enumerate()
            .map(|(index, row)| row_fields(table, first + index, row))
            .collect::<Result<Vec<_>, _>>()?;
        decoder.serialize(&fields).map_err(|error| unfit(table, first, "", error))?;
        batches.extend(decoder.flush().map_err(|error| unfit(table, first, "", error))?);
    }
    Ok(batches)
}

fn row_fields<T: Serialize>(table: &'static LakeTable, row: usize, value: &T) -> Result<Map<String, Value>, LakeError> {
    let value = serde_json::to_value(value).map_err(|error| unfit(table, row, "", error))?;
    let Value::Object(mut given) = value else {
        return Err(unfit(table, row, "", "a row must be a set of named fields"));
    };
    let mut fields = Map::with_capacity(table.columns.len());
    for (name, kind) in table.columns {
        let value = given.swap_remove(*name).unwrap_or(Value::Null);
        // INVARIANT: Delta reads an empty partition value as NULL, so rows with one would leave their partition.
        if table.partition_by.contains(name) && (value.is_null() || value == "") {
            return Err(unfit(table, row, name, "a column that parts the files must have a value"));
        }
        let stored = stored(*kind, value).map_err(|value| {
            unfit(table, row, name, format!("`{}` is no {}", shortened(&value.to_string(), 60), noun(*kind)))
        })?;
        fields.insert((*name).to_owned(), stored);
    }
    match given.keys().next() {
        Some(unknown) => Err(unfit(table, row, unknown, "the table has no such column")),
        None => Ok(fields),
    }
}

/// The value as the decoder must see it, or the value back where it does not fit. The decoder itself is too kind: it
/// reads `1.5` as the integer 1 and the text `"7"` as a number.
fn stored(kind: ColumnType, value: Value) -> Result<Value, Value> {
    if value.is_null() {
        return Ok(value);
    }
    let fits = match kind {
        ColumnType::Json => return Ok(Value::String(value.to_string())),
        ColumnType::Time => return microseconds(value),
        ColumnType::Bool => value.is_boolean(),
        ColumnType::Int => value.is_i64(),
        ColumnType::Float => value.is_number(),
        ColumnType::Text => value.is_string(),
    };
    if fits { Ok(value) } else { Err(value) }
}

fn microseconds(value: Value) -> Result<Value, Value> {
    match value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
        Some(time) => Ok(time.as_microsecond().into()),
        None => Err(value),
    }
}

fn noun(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Bool => "boolean",
        ColumnType::Int => "64-bit integer",
        ColumnType::Float => "number",
        ColumnType::Text => "text",
        ColumnType::Time => "RFC 3339 time",
        ColumnType::Json => "JSON",
    }
}

fn unfit(table: &'static LakeTable, row: usize, column: &str, reason: impl ToString) -> LakeError {
    LakeError::Row {
        table: table.name,
        row,
        column: shortened(column, 60),
        reason: shortened(&reason.to_string(), 300),
    }
}
