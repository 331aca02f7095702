//! Rows of a CSV file that is safe to open in a spreadsheet and to print on a terminal.

use crate::ReportError;
use sightline_model::untrusted::{for_spreadsheet, for_terminal};
use std::io;

/// Writes RFC 4180 rows: no cell is a formula, none holds a control character.
pub(crate) struct Cells<'a> {
    format: &'static str,
    rows: csv::Writer<&'a mut dyn io::Write>,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(format: &'static str, header: &[&str], out: &'a mut dyn io::Write) -> Result<Self, ReportError> {
        let mut cells = Self { format, rows: csv::Writer::from_writer(out) };
        cells.row(header.iter().map(|name| (*name).to_owned()))?;
        Ok(cells)
    }

    pub(crate) fn row(&mut self, row: impl IntoIterator<Item = String>) -> Result<(), ReportError> {
        // The order matters: what hides in front of a formula is made visible first.
        let safe = row.into_iter().map(|cell| for_spreadsheet(&for_terminal(&cell)));
        let format = self.format;
        self.rows.write_record(safe).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(source) => ReportError::Stream(source),
            other => ReportError::render(format, &format!("{other:?}")),
        })
    }

    pub(crate) fn finish(mut self) -> Result<(), ReportError> {
        Ok(self.rows.flush()?)
    }
}

/// The snake_case or kebab-case word that the JSON form of a value uses.
pub(crate) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
