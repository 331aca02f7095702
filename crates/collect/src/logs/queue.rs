//! Objects that are open and wait to be decoded, and the signal that a batch ends.

use super::recent::Chunk;
use super::store::{Listed, Opened};
use sightline_lake::Looked;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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
    /// what the lake was asked of when the object was looked up
    pub(super) looked: Arc<Looked>,
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
    /// objects that the batch has room for
    room: Arc<AtomicUsize>,
}

impl Queue {
    pub(super) fn new(jobs: mpsc::Receiver<Job>) -> Self {
        Self { jobs: Arc::new(Mutex::new(jobs)), ended: Arc::default(), over: Arc::default(), room: Arc::default() }
    }

    /// The next object; `None` when the batch has ended or no object will come.
    pub(super) fn next(&self, runtime: &Handle) -> Option<Job> {
        loop {
            let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            // Asked under the lock: another thread may just have taken the last object of the batch.
            if self.ended.load(Ordering::Acquire) || self.is_over() {
                return None;
            }
            match runtime.block_on(async { tokio::time::timeout(PATIENCE, jobs.recv()).await }) {
                Ok(Some(job)) => {
                    if self.room.fetch_sub(1, Ordering::AcqRel) <= 1 {
                        self.end_batch();
                    }
                    return Some(job);
                }
                Ok(None) => self.over.store(true, Ordering::Release),
                Err(_) => {}
            }
        }
    }

    /// Whether all objects were taken and no more will come.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Lets the threads end the batch after the object that each is at.
    pub(super) fn end_batch(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// Before the threads of the next batch start, which takes so many objects at the most, and at least 1.
    pub(super) fn begin_batch(&self, objects: usize) {
        self.room.store(objects.max(1), Ordering::Release);
        self.ended.store(false, Ordering::Release);
    }
}
