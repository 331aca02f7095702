//! Progress on a terminal: one line on standard error while something runs. Elsewhere nothing is drawn.

use indicatif::{ProgressBar, ProgressStyle};
use sightline_collect::scan::{Plan, Progress, TableDone};
use std::time::Duration;

/// The line that a scan draws.
pub(crate) struct ScanLine(ProgressBar);

impl ScanLine {
    /// Draws on a terminal, or not at all.
    pub(crate) fn new() -> Self {
        Self(bar("{spinner} {pos}/{len} tables  {elapsed}  {wide_msg}"))
    }
}

impl Progress for ScanLine {
    fn started(&self, plan: &Plan) {
        self.0.set_length(plan.total as u64);
        self.0.set_message(format!("{} regions", plan.regions.len()));
    }

    fn table_done(&self, done: &TableDone) {
        self.0.inc(1);
        self.0.set_message(format!("{} {}", done.table, done.region));
    }

    fn finished(&self, _summary: &sightline_collect::scan::ScanSummary) {
        self.0.finish_and_clear();
    }
}

impl Drop for ScanLine {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// The line that an ingest draws.
pub(crate) struct IngestLine(ProgressBar);

impl IngestLine {
    /// Draws on a terminal, or not at all.
    pub(crate) fn new() -> Self {
        Self(bar("{spinner} {pos} objects  {per_sec}  {elapsed}  {wide_msg}"))
    }
}

impl sightline_collect::logs::Progress for IngestLine {
    fn object_done(&self, done: &sightline_collect::logs::ObjectDone) {
        self.0.inc(1);
        self.0.set_message(sightline_model::untrusted::for_terminal(&done.uri));
    }

    fn finished(&self, _summary: &sightline_collect::logs::IngestSummary) {
        self.0.finish_and_clear();
    }
}

impl Drop for IngestLine {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A line of progress in this template, drawn ten times a second at most.
pub(crate) fn bar(template: &str) -> ProgressBar {
    if !crate::print::is_watched() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
