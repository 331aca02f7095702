//! A report of garak (`*.report.jsonl`), see [`crate::garak`].

use crate::{ProbeFormat, ProbeReport, ReportError, garak};
use std::io;

/// The unit.
pub static UNIT: Garak = Garak;

/// The format `garak`.
pub struct Garak;

impl ProbeFormat for Garak {
    fn name(&self) -> &'static str {
        "garak"
    }

    fn extension(&self) -> &'static str {
        "report.jsonl"
    }

    fn about(&self) -> &'static str {
        "the run as a report of garak, for its own readers (`garak.analyze`)"
    }

    fn write(&self, report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
        garak::report(report, out)
    }
}
