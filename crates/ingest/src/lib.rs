//! Log bytes to rows: flow logs and CloudTrail become the row types of [`sightline_model::log`]. No I/O, no clock: the caller
//! brings an object's bytes and takes the rows away.
//!
//! ```text
//! bytes ─► content (gzip or plain, bounded) ─► source (detect, decode) ─► batch (rollup) ─► rows
//! ```
//!
//! What cannot be read is counted, never dropped in silence: a bad line costs that line, a bad record that record, a
//! stream that is cut keeps what came before the cut. To add a log source see [`source`].
//!
//! INVARIANT: the rows of an object, their order and their division into [`Rows`] depend on its URI, its key, its bytes and
//! the limits alone. The driver relies on it to write an object's rows again after a crash.

mod batch;
mod content;
mod flow;
mod object;
pub mod source;
mod stats;
mod trail;

pub use batch::{Batch, Limits, Rows};
pub use flow::rollup::Rollup;
pub use object::ObjectRef;
pub use source::Source;
pub use stats::{Stats, Status};

/// What came of one object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decoded {
    /// name of the source that recognised it; empty when none did
    pub source: &'static str,
    /// what was counted
    pub stats: Stats,
}

impl Decoded {
    /// The word for the object as a whole.
    pub fn status(&self) -> Status {
        if self.source.is_empty() { Status::Ignored } else { self.stats.status() }
    }
}

/// Why an object of this key holds no records that anyone should read, such as a digest; known before it is fetched.
pub fn skips(key: &str) -> Option<&'static str> {
    source::ALL.iter().find_map(|source| source.skips(key))
}

/// Recognises the object and decodes it into the batch. The rows of the object are in the batch, or went to its sink.
pub fn decode(object: &ObjectRef<'_>, bytes: &[u8], batch: &mut Batch<'_>) -> Decoded {
    let head = content::head(bytes);
    match source::ALL.iter().find(|source| source.detect(object.key, &head)) {
        None => Decoded::default(),
        Some(source) => Decoded { source: source.name(), stats: source.decode(object, bytes, batch) },
    }
}
