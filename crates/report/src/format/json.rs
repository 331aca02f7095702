//! JSON for programs. The shape is fixed by `schema/report.schema.json`; `schema_version` grows when a field changes its
//! meaning or goes away, not when one is added.

use crate::{Check, Logs, Scan};
use crate::{
    CheckCount, Counts, Format, MissingAction, OutcomeCount, Report, ReportError, ReportedFinding, TableCount,
    json_lines,
};
use serde::Serialize;
use sightline_model::Coverage;
use sightline_model::edge::Edge;
use std::collections::BTreeMap;
use std::io;

/// The unit.
pub static UNIT: Json = Json;

/// The format `json`.
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "the whole report as one JSON document with a published schema, for programs"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        json_lines::pretty(self.name(), &document(report), out)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    schema_version: u32,
    generated_at: jiff::Timestamp,
    product: Product<'a>,
    complete: bool,
    summary: Summary,
    scans: &'a [Scan],
    coverage: CoverageSummary<'a>,
    checks: Vec<&'a Check>,
    findings: Vec<Row<'a>>,
    edges: &'a [Edge],
    logs: &'a Logs,
}

/// A finding that can be read by itself: with what the catalogue says of its check.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    reported: &'a ReportedFinding,
    risk: &'a str,
    frameworks: &'a BTreeMap<String, Vec<String>>,
    references: &'a [String],
}

#[derive(Serialize)]
struct Product<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Summary {
    findings: Counts,
    checks: Vec<CheckCount>,
    edges: usize,
}

#[derive(Serialize)]
struct CoverageSummary<'a> {
    by_outcome: Vec<OutcomeCount>,
    by_table: Vec<TableCount>,
    missing_actions: Vec<MissingAction>,
    incomplete: Vec<&'a Coverage>,
}

fn document(report: &Report) -> Document<'_> {
    Document {
        schema: "sightline-report",
        schema_version: 1,
        generated_at: report.generated_at,
        product: Product { name: "sightline", version: &report.version },
        complete: report.is_whole(),
        summary: Summary { findings: report.counts(), checks: report.by_check(), edges: report.edges.len() },
        scans: &report.scans,
        coverage: CoverageSummary {
            by_outcome: report.by_outcome(),
            by_table: report.by_table(),
            missing_actions: report.missing_actions(),
            incomplete: report.coverage.iter().filter(|row| !row.outcome.is_complete()).collect(),
        },
        checks: report.checks.values().collect(),
        findings: report.findings.iter().map(|reported| row(report, reported)).collect(),
        edges: &report.edges,
        logs: &report.logs,
    }
}

fn row<'a>(report: &'a Report, reported: &'a ReportedFinding) -> Row<'a> {
    static NONE: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let check = report.checks.get(&reported.finding.check_id);
    Row {
        reported,
        risk: check.map_or("", |check| &check.rationale),
        frameworks: check.map_or(&NONE, |check| &check.frameworks),
        references: check.map_or(&[], |check| &check.references),
    }
}
