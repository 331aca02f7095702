//! Findings of a run as SARIF 2.1.0, see [`crate::sarif`].

use crate::sarif::{self, Invocation};
use crate::{ProbeFormat, ProbeReport, ReportError};
use sightline_model::Status;
use std::io;

/// The unit.
pub static UNIT: Sarif = Sarif;

/// The format `sarif`.
pub struct Sarif;

impl ProbeFormat for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn extension(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "the findings as SARIF 2.1.0, for code scanning"
    }

    fn write(&self, report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let run = &report.run;
        let begun = Invocation {
            id: format!("sightline/probe/{}", run.run_id),
            started_at: Some(run.started_at),
            finished_at: run.finished_at,
            gaps: gaps(report),
        };
        sarif::write(self.name(), &report.version, &report.findings, &report.checks, &begun, out)
    }
}

/// What keeps the run from being whole.
fn gaps(report: &ProbeReport) -> Vec<String> {
    let run = &report.run;
    let open = run.count(Status::Unknown);
    let mut gaps = Vec::new();
    if run.attempted < run.planned {
        gaps.push(format!("{} of {} planned calls were made", run.attempted, run.planned));
    }
    if !run.stopped.is_empty() {
        gaps.push(format!("the run ended early: {}", run.stopped));
    }
    if open > 0 {
        gaps.push(format!("{open} calls failed, or their answers settle nothing"));
    }
    gaps
}
