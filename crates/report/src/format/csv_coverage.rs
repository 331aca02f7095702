//! Coverage as CSV: every row, complete or not, so that an auditor sees what was inspected and what was not.

use crate::cells::Cells;
use crate::{Format, Report, ReportError};
use std::io;

/// The unit.
pub static UNIT: CsvCoverage = CsvCoverage;

/// The format `csv-coverage`.
pub struct CsvCoverage;

const HEADER: &[&str] = &[
    "outcome",
    "account_id",
    "region",
    "table",
    "operation",
    "action",
    "target",
    "error_code",
    "error_message",
    "resources",
    "calls",
    "scan_id",
    "collected_at",
];

impl Format for CsvCoverage {
    fn name(&self) -> &'static str {
        "csv-coverage"
    }

    fn extension(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "what was inspected and what was not, for a spreadsheet: one row for each table, account, region and operation"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let mut cells = Cells::new(self.name(), HEADER, out)?;
        for row in &report.coverage {
            cells.row([
                row.outcome.to_string(),
                row.account_id.clone(),
                row.region.clone(),
                row.table_name.clone(),
                row.operation.clone(),
                row.action.clone(),
                row.target.clone(),
                row.error_code.clone(),
                row.error_message.clone(),
                row.rows.to_string(),
                row.calls.to_string(),
                row.scan_id.clone(),
                row.collected_at.to_string(),
            ])?;
        }
        cells.finish()
    }
}
