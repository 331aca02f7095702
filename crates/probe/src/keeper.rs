//! Attempts on their way to the lake: a batch is written while the next calls are under way.

use crate::attempt::Attempt;
use sightline_lake::{Lake, LakeError};
use sightline_model::lake_table;
use std::future::{Future, pending};
use std::pin::Pin;

/// Attempts that are written together, at least.
const SMALLEST_BATCH: usize = 16;
/// And of each call at a time: a commit costs time and memory, and many calls at a time end quickly.
const OF_EACH_SLOT: usize = 4;

/// Attempts that are written together.
fn batch(concurrency: usize) -> usize {
    concurrency.saturating_mul(OF_EACH_SLOT).max(SMALLEST_BATCH)
}

/// Attempts that have ended and are in no lake yet, at most: one batch is being written, the next one waits.
// INVARIANT: what a killed run may have lost is reckoned with this.
pub(crate) fn unwritten(concurrency: usize) -> usize {
    batch(concurrency).saturating_mul(2)
}

type Writing<'l> = Pin<Box<dyn Future<Output = Result<(), LakeError>> + Send + 'l>>;

/// Keeps the attempts of a run.
pub(crate) struct Keeper<'l> {
    lake: &'l Lake,
    batch: usize,
    waiting: Vec<Attempt>,
    writing: Option<Writing<'l>>,
    /// what has ended is written at once
    hurries: bool,
}

impl<'l> Keeper<'l> {
    pub(crate) fn new(lake: &'l Lake, concurrency: usize) -> Self {
        Self { lake, batch: batch(concurrency), waiting: Vec::new(), writing: None, hurries: false }
    }

    /// Whether another attempt may end.
    pub(crate) fn has_room(&self) -> bool {
        self.waiting.len() < self.batch
    }

    pub(crate) fn add(&mut self, attempt: Attempt) {
        self.waiting.push(attempt);
        self.begin();
    }

    /// From now on nothing waits for others to fill a batch.
    pub(crate) fn hurry(&mut self) {
        self.hurries = true;
        self.begin();
    }

    pub(crate) fn hurries(&self) -> bool {
        self.hurries
    }

    fn begin(&mut self) {
        let wanted = if self.hurries { 1 } else { self.batch };
        if self.writing.is_none() && self.waiting.len() >= wanted {
            let (lake, batch) = (self.lake, std::mem::take(&mut self.waiting));
            self.writing = Some(Box::pin(async move { lake.append(lake_table::PROBE_ATTEMPT, &batch).await }));
        }
    }

    /// Comes back when the batch that is being written is; never, where there is none. May be dropped and called again.
    pub(crate) async fn written(&mut self) -> Result<(), LakeError> {
        let Some(writing) = &mut self.writing else { return pending().await };
        let written = writing.await;
        self.writing = None;
        self.begin();
        written
    }

    /// Writes all that is left.
    pub(crate) async fn end(mut self) -> Result<(), LakeError> {
        if let Some(writing) = self.writing.take() {
            writing.await?;
        }
        self.lake.append(lake_table::PROBE_ATTEMPT, &self.waiting).await
    }
}
