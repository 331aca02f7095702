//! The model-driven AWS reader: any operation of the embedded API models, over the official runtime (credential chain, SigV4,
//! retries, timeouts, HTTP client, codecs of the five protocols). Floor 1, and the only crate with AWS runtime crates.
//!
//! An operation is added by naming it in a table or in `tools/models/operations.txt` and running `tools/models/generate.sh`.
//!
//! ```text
//! models/*.json ── raw ── assemble, wire ──► shape::Service          what there is to call
//! Aws::call ── operation ── write ──► request ──► answer ── read ──► JSON
//! Aws::blob                                              ├─ bytes as they are
//! Aws::stream                                            ├─ events ──► JSON, one after the other
//!                                                        └─ fault, failure, kind ──► CallError
//! ```

pub mod shape;

mod absent;
mod addressing;
mod assemble;
mod aws;
mod blob;
mod bound;
mod connect;
mod eks_token;
mod endpoint;
mod error;
mod events;
#[cfg(test)]
mod events_tests;
mod failure;
mod fault;
mod found;
mod keys;
mod kind;
mod listening;
mod models;
mod object;
mod operation;
mod pace;
mod page;
mod pages;
mod patience;
mod protocol;
mod raw;
mod reach;
mod read;
mod room;
#[cfg(test)]
mod throttle_tests;
mod trust;
mod unreached;
mod watch;
mod whole;
mod wire;
#[cfg(test)]
mod wire_tests;
mod write;

pub use aws::{Aws, Caller};
pub use blob::Blob;
pub use connect::{Connect, Emulated};
pub use endpoint::{Endpoint, endpoint, known_regions, offered};
pub use error::{AwsError, CallError};
pub use events::Events;
pub use found::{Found, Origin};
pub use keys::Keys;
pub use kind::CallErrorKind;
pub use listening::Listening;
pub use models::{model, services};
pub use object::{INCONSISTENT, Wanted};
pub use page::Paginator;
pub use reach::{Answered, Way};
pub use room::{Place, Room};
pub use shape::{Operation, Service};
pub use unreached::{Obstacle, Unreached};
pub use watch::Usage;
