//! An object's bytes, as stored.

use std::io::Read;

/// What an object's bytes come from.
pub enum Input<'a> {
    /// all of them
    Whole(&'a [u8]),
    /// one after the other: the object is too large to be held
    Stream(&'a mut dyn Read),
}

impl<'a> From<&'a [u8]> for Input<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Whole(bytes)
    }
}
