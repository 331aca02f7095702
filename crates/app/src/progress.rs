//! Progress on a terminal: one line on standard error while something runs. Elsewhere nothing is drawn.

use crate::figures;
use indicatif::{ProgressBar, ProgressStyle};
use sightline_collect::logs::{Ahead, IngestSummary, ObjectDone};
use sightline_collect::scan::{AccountDone, Progress, TableDone};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The line that a scan draws: how many tables of how many accounts are read, how fast, and how long the rest takes.
pub(crate) struct ScanLine {
    bar: ProgressBar,
    scanned: Mutex<Scanned>,
}

#[derive(Debug, Default)]
struct Scanned {
    accounts: usize,
    accounts_done: usize,
    accounts_entered: usize,
    /// pairs of table and region of the accounts that were entered
    total: usize,
    done: usize,
    /// of them, by an earlier process
    before: usize,
}

impl ScanLine {
    /// Draws on a terminal, or not at all.
    pub(crate) fn new() -> Self {
        Self { bar: bar("{spinner} {wide_msg}"), scanned: Mutex::default() }
    }

    fn draw(&self, change: impl FnOnce(&mut Scanned)) {
        let mut scanned = self.scanned.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut scanned);
        if !self.bar.is_hidden() {
            self.bar.set_message(scanned.line(self.bar.elapsed()));
        }
    }
}

impl Progress for ScanLine {
    fn started(&self, accounts: usize) {
        self.draw(|scanned| scanned.accounts = accounts);
    }

    fn account_entered(&self, _: &str, _: &[String], total: usize, done: usize) {
        self.draw(|scanned| {
            scanned.accounts_entered += 1;
            scanned.total += total;
            scanned.done += done;
            scanned.before += done;
        });
    }

    fn table_done(&self, _: &TableDone) {
        self.draw(|scanned| scanned.done += 1);
    }

    fn account_done(&self, _: &AccountDone) {
        self.draw(|scanned| scanned.accounts_done += 1);
    }

    fn writing(&self) {
        self.bar.set_message("writing to the lake…");
    }

    fn finished(&self, _: &sightline_collect::scan::ScanSummary) {
        self.bar.finish_and_clear();
    }
}

impl Scanned {
    /// `1,204 of 9,310 tables  3 of 60 accounts  45/s  3 min left`
    fn line(&self, elapsed: Duration) -> String {
        if self.total == 0 {
            return "entering…".to_owned();
        }
        let accounts = match self.accounts {
            0 | 1 => String::new(),
            accounts => format!("  {} of {accounts} accounts", self.accounts_done),
        };
        // Accounts that were not entered yet are taken to be like those that were.
        let ahead = self.accounts.saturating_sub(self.accounts_done.max(self.accounts_entered));
        let total = self.total + ahead * self.total.div_ceil(self.accounts_entered.max(1));
        let rate = self.done.saturating_sub(self.before) as f64 / elapsed.as_secs_f64().max(0.001);
        let left = total.saturating_sub(self.done) as f64 / rate;
        let left = if left.is_finite() && (0.0..1e7).contains(&left) && elapsed.as_secs() > 1 {
            format!("  {} left", figures::duration(Duration::from_secs_f64(left)))
        } else {
            String::new()
        };
        let about = if ahead > 0 { "about " } else { "" };
        let (done, total) = (figures::count(self.done as u64), figures::count(total as u64));
        format!("{done} of {about}{total} tables{accounts}  {}/s{left}", figures::about(rate))
    }
}

impl Drop for ScanLine {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
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
    fn a_scan_tells_how_far_it_is() {
        let mut scanned =
            Scanned { accounts: 60, total: 9_310, done: 1_204, accounts_entered: 60, ..Scanned::default() };
        let elapsed = Duration::from_secs(25);
        assert_eq!(scanned.line(elapsed), "1,204 of 9,310 tables  0 of 60 accounts  48/s  2 min left");
        scanned.accounts = 1;
        scanned.before = 1_204;
        assert_eq!(scanned.line(elapsed), "1,204 of 9,310 tables  0/s");
        assert_eq!(Scanned::default().line(elapsed), "entering…");
        let half = Scanned { accounts: 4, accounts_entered: 2, total: 100, done: 50, ..Scanned::default() };
        assert!(half.line(elapsed).starts_with("50 of about 200 tables"), "{}", half.line(elapsed));
    }

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
