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
    "class",
    "application",
    "target_kind",
    "target_title",
    "target_arn",
    "target_application",
    "service",
    "port",
    "flows",
    "bytes_out",
    "bytes_in",
    "bytes_shared",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "counted_calls",
    "cost_usd",
];

impl Format for CsvEdges {
    fn name(&self) -> &'static str {
        "csv-edges"
    }

    fn extension(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "the map for a spreadsheet: one row for each workload and what it calls"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let mut cells = Cells::new(self.name(), HEADER, out)?;
        for edge in &report.edges {
            cells.row(row(edge))?;
        }
        cells.finish()
    }
}

fn row(edge: &Edge) -> [String; 38] {
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
        word(&edge.class),
        edge.application.clone(),
        edge.target_kind.clone(),
        edge.target_title.clone(),
        edge.target_arn.clone(),
        edge.target_application.clone(),
        edge.service.clone(),
        figure(edge.port),
        figure(edge.flows),
        figure(edge.bytes_out),
        figure(edge.bytes_in),
        figure(edge.bytes_shared),
        figure(edge.input_tokens),
        figure(edge.output_tokens),
        figure(edge.cache_read_tokens),
        figure(edge.cache_write_tokens),
        figure(edge.counted_calls),
        edge.cost_usd.map_or_else(String::new, |cost| format!("{cost:.6}")),
    ]
}

/// Empty where nothing is known: no zero.
fn figure(known: Option<i64>) -> String {
    known.map_or_else(String::new, |number| number.to_string())
}
