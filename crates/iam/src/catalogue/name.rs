//! Names without regard to case, and patterns of them.

use std::cmp::Ordering;

/// The order of two names by their lower-case forms. Names of AWS are ASCII.
pub(super) fn folded(left: &str, right: &str) -> Ordering {
    left.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// A name with `*` for any run and `?` for one character, compared without regard to case.
#[derive(Debug)]
pub(super) struct Pattern(Vec<u8>);

impl Pattern {
    pub(super) fn new(pattern: &str) -> Self {
        Self(pattern.to_ascii_lowercase().into_bytes())
    }

    /// Whether the pattern takes the whole of `text`: time at most pattern times text, because only the last `*` is tried again.
    pub(super) fn takes(&self, text: &str) -> bool {
        let text = text.as_bytes();
        let (mut at, mut place) = (0, 0);
        let mut last_star = None;
        while let Some(byte) = text.get(at) {
            match self.0.get(place) {
                Some(b'*') => {
                    last_star = Some((place, at));
                    place += 1;
                }
                Some(own) if *own == b'?' || *own == byte.to_ascii_lowercase() => {
                    place += 1;
                    at += 1;
                }
                _ => {
                    let Some((star, taken)) = last_star else { return false };
                    last_star = Some((star, taken + 1));
                    place = star + 1;
                    at = taken + 1;
                }
            }
        }
        self.0.get(place..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
    }
}
