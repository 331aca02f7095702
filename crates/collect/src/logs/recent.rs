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
    /// all of `stored`, and what is on its way into the lake
    contents: HashSet<u128>,
    chunks: Vec<Weak<()>>,
    stored: Vec<Stored>,
}

/// Contents that are in the lake, and the chunks that need them remembered.
#[derive(Debug)]
struct Stored {
    contents: Vec<u128>,
    chunks: Vec<Weak<()>>,
}

impl Stored {
    fn is_needed(&self) -> bool {
        self.chunks.iter().any(|chunk| chunk.strong_count() > 0)
    }
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

    /// Contents that the lake told for this chunk: they are remembered as long as it is under way.
    pub(super) fn know(&self, chunk: &Chunk, contents: impl Iterator<Item = u128>) {
        let contents: Vec<u128> = contents.collect();
        let mut state = self.state();
        state.contents.extend(&contents);
        state.stored.push(Stored { contents, chunks: vec![Arc::downgrade(chunk)] });
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

    /// These contents are in the lake: chunks for which it is asked from now on are told so by it.
    pub(super) fn forget_contents(&self, contents: Vec<u128>) {
        let mut state = self.state();
        let chunks = state.chunks.clone();
        state.stored.push(Stored { contents, chunks });
        let (needed, over): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.stored).into_iter().partition(Stored::is_needed);
        state.stored = needed;
        for content in over.iter().flat_map(|stored| &stored.contents) {
            state.contents.remove(content);
        }
        // What a chunk was told of by the lake may be what a batch brought into it before.
        let State { contents, stored, .. } = &mut *state;
        contents.extend(stored.iter().flat_map(|stored| &stored.contents));
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

    #[test]
    fn what_the_lake_told_for_a_chunk_is_kept_as_long_as_the_chunk() {
        let recent = Recent::default();
        let first = recent.chunk();
        assert!(recent.takes_content(1));
        recent.forget_contents(vec![1]);
        // The second chunk is looked up with the batch in the lake, and is under way when the first one is over.
        let second = recent.chunk();
        recent.know(&second, [1].into_iter());
        drop(first);
        recent.forget_contents(vec![]);
        assert!(!recent.takes_content(1));
        drop(second);
        recent.forget_contents(vec![]);
        assert!(recent.takes_content(1));
    }
}
