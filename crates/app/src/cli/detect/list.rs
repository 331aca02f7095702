//! `sightline detect list`.

use crate::exit::Exit;
use crate::print;
use crate::table::{self, Tone};
use clap::Args;
use serde_json::{Value, json};
use sightline_check::detect::{Detection, Telemetry, detections, selected};
use sightline_model::Severity;

/// Where the text begins beside the severity.
const INDENT: usize = 12;

/// List the detections
#[derive(Debug, Args)]
pub(crate) struct List {
    /// These only: id, severity, stage or tactic, `*` for any text
    #[arg(long, value_name = "PATTERN", value_delimiter = ',')]
    select: Vec<String>,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

impl List {
    /// Prints.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let detections = selected(detections()?, &self.select)?;
        if self.json {
            print::json(&detections.iter().map(row).collect::<Vec<_>>())?;
            return Ok(Exit::Clean);
        }
        for Detection { id, declaration, .. } in &detections {
            let tone = if declaration.severity >= Severity::High { Tone::Bad } else { Tone::Plain };
            let text =
                format!("{} ({id}, {}, weight {})", declaration.title, declaration.stage.as_str(), declaration.weight);
            print::line(&table::entry(declaration.severity.as_str(), tone, INDENT, &text))?;
        }
        let count = detections.len();
        print::note(&format!("{count} detections; `sightline detect explain DETECTION` tells more"));
        Ok(Exit::Clean)
    }
}

fn row(detection: &Detection) -> Value {
    let declaration = &detection.declaration;
    let needs: Vec<&str> = declaration.needs.iter().copied().map(Telemetry::as_str).collect();
    json!({
        "id": detection.id, "title": declaration.title, "severity": declaration.severity, "stage": declaration.stage.as_str(),
        "weight": declaration.weight, "tactics": declaration.tactics, "needs": needs, "history_days": declaration.history_days,
    })
}
