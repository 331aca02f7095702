//! Rows on their way to standard output, as JSON or CSV, as soon as they are there.

use anyhow::Context as _;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimestampMicrosecondType};
use clap::ValueEnum;
use jiff::Timestamp;
use serde::de::IgnoredAny;
use sightline_ingest::Part;
use sightline_model::lake_table::LOG_GAP;
use sightline_model::untrusted::{for_spreadsheet, for_terminal};
use sightline_model::{ColumnType, LakeTable};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shape {
    /// One JSON object a line
    Ndjson,
    /// One JSON array
    Json,
    /// The rows of one table, safe for spreadsheets
    Csv,
}

/// Writes rows. After its first error it writes nothing more, and gives the error at the end.
pub(super) struct Rows<W: Write> {
    out: W,
    shape: Shape,
    only: Option<&'static LakeTable>,
    written: u64,
    left_out: BTreeMap<&'static str, u64>,
    failed: Option<anyhow::Error>,
}

impl<W: Write> Rows<W> {
    /// `only`: the table whose rows are wanted; all where it is not said, for CSV the first that has rows.
    pub(super) fn new(out: W, shape: Shape, only: Option<&'static LakeTable>) -> Self {
        Self { out, shape, only, written: 0, left_out: BTreeMap::new(), failed: None }
    }

    /// Writes the rows of a part.
    pub(super) fn write(&mut self, part: &Part) {
        if self.failed.is_none()
            && let Err(error) = self.try_write(part)
        {
            self.failed = Some(error);
        }
    }

    /// Whether nothing more can be written.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Gives what is written to its reader.
    pub(super) fn flush(&mut self) {
        if self.failed.is_none()
            && let Err(error) = self.out.flush()
        {
            self.failed = Some(error.into());
        }
    }

    /// Ends the output. Gives back how many rows of which tables were left out.
    pub(super) fn finish(mut self) -> anyhow::Result<BTreeMap<&'static str, u64>> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if self.shape == Shape::Json {
            self.out.write_all(if self.written == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        self.out.flush()?;
        Ok(self.left_out)
    }

    fn try_write(&mut self, part: &Part) -> anyhow::Result<()> {
        // What the logs say is missing is no log: nobody wants a spreadsheet of that alone without asking.
        if self.shape == Shape::Csv && self.only.is_none() && part.table != LOG_GAP {
            self.only = Some(part.table);
        }
        let is_wanted = self.only.map_or(self.shape != Shape::Csv, |only| only == part.table);
        if !is_wanted {
            *self.left_out.entry(part.table.name).or_default() += part.rows.num_rows() as u64;
            return Ok(());
        }
        if self.shape == Shape::Csv { self.csv(part) } else { self.json(part) }
    }

    fn json(&mut self, part: &Part) -> anyhow::Result<()> {
        let columns = columns(part)?;
        for row in 0..part.rows.num_rows() {
            let between: &[u8] = match (self.shape, self.written) {
                (Shape::Json, 0) => b"[\n",
                (Shape::Json, _) => b",\n",
                _ => b"",
            };
            self.out.write_all(between)?;
            write!(self.out, "{{\"table\":\"{}\"", part.table.name)?;
            for (name, kind, values) in &columns {
                write!(self.out, ",\"{name}\":")?;
                value(&mut self.out, *kind, values, row)?;
            }
            self.out.write_all(if self.shape == Shape::Json { b"}" } else { b"}\n" })?;
            self.written += 1;
        }
        Ok(())
    }

    fn csv(&mut self, part: &Part) -> anyhow::Result<()> {
        let columns = columns(part)?;
        let mut out = csv::Writer::from_writer(&mut self.out);
        if self.written == 0 {
            out.write_record(columns.iter().map(|(name, ..)| *name))?;
        }
        for row in 0..part.rows.num_rows() {
            // The order matters: what hides in front of a formula is made visible first.
            out.write_record(columns.iter().map(|(_, _, values)| for_spreadsheet(&for_terminal(&text(values, row)))))?;
            self.written += 1;
        }
        Ok(out.flush()?)
    }
}

type Column<'p> = (&'static str, ColumnType, &'p ArrayRef);

fn columns(part: &Part) -> anyhow::Result<Vec<Column<'_>>> {
    let column = |(name, kind): &(&'static str, ColumnType)| {
        let values = part.rows.column_by_name(name);
        Ok((*name, *kind, values.with_context(|| format!("a row of `{}` lacks `{name}`", part.table.name))?))
    };
    part.table.columns.iter().map(column).collect()
}

/// The value as JSON. Text that is declared as JSON and is none stays text.
fn value(out: &mut impl Write, kind: ColumnType, values: &ArrayRef, row: usize) -> io::Result<()> {
    if values.is_null(row) {
        return out.write_all(b"null");
    }
    match values.data_type() {
        DataType::Utf8 => {
            let text = values.as_string::<i32>().value(row);
            // A document stays as it is written, on one line.
            let is_document = kind == ColumnType::Json && !text.contains(['\n', '\r']);
            if is_document && serde_json::from_str::<IgnoredAny>(text).is_ok() {
                out.write_all(text.as_bytes())
            } else {
                Ok(serde_json::to_writer(out, text)?)
            }
        }
        DataType::Timestamp(..) => Ok(serde_json::to_writer(out, &text(values, row))?),
        DataType::Float64 => Ok(serde_json::to_writer(out, &values.as_primitive::<Float64Type>().value(row))?),
        _ => out.write_all(text(values, row).as_bytes()),
    }
}

/// The value as text; nothing where there is none.
fn text(values: &ArrayRef, row: usize) -> String {
    if values.is_null(row) {
        return String::new();
    }
    match values.data_type() {
        DataType::Boolean => values.as_boolean().value(row).to_string(),
        DataType::Int64 => values.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => values.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Utf8 => values.as_string::<i32>().value(row).to_owned(),
        DataType::Timestamp(..) => {
            let micros = values.as_primitive::<TimestampMicrosecondType>().value(row);
            // Decoders take no time that the calendar has not.
            Timestamp::from_microsecond(micros).map(|time| time.to_string()).unwrap_or_default()
        }
        _ => String::new(),
    }
}
