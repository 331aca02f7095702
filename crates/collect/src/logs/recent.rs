//! What this ingest has taken and the lake may not tell yet.
//!
//! The lake is asked for a chunk of the listing at a time, and what it answers is old when the next batch is in it. So what was taken since
//! is remembered here: versions of objects, so that overlapping prefixes are read once, and hashes of contents, so that a copy under another
//! key is. Once a batch is in the lake its part can be forgotten, and memory does not grow with the number of objects.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// A chunk of the listing that is under way: as long as somebody holds it, objects of it are not decoded.
pub(super) type Chunk = Arc<()>;

/// Shared by who lists, who decodes and who commits.
#[derive(Debug, Clone, Default)]
pub(super) struct Recent(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    versions: HashSet<u128>,
    contents: HashSet<u128>,
    chunks: Vec<Weak<()>>,
    retired: Vec<Retired>,
}

/// Contents of a batch that is in the lake, and the chunks for which the lake was asked before it was.
#[derive(Debug)]
struct Retired {
    contents: Vec<u128>,
    chunks: Vec<Weak<()>>,
}

impl Recent {
    /// A chunk that the lake is asked of next. What it answers is then told by [`Recent::know`].
    pub(super) fn chunk(&self) -> Chunk {
        let chunk = Chunk::default();
        let mut state = self.state();
        state.chunks.retain(|chunk| chunk.strong_count() > 0);
        state.chunks.push(Arc::downgrade(&chunk));
        chunk
    }

    /// Contents that the lake has; they are forgotten with the next batch.
    pub(super) fn know(&self, contents: impl Iterator<Item = u128>) {
        self.state().contents.extend(contents);
    }

    /// Whether this version was not taken. From then on it was.
    ///
    /// INVARIANT: asked before the lake is, so that a version that a batch brings into the lake in between is found in one of the two.
    pub(super) fn takes_version(&self, version: u128) -> bool {
        self.state().versions.insert(version)
    }

    /// These versions are in the lake, or need not be remembered for another reason.
    pub(super) fn forget_versions(&self, versions: impl Iterator<Item = u128>) {
        let mut state = self.state();
        for version in versions {
            state.versions.remove(&version);
        }
    }

    /// Whether this content was not taken. From then on it was.
    pub(super) fn takes_content(&self, content: u128) -> bool {
        self.state().contents.insert(content)
    }

    /// Nothing was kept of this content: a copy of it may be taken.
    pub(super) fn gives_back(&self, content: u128) {
        self.state().contents.remove(&content);
    }

    /// These contents are in the lake.
    pub(super) fn forget_contents(&self, contents: Vec<u128>) {
        let mut state = self.state();
        let chunks = state.chunks.clone();
        state.retired.push(Retired { contents, chunks });
        let retired = std::mem::take(&mut state.retired);
        for batch in retired {
            if batch.chunks.iter().any(|chunk| chunk.strong_count() > 0) {
                state.retired.push(batch);
            } else {
                for content in &batch.contents {
                    state.contents.remove(content);
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_kept_as_long_as_an_older_answer_is_in_use() {
        let recent = Recent::default();
        let chunk = recent.chunk();
        assert!(recent.takes_content(1) && !recent.takes_content(1));
        assert!(recent.takes_version(7) && !recent.takes_version(7));
        recent.forget_versions([7].into_iter());
        recent.forget_contents(vec![1]);
        // The chunk was looked up before the batch was in the lake: a copy in it is still to be noticed.
        assert!(!recent.takes_content(1));
        assert!(recent.takes_version(7));
        drop(chunk);
        let _newer = recent.chunk();
        recent.forget_contents(vec![]);
        assert!(recent.takes_content(1));
    }
}
