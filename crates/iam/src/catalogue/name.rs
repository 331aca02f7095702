//! Names without regard to case, and patterns of them.

use crate::glob::{self, Token};
use std::cmp::Ordering;

/// The order of two names by their lower-case forms. Names of AWS are ASCII.
pub(super) fn folded(left: &str, right: &str) -> Ordering {
    left.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// A name with `*` for any run and `?` for one character, compared without regard to case.
#[derive(Debug)]
pub(super) struct Pattern(Vec<Token>);

impl Pattern {
    pub(super) fn new(pattern: &str) -> Self {
        Self(glob::fold_tokens(pattern))
    }

    /// Whether the pattern takes the whole of `text`.
    pub(super) fn takes(&self, text: &str) -> bool {
        glob::matches(&self.0, text)
    }
}
