//! Why an object was not read, or not to its end.

use sightline_model::untrusted::shortened;
use std::io;

/// Characters of an error that are kept.
pub(super) const LONGEST_ERROR: usize = 500;

/// Why an object was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Unread {
    /// what it means
    pub why: Why,
    /// what was said, shortened
    pub error: String,
}

/// What it means that an object was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// reading it, or using its key, is not allowed
    Denied,
    /// it is not there any more, or not this version of it
    Gone,
    /// it is larger than the bound
    TooLarge,
    /// no object can be read: there are no credentials, or they have expired
    Credentials,
    /// the service kept asking for patience
    Throttled,
    /// the bytes stopped coming
    Stalled,
    /// the store gave something else than it had announced: fewer or more bytes, another version
    Inconsistent,
    /// anything else: unreachable, a bad disk
    Failed,
}

impl Unread {
    pub(super) fn new(why: Why, error: impl std::fmt::Display) -> Self {
        Self { why, error: shortened(&error.to_string(), LONGEST_ERROR) }
    }

    /// What a reader's error, of an object that is streamed, means; `None` for errors that are not the store's.
    pub fn within(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}
