//! Findings as CSV, one row each, passes too.

use crate::cells::Cells;
use crate::{Format, Report, ReportError, ReportedFinding};
use sightline_model::Mute;
use std::io;

/// The unit.
pub static UNIT: Csv = Csv;

/// The format `csv`.
pub struct Csv;

const HEADER: &[&str] = &[
    "fingerprint",
    "status",
    "severity",
    "check_id",
    "title",
    "account_id",
    "region",
    "resource",
    "resource_title",
    "reason",
    "missing_actions",
    "frameworks",
    "evaluated_at",
    "mute_reason",
    "mute_owner",
    "mute_expires",
];

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn extension(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "findings for a spreadsheet, one row each; `csv-edges` and `csv-coverage` hold the rest"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let mut cells = Cells::new(self.name(), HEADER, out)?;
        for row in &report.findings {
            let finding = &row.finding;
            cells.row([
                finding.fingerprint.clone(),
                finding.status.to_string(),
                finding.severity.to_string(),
                finding.check_id.clone(),
                finding.title.clone(),
                finding.account_id.clone(),
                finding.region.clone(),
                finding.resource.clone(),
                finding.resource_title.clone(),
                finding.reason.clone(),
                finding.missing_actions.join(" "),
                frameworks(report, &finding.check_id),
                finding.evaluated_at.to_string(),
                mute(row, |mute| mute.reason.clone()),
                mute(row, |mute| mute.owner.clone()),
                mute(row, |mute| mute.expires.to_string()),
            ])?;
        }
        cells.finish()
    }
}

/// What a mute says; nothing where the finding counts.
fn mute(row: &ReportedFinding, of: fn(&Mute) -> String) -> String {
    row.mute.as_ref().map(of).unwrap_or_default()
}

fn frameworks(report: &Report, check_id: &str) -> String {
    let Some(check) = report.checks.get(check_id) else { return String::new() };
    let pairs = check.frameworks.iter().map(|(framework, ids)| format!("{framework}: {}", ids.join(" ")));
    pairs.collect::<Vec<_>>().join("; ")
}
