//! JSON on a stream, with the two ways in which writing it can fail told apart.

use crate::ReportError;
use serde::Serialize;
use std::io;

/// One document over several lines.
pub(crate) fn pretty(format: &'static str, value: &impl Serialize, out: &mut dyn io::Write) -> Result<(), ReportError> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(|error| fault(format, error))?;
    Ok(writeln!(out)?)
}

/// One document in one line.
pub(crate) fn line(format: &'static str, value: &impl Serialize, out: &mut dyn io::Write) -> Result<(), ReportError> {
    serde_json::to_writer(&mut *out, value).map_err(|error| fault(format, error))?;
    Ok(writeln!(out)?)
}

fn fault(format: &'static str, error: serde_json::Error) -> ReportError {
    match error.io_error_kind() {
        Some(_) => ReportError::Stream(error.into()),
        None => ReportError::render(format, &error),
    }
}
