//! The threads that jobs run on. A job that keeps its thread busy for long, as checks over a large lake do, would keep requests waiting
//! if it ran where they are answered.

use crate::world;
use anyhow::Context as _;
use tokio::runtime::{Builder, Handle, Runtime};

/// What the threads are called.
pub(crate) const NAME: &str = "sightline-job";

/// A runtime of its own, for as long as the server runs.
pub(super) struct Floor(Option<Runtime>, Handle);

impl Floor {
    /// As many threads as the machine runs at once.
    ///
    /// # Errors
    /// The system gives no threads.
    pub(super) fn new() -> anyhow::Result<Self> {
        let built =
            Builder::new_multi_thread().worker_threads(world::parallelism()).thread_name(NAME).enable_all().build();
        let runtime = built.context("the system gives no threads for jobs")?;
        let handle = runtime.handle().clone();
        Ok(Self(Some(runtime), handle))
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.1
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        // Jobs were asked to stop before; what did not is left where it stands, for a runtime may not wait for another.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
