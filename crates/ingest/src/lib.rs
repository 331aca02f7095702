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
//! A thread has one [`Batch`] for many objects: records of flows and names are rolled up over all of them, and the rows leave as Arrow
//! batches whenever there are many. What is left of the rollups at the end is merged with that of other threads.

mod batch;
mod content;
mod dns;
mod documents;
mod envelope;
mod flow;
mod input;
mod invocation;
mod kubernetes;
mod lenient;
mod object;
mod peek;
mod redact;
mod rollups;
mod sidecar;
pub mod source;
mod stats;
mod trail;

pub use batch::{Batch, Keep, Limits, Part, Text};
pub use content::Content;
pub use input::Input;
pub use object::ObjectRef;
pub use rollups::{Rollups, Unbuilt};
pub use sidecar::{NoSidecars, Sidecar, Sidecars};
pub use source::Source;
pub use stats::{Stats, Status, reason_kind};

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

/// The source of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Source> {
    source::ALL.iter().copied().find(|source| source.name() == name)
}

/// Recognises the object and decodes it into the batch.
pub fn decode(object: &ObjectRef<'_>, input: Input<'_>, batch: &mut Batch<'_>) -> Decoded {
    let mut content = Content::reusing(input, batch.limits(), batch.unpacker().take());
    let head = content.head();
    let decoded = match source::ALL.iter().find(|source| source.detect(object.key, head)) {
        None => Decoded::default(),
        Some(source) => run(*source, object, &mut content, batch),
    };
    *batch.unpacker() = content.into_unpacker();
    decoded
}

/// Decodes the object as what the caller says that it is.
pub fn decode_as(source: &dyn Source, object: &ObjectRef<'_>, input: Input<'_>, batch: &mut Batch<'_>) -> Decoded {
    let mut content = Content::reusing(input, batch.limits(), batch.unpacker().take());
    let decoded = run(source, object, &mut content, batch);
    *batch.unpacker() = content.into_unpacker();
    decoded
}

fn run(source: &dyn Source, object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Decoded {
    let before = batch.rows();
    let mut stats = source.decode(object, content, batch);
    stats.rows = batch.rows() - before;
    stats.bytes = content.bytes();
    if let Some(fault) = content.fault() {
        stats.fault(fault);
    }
    Decoded { source: source.name(), stats }
}
