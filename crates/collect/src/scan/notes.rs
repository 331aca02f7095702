//! The journal of the scan that is under way: rows and coverage are noted as they come, and a job's end makes them count.

use super::record::{JobKey, Kind, encode};
use serde::Serialize;
use sightline_lake::{Entry, Journal, JournalReader, LakeError};
use sightline_model::{Coverage, Resource};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// So many bytes of rows make a record.
const RECORD: usize = 64 * 1024;

/// A loss of power takes so many bytes at most.
const UNSYNCED: u64 = 32 * 1024 * 1024;

/// Where all of a scan's jobs note what they find.
pub(super) struct Notes {
    journal: Mutex<Journal>,
    reader: JournalReader,
    jobs: AtomicU32,
    /// Why nothing can be noted any more.
    failed: Mutex<Option<LakeError>>,
    /// Cancelled with the first failure: nothing that is read from then on would be kept.
    stop: CancellationToken,
}

/// Where one job's rows are.
#[derive(Default)]
pub(super) struct Page {
    lines: Vec<u8>,
    entries: Vec<Entry>,
}

impl Notes {
    pub(super) fn new(journal: Journal, jobs: u32, stop: CancellationToken) -> Result<Self, LakeError> {
        let reader = journal.reader()?;
        Ok(Self { journal: Mutex::new(journal), reader, jobs: AtomicU32::new(jobs), failed: Mutex::default(), stop })
    }

    pub(super) fn note(&self, kind: Kind, number: u32, body: &impl Serialize) -> Option<Entry> {
        match serde_json::to_vec(body) {
            Ok(body) => self.append(kind, number, &body),
            Err(_) => None,
        }
    }

    /// A new job's number.
    pub(super) fn begin(&self, key: &JobKey) -> u32 {
        let number = self.jobs.fetch_add(1, Ordering::Relaxed);
        self.note(Kind::Job, number, key);
        number
    }

    pub(super) fn coverage(&self, job: u32, rows: &[Coverage]) {
        if !rows.is_empty() {
            self.note(Kind::Coverage, job, &rows);
        }
    }

    /// One row more on a job's page, which is noted when it is full.
    pub(super) fn row(&self, job: u32, page: &mut Page, row: &Resource) {
        let before = page.lines.len();
        if serde_json::to_writer(&mut page.lines, row).is_err() {
            page.lines.truncate(before);
            return;
        }
        page.lines.push(b'\n');
        if page.lines.len() >= RECORD {
            self.turn(job, page);
        }
    }

    /// Notes what is on a job's page; where all its rows are.
    pub(super) fn finish(&self, job: u32, page: &mut Page) -> Vec<Entry> {
        self.turn(job, page);
        std::mem::take(&mut page.entries)
    }

    fn turn(&self, job: u32, page: &mut Page) {
        if !page.lines.is_empty() {
            page.entries.extend(self.append(Kind::Rows, job, &page.lines));
            page.lines.clear();
        }
    }

    pub(super) fn reader(&self) -> &JournalReader {
        &self.reader
    }

    /// Waits until the disk has it all.
    pub(super) fn sync(&self) {
        let synced = lock(&self.journal).sync();
        self.keep(synced);
    }

    /// Why something could not be noted.
    pub(super) fn failure(&self) -> Option<LakeError> {
        lock(&self.failed).take()
    }

    fn append(&self, kind: Kind, number: u32, body: &[u8]) -> Option<Entry> {
        let mut journal = lock(&self.journal);
        let appended = journal.append(&encode(kind, number, body));
        let synced = if kind == Kind::Done && journal.unsynced() > UNSYNCED { journal.sync() } else { Ok(()) };
        drop(journal);
        self.keep(synced);
        self.keep(appended)
    }

    fn keep<T>(&self, result: Result<T, LakeError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                lock(&self.failed).get_or_insert(error);
                self.stop.cancel();
                None
            }
        }
    }
}

/// A poisoned lock still guards whole values: each change is one append or one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
