//! Flow logs in Parquet: the same fields, named with underscores or hyphens; text, integers or dictionaries of them.

mod pages;

use super::columns::Columns;
use super::exact::Exact;
use super::field::{Named, named};
use super::record::Record;
use crate::{Batch, Content, Stats};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, FieldRef};
use bytes::Bytes;
use pages::Packing;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaData;
use sightline_model::untrusted::shortened;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows that are read at once.
const ROWS: usize = 4096;

/// Decodes the file into the batch. Rows before a fault are kept.
pub(crate) fn decode(exact: &Exact<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>, stats: &mut Stats) {
    let Some(file) = content.parquet() else {
        return stats.fault("the Parquet file is too large to be read: deliver flow logs in smaller files, or as text");
    };
    if let Err(reason) = read(exact, file, batch, stats) {
        stats.fault(&reason);
    }
    content.consume(file.len());
}

fn read(exact: &Exact<'_>, file: &[u8], batch: &mut Batch<'_>, stats: &mut Stats) -> Result<(), String> {
    let file = Bytes::copy_from_slice(file);
    let (columns, reader) = guarded(|| open(file))??;
    let mut reader = reader;
    let mut number = 0;
    while let Some(rows) = guarded(|| reader.next())? {
        let rows = texts(&rows.map_err(|error| damaged(&error))?)?;
        for row in 0..rows.first().map_or(0, Array::len) {
            number += 1;
            take(exact, &columns, &rows, (number, row), batch, stats);
        }
    }
    Ok(())
}

fn take(
    exact: &Exact<'_>,
    columns: &Columns,
    rows: &[StringArray],
    (number, row): (i64, usize),
    batch: &mut Batch<'_>,
    stats: &mut Stats,
) {
    let values = || rows.iter().map(|column| if column.is_null(row) { "-" } else { column.value(row) });
    let read = Record::of(columns, values()).and_then(|record| record.read().map(|said| (record, said)));
    match read {
        Ok((record, said)) => {
            exact.record(number, &record, &said, batch, stats);
        }
        Err(reason) => {
            let sample = values().map(|value| shortened(value, 40)).collect::<Vec<_>>().join(" ");
            stats.reject(number, reason, &sample);
        }
    }
}

/// The fields that rows have, and a reader of their columns.
fn open(file: Bytes) -> Result<(Columns, ParquetRecordBatchReader), String> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file.clone()).map_err(|error| damaged(&error))?;
    let names = || builder.schema().fields().iter().map(|field| field.name().as_str());
    let read: Vec<usize> =
        names().enumerate().filter(|(_, name)| matches!(named(name), Named::Read(_))).map(|(place, _)| place).collect();
    let columns = Columns::new(names().filter(|name| matches!(named(name), Named::Read(_))));
    if let Some(reason) = columns.lacks() {
        return Err(reason);
    }
    let mask = ProjectionMask::roots(builder.parquet_schema(), read);
    check(&file, builder.metadata(), &mask)?;
    let reader = builder.with_projection(mask).with_batch_size(ROWS).build().map_err(|error| damaged(&error))?;
    Ok((columns, reader))
}

/// Whether the columns can be read within bounds. The library believes what a file says of its sizes.
fn check(file: &Bytes, metadata: &ParquetMetaData, mask: &ProjectionMask) -> Result<(), String> {
    let columns = metadata.row_groups().iter().flat_map(|group| group.columns().iter().enumerate());
    for (_, column) in columns.filter(|(place, _)| mask.leaf_included(*place)) {
        let name = || shortened(&column.column_path().string(), 40);
        let packing = match column.compression() {
            Compression::UNCOMPRESSED => Packing::None,
            Compression::SNAPPY => Packing::Snappy,
            Compression::GZIP(_) => Packing::Gzip,
            _ => {
                return Err(format!(
                    "column `{}` is packed in a way that flow logs are not: write the file with gzip or snappy",
                    name()
                ));
            }
        };
        let (start, length) = column.byte_range();
        let range = usize::try_from(start).ok().zip(usize::try_from(length).ok());
        let packed = range.and_then(|(start, length)| file.get(start..start.checked_add(length)?));
        if !packed.is_some_and(|packed| pages::are_bounded(packed, packing)) {
            return Err(format!("column `{}` is cut or broken, or larger than that of any flow log", name()));
        }
    }
    Ok(())
}

/// Each column as text: that is what the rules for fields are about.
fn texts(rows: &RecordBatch) -> Result<Vec<StringArray>, String> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let text = |(column, field): (&ArrayRef, &FieldRef)| {
        let texts = cast_with_options(column, &DataType::Utf8, &options).ok();
        let texts = texts.and_then(|texts| texts.as_string_opt::<i32>().cloned());
        texts.ok_or_else(|| format!("column `{}` holds neither text nor numbers", shortened(field.name(), 40)))
    };
    rows.columns().iter().zip(rows.schema_ref().fields()).map(text).collect()
}

/// Runs the reader, which is not made for damaged files: some of them make it panic.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| "the Parquet file is cut or broken".to_owned())
}

fn damaged(error: &dyn std::error::Error) -> String {
    format!("the Parquet file is cut or broken: {}", shortened(&error.to_string(), 100))
}
