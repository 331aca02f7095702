//! Objects that are open and wait to be decoded, and the signal that a batch ends.

use super::recent::Chunk;
use super::store::{Listed, Opened};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// How long a thread waits for an object before it looks whether the batch has ended.
const PATIENCE: Duration = Duration::from_millis(50);

/// An object to decode.
pub(super) struct Job {
    pub(super) listed: Listed,
    pub(super) opened: Opened,
    /// both are given back when the object is decoded
    pub(super) _room: OwnedSemaphorePermit,
    pub(super) _chunk: Chunk,
}

/// What the threads share.
#[derive(Clone)]
pub(super) struct Queue {
    jobs: Arc<Mutex<mpsc::Receiver<Job>>>,
    ended: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

impl Queue {
    pub(super) fn new(jobs: mpsc::Receiver<Job>) -> Self {
        Self { jobs: Arc::new(Mutex::new(jobs)), ended: Arc::default(), over: Arc::default() }
    }

    /// The next object; `None` when the batch has ended or no object will come.
    pub(super) fn next(&self, runtime: &Handle) -> Option<Job> {
        while !self.ended.load(Ordering::Acquire) && !self.is_over() {
            let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            match runtime.block_on(async { tokio::time::timeout(PATIENCE, jobs.recv()).await }) {
                Ok(Some(job)) => return Some(job),
                Ok(None) => self.over.store(true, Ordering::Release),
                Err(_) => {}
            }
        }
        None
    }

    /// Whether all objects were taken and no more will come.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Lets the threads end the batch after the object that each is at.
    pub(super) fn end_batch(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// Before the threads of the next batch start.
    pub(super) fn begin_batch(&self) {
        self.ended.store(false, Ordering::Release);
    }
}
