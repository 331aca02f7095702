//! Requests that a store made, by what AWS asks for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Requests that were made. Retries are not counted, nor are regions that were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Requests {
    /// S3: LIST, each of at most 1,000 keys
    pub lists: u64,
    /// S3: GET and HEAD; a large object takes one for every 8 MiB
    pub gets: u64,
    /// SQS and CloudWatch Logs: calls of any kind
    pub calls: u64,
}

/// Counts for one store.
#[derive(Debug, Clone, Default)]
pub(super) struct Counter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    lists: AtomicU64,
    gets: AtomicU64,
    calls: AtomicU64,
}

impl Counter {
    pub(super) fn list(&self) {
        self.0.lists.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self) {
        self.0.gets.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn call(&self) {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Requests {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Requests { lists: read(&self.0.lists), gets: read(&self.0.gets), calls: read(&self.0.calls) }
    }
}
