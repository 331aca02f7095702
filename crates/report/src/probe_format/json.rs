//! JSON for programs. The shape is fixed by `schema/probe.schema.json`; `schema_version` grows when a field changes its meaning or
//! goes away, not when one is added.

use crate::{Check, ProbeFormat, ProbeReport, ProbedGate, ProbedRun, ReportError, ReportedFinding, json_lines};
use serde::Serialize;
use std::io;

/// The unit.
pub static UNIT: Json = Json;

/// The format `json`.
pub struct Json;

impl ProbeFormat for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "the whole run as one JSON document with a published schema, for programs"
    }

    fn write(&self, report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let document = Document {
            schema: "sightline-probe",
            schema_version: 1,
            generated_at: report.generated_at,
            version: &report.version,
            complete: report.run.is_whole(),
            run: &report.run,
            checks: report.checks.values().collect(),
            findings: &report.findings,
            gates: &report.gates,
        };
        json_lines::pretty(self.name(), &document, out)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    schema_version: u32,
    generated_at: jiff::Timestamp,
    version: &'a str,
    /// every planned call was made, and every answer settles something
    complete: bool,
    run: &'a ProbedRun,
    checks: Vec<&'a Check>,
    findings: &'a [ReportedFinding],
    gates: &'a [ProbedGate],
}
