//! The map as CSV: one row an edge; its controls and its evidence are lists in one cell each.

use crate::cells::{Cells, word};
use crate::{Format, Report, ReportError};
use sightline_model::edge::Edge;
use std::io;

/// The unit.
pub static UNIT: CsvEdges = CsvEdges;

/// The format `csv-edges`.
pub struct CsvEdges;

const HEADER: &[&str] = &[
    "edge_id",
    "account_id",
    "region",
    "workload_kind",
    "workload_title",
    "workload_arn",
    "identity_arn",
    "model_kind",
    "model_title",
    "model_arn",
    "path",
    "path_evidence",
    "calls",
    "errors",
    "first_seen",
    "last_seen",
    "confidence",
    "attribution",
    "controls",
    "evidence",
];

impl Format for CsvEdges {
    fn name(&self) -> &'static str {
        "csv-edges"
    }

    fn extension(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "the map for a spreadsheet: one row for each workload and model it calls"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let mut cells = Cells::new(self.name(), HEADER, out)?;
        for edge in &report.edges {
            cells.row(row(edge))?;
        }
        cells.finish()
    }
}

fn row(edge: &Edge) -> [String; 20] {
    let controls = edge.controls.iter().map(|control| format!("{}={}", control.name, word(&control.state)));
    let evidence = edge.evidence.iter().map(|seen| format!("{}:{}", seen.object, seen.line));
    [
        edge.edge_id.clone(),
        edge.account_id.clone(),
        edge.region.clone(),
        word(&edge.workload_kind),
        edge.workload_title.clone(),
        edge.workload_arn.clone(),
        edge.identity_arn.clone(),
        edge.model_kind.clone(),
        edge.model_title.clone(),
        edge.model_arn.clone(),
        word(&edge.path),
        edge.path_evidence.clone(),
        edge.calls.to_string(),
        edge.errors.to_string(),
        edge.first_seen.to_string(),
        edge.last_seen.to_string(),
        word(&edge.confidence),
        edge.attribution.clone(),
        controls.collect::<Vec<_>>().join("; "),
        evidence.collect::<Vec<_>>().join("; "),
    ]
}
