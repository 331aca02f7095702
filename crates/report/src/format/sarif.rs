//! Findings as SARIF 2.1.0, see [`crate::sarif`].

use crate::sarif::{self, Invocation};
use crate::{Format, Report, ReportError};
use sightline_model::Coverage;
use std::io;

/// The unit.
pub static UNIT: Sarif = Sarif;

/// The format `sarif`.
pub struct Sarif;

/// Gaps that are told one by one; the rest is counted.
const GAPS: usize = 500;

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn extension(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "findings as SARIF 2.1.0, for code scanning"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let invocation = Invocation {
            id: "sightline/findings".to_owned(),
            started_at: report.scans.iter().map(|scan| scan.started_at).min(),
            finished_at: Some(report.generated_at),
            gaps: gaps(report),
        };
        sarif::write(self.name(), &report.version, &report.findings, &report.checks, &invocation, out)
    }
}

/// What could not be read of the accounts.
fn gaps(report: &Report) -> Vec<String> {
    let missed: Vec<&Coverage> = report.coverage.iter().filter(|row| !row.outcome.is_complete()).collect();
    let told = |row: &&Coverage| {
        format!("{} in {} {}: {} {}", row.operation, row.account_id, row.region, row.outcome, row.error_code)
    };
    let mut gaps: Vec<String> = missed.iter().take(GAPS).map(told).collect();
    if missed.len() > GAPS {
        gaps.push(format!("{} more operations were not read", missed.len() - GAPS));
    }
    if report.scans.is_empty() {
        gaps.push("no scan has finished".to_owned());
    }
    let problems = report.logs.problems.len();
    if problems > 0 {
        gaps.push(format!("{problems} log objects were not read whole"));
    }
    gaps
}
