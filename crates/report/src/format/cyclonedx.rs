//! The bill of materials of models as CycloneDX 1.6, which ECMA-424 publishes.

use crate::bom::{self, Edition};
use crate::{Format, Report, ReportError};
use std::io;

/// The unit.
pub static UNIT: CycloneDx = CycloneDx;

/// The format `cyclonedx`.
pub struct CycloneDx;

impl Format for CycloneDx {
    fn name(&self) -> &'static str {
        "cyclonedx"
    }

    fn extension(&self) -> &'static str {
        "cdx.json"
    }

    fn about(&self) -> &'static str {
        "the bill of materials of models (ML-BOM, CycloneDX 1.6): what is there, who calls it, what it is made from"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        bom::write(report, Edition::V1_6, self.name(), out)
    }
}
