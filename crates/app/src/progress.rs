//! Progress on a terminal: one line on standard error while something runs. Elsewhere nothing is drawn.

use crate::figures;
use indicatif::{ProgressBar, ProgressStyle};
use sightline_collect::logs::{Ahead, IngestSummary, ObjectDone};
use sightline_collect::scan::{Plan, Progress, TableDone};
use std::sync::{Mutex, MutexGuard, PoisonError};
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

/// The line that an ingest draws: how much of what is ahead is read, how fast, and how long the rest takes.
pub(crate) struct IngestLine {
    bar: ProgressBar,
    so_far: Mutex<SoFar>,
}

#[derive(Debug, Default)]
struct SoFar {
    ahead: Ahead,
    objects: u64,
    bytes: u64,
    records: u64,
}

impl IngestLine {
    /// Draws on a terminal, or not at all.
    pub(crate) fn new() -> Self {
        let bar = bar("{spinner} {wide_msg}");
        bar.set_message("listing…");
        Self { bar, so_far: Mutex::default() }
    }

    fn so_far(&self) -> MutexGuard<'_, SoFar> {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl sightline_collect::logs::Progress for IngestLine {
    fn ahead(&self, ahead: Ahead) {
        self.so_far().ahead = ahead;
    }

    fn object_done(&self, done: &ObjectDone) {
        let mut so_far = self.so_far();
        so_far.objects += 1;
        so_far.bytes += done.bytes;
        so_far.records += done.records;
        if !self.bar.is_hidden() {
            self.bar.set_message(so_far.line(self.bar.elapsed()));
        }
    }

    fn finished(&self, _summary: &IngestSummary) {
        self.bar.finish_and_clear();
    }
}

impl SoFar {
    /// `1,204 of 9,310 objects  1.2 GB  45 MB/s  1.2 M records/s  3 min left`
    fn line(&self, elapsed: Duration) -> String {
        let seconds = elapsed.as_secs_f64().max(0.001);
        let rate = self.bytes as f64 / seconds;
        let speed = format!(
            "{}  {}/s  {} records/s",
            figures::bytes(self.bytes),
            figures::bytes(rate as u64),
            figures::about(self.records as f64 / seconds)
        );
        if !self.ahead.complete {
            return format!("{}  {speed}  listing…", figures::counted(self.objects, "object"));
        }
        let left = self.ahead.bytes.saturating_sub(self.bytes) as f64 / rate;
        let left = if left.is_finite() && left > 0.0 && left < 1e7 {
            format!("  {} left", figures::duration(Duration::from_secs_f64(left)))
        } else {
            String::new()
        };
        format!("{} of {} objects  {speed}{left}", figures::count(self.objects), figures::count(self.ahead.objects))
    }
}

impl Drop for IngestLine {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_told_when_the_listing_is_complete() {
        let ahead = Ahead { objects: 9_310, bytes: 10_000_000_000, complete: false };
        let mut so_far = SoFar { ahead, objects: 1_204, bytes: 1_200_000_000, records: 9_979_107 };
        let elapsed = Duration::from_secs(25);
        assert_eq!(so_far.line(elapsed), "1,204 objects  1.2 GB  48 MB/s  399 k records/s  listing…");
        so_far.ahead.complete = true;
        assert_eq!(so_far.line(elapsed), "1,204 of 9,310 objects  1.2 GB  48 MB/s  399 k records/s  3 min left");
        assert!(so_far.line(elapsed).chars().count() <= 78, "it fits a terminal of 80 columns");
        let begun = SoFar { ahead: so_far.ahead, ..SoFar::default() };
        assert_eq!(begun.line(elapsed), "0 of 9,310 objects  0 B  0 B/s  0 records/s");
    }
}
