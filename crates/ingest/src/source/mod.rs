//! The log sources, one file each.
//!
//! # How to add one
//! Add `src/source/<name>.rs` with a module doc that tells the format and where it is from, a type that implements
//! [`Source`], and `pub static UNIT`. The registry finds the file by itself. The source then takes part in ingest, in the fuzz
//! target and in the tests that hold for every source: arbitrary bytes do not panic, and a cut object gives no row that the
//! whole one does not give.
//!
//! - `detect` sees the key and the first 64 KiB of content (decompressed). The key decides where it follows AWS's layout; where
//!   it does not (a copy in a local folder), the content must be told from everything else by itself.
//! - `decode` reads the bytes as a stream and gives rows to the batch. Nothing in a log is trusted: bound what is kept, never store
//!   content or secrets, count what cannot be read with [`Stats::reject`]. One bad line costs that line.
//! - `skips` names objects that lie beside the logs and hold no records, so that they are not fetched.

use crate::{Batch, Content, ObjectRef, Stats};
use sightline_model::LakeTable;

/// A kind of log.
pub trait Source: Sync {
    /// Its name in the lake (`log_object.source`) and in output, such as `vpc_flow`.
    fn name(&self) -> &'static str;

    /// What it is, in a few words.
    fn about(&self) -> &'static str {
        ""
    }

    /// The tables that its records go to, the main one first.
    fn tables(&self) -> &'static [&'static LakeTable] {
        &[]
    }

    /// The keys or log groups by which AWS's services write it, with `<…>` for what varies.
    fn layouts(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether the object is such a log.
    fn detect(&self, key: &str, head: &[u8]) -> bool;

    /// Why an object of this key is passed over without a look at it; `None` for all that may hold records.
    fn skips(&self, key: &str) -> Option<&'static str> {
        let _ = key;
        None
    }

    /// Reads the object's content into the batch. Faults of the content itself, and its size, are counted by the caller.
    fn decode(&self, object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats;
}

include!(concat!(env!("OUT_DIR"), "/source.rs"));
