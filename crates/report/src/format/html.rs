//! One self-contained page for people: no request leaves it, it reads without script, prints, and has the map as a picture
//! and as tables.

use crate::{Format, Report, ReportError, html};
use std::io;

/// The unit.
pub static UNIT: Html = Html;

/// The format `html`.
pub struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "one self-contained page to read, send or print"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        html::write(report, html::ROWS, out)
    }
}
