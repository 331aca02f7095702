//! The bill of materials of models as CycloneDX 1.7.

use crate::bom::{self, Edition};
use crate::{Format, Report, ReportError};
use std::io;

/// The unit.
pub static UNIT: CycloneDx17 = CycloneDx17;

/// The format `cyclonedx-1.7`.
pub struct CycloneDx17;

impl Format for CycloneDx17 {
    fn name(&self) -> &'static str {
        "cyclonedx-1.7"
    }

    fn extension(&self) -> &'static str {
        "cdx.json"
    }

    fn about(&self) -> &'static str {
        "the same bill of materials as CycloneDX 1.7, for readers that want the newer edition"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        bom::write(report, Edition::V1_7, self.name(), out)
    }
}
