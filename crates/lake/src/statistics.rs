//! What Delta's log says of a file: how many rows, and of each column that the writer looked at the least and greatest values and how many
//! nulls.
//!
//! The format: <https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics>. Values come from what Parquet's writer
//! counted, so no row is looked at twice.

use jiff::Timestamp;
use parquet::basic::{LogicalType, TimeUnit};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescriptor;
use serde_json::{Map, Value, json};

/// The document as text.
pub(crate) fn statistics(file: &ParquetMetaData) -> String {
    let (mut least, mut greatest, mut nulls) = (Map::new(), Map::new(), Map::new());
    for (index, column) in file.file_metadata().schema_descr().columns().iter().enumerate() {
        let chunks: Vec<_> = file.row_groups().iter().filter_map(|group| group.columns().get(index)).collect();
        if let Some(count) = chunks.iter().map(|chunk| null_count(chunk)).sum::<Option<u64>>() {
            nulls.insert(column.name().to_owned(), count.into());
        }
        if let Some((min, max)) = bounds(column, &chunks) {
            least.insert(column.name().to_owned(), min);
            greatest.insert(column.name().to_owned(), max);
        }
    }
    let rows = file.file_metadata().num_rows();
    json!({"numRecords": rows, "minValues": least, "maxValues": greatest, "nullCount": nulls}).to_string()
}

/// Bounds that hold for each value of the column. `None` where there is no value, where one was not counted, and for types
/// whose bounds tell nothing (booleans) or cannot be trusted (Parquet's writer passes over numbers that are none).
fn bounds(column: &ColumnDescriptor, chunks: &[&ColumnChunkMetaData]) -> Option<(Value, Value)> {
    // What holds nulls alone has no bounds and needs none; whatever else has none may hold anything.
    let with_values = chunks.iter().filter(|chunk| null_count(chunk) != u64::try_from(chunk.num_values()).ok());
    let counted = with_values.map(|chunk| chunk.statistics()).collect::<Option<Vec<_>>>()?;
    match column.logical_type_ref() {
        None => {
            let (min, max) = integers(&counted)?;
            Some((min.into(), max.into()))
        }
        Some(LogicalType::Timestamp(kind)) if matches!(kind.unit, TimeUnit::MICROS) => {
            let (min, max) = integers(&counted)?;
            // The log keeps milliseconds.
            let up = max.div_euclid(1_000) + i64::from(max.rem_euclid(1_000) > 0);
            Some((time(min.div_euclid(1_000))?, time(up)?))
        }
        // Long texts are cut by Parquet's writer, the greatest upwards.
        Some(LogicalType::String) => {
            let min = counted.iter().map(|chunk| text(chunk.min_bytes_opt())).collect::<Option<Vec<_>>>()?;
            let max = counted.iter().map(|chunk| text(chunk.max_bytes_opt())).collect::<Option<Vec<_>>>()?;
            Some((min.into_iter().min()?.into(), max.into_iter().max()?.into()))
        }
        Some(_) => None,
    }
}

fn null_count(chunk: &ColumnChunkMetaData) -> Option<u64> {
    chunk.statistics()?.null_count_opt()
}

fn integers(chunks: &[&Statistics]) -> Option<(i64, i64)> {
    let bounds = chunks.iter().map(|chunk| match chunk {
        Statistics::Int64(values) => Some((*values.min_opt()?, *values.max_opt()?)),
        _ => None,
    });
    bounds.reduce(|left, right| {
        let ((min, max), (other_min, other_max)) = (left?, right?);
        Some((min.min(other_min), max.max(other_max)))
    })?
}

fn text(bytes: Option<&[u8]>) -> Option<&str> {
    std::str::from_utf8(bytes?).ok()
}

fn time(milliseconds: i64) -> Option<Value> {
    Timestamp::from_millisecond(milliseconds).ok().map(|time| format!("{time:.3}").into())
}
