//! One self-contained page for people, by the same rules as the report of an estate.

use crate::{ProbeFormat, ProbeReport, ReportError, html};
use std::io;

/// The unit.
pub static UNIT: Html = Html;

/// The format `html`.
pub struct Html;

impl ProbeFormat for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "one self-contained page to read, send or print, with examples where the run kept its texts"
    }

    fn write(&self, report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
        html::write_probe(report, out)
    }
}
