//! Findings as OCSF 1.8.0, see [`crate::ocsf`].

use crate::{Format, Report, ReportError, ocsf};
use std::io;

/// The unit.
pub static UNIT: Ocsf = Ocsf;

/// The format `ocsf`.
pub struct Ocsf;

impl Format for Ocsf {
    fn name(&self) -> &'static str {
        ocsf::NAME
    }

    fn extension(&self) -> &'static str {
        "ocsf.ndjson"
    }

    fn about(&self) -> &'static str {
        "findings as events of OCSF 1.8.0 (Compliance Finding), one a line, for SIEMs and data lakes"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        ocsf::findings(report, out)
    }
}
