//! The page of one run of probes.

use super::page::Bounded;
use super::{label, probes};
use crate::{ProbeReport, ProbedGate};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ProbePage<'a> {
    generated_at: String,
    version: &'a str,
    probes: Bounded<probes::Run>,
    gates: &'a [ProbedGate],
}

pub(super) fn page(report: &ProbeReport) -> ProbePage<'_> {
    ProbePage {
        generated_at: label::minute(report.generated_at),
        version: &report.version,
        probes: probes::runs(std::slice::from_ref(&report.run), 1),
        gates: &report.gates,
    }
}
