//! A hit log of garak (`*.hitlog.jsonl`), see [`crate::garak`].

use crate::{ProbeFormat, ProbeReport, ReportError, garak};
use std::io;

/// The unit.
pub static UNIT: GarakHitlog = GarakHitlog;

/// The format `garak-hitlog`.
pub struct GarakHitlog;

impl ProbeFormat for GarakHitlog {
    fn name(&self) -> &'static str {
        "garak-hitlog"
    }

    fn extension(&self) -> &'static str {
        "hitlog.jsonl"
    }

    fn about(&self) -> &'static str {
        "the attempts that went wrong as a hit log of garak"
    }

    fn write(&self, report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
        garak::hitlog(report, out)
    }
}
