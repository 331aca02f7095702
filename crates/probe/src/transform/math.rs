//! Bold letters of Unicode's mathematical alphabet: fonts show them as letters, filters do not know them.

use crate::transform::Transform;

pub static UNIT: Math = Math;

const CAPITAL: u32 = 0x1D400;
const SMALL: u32 = 0x1D41A;
/// The block has thirteen styles of 26 capital and 26 small letters each, one behind the other.
const LAST: u32 = 0x1D6A3;

pub struct Math;

impl Transform for Math {
    fn name(&self) -> &'static str {
        "math"
    }

    fn note(&self) -> &'static str {
        ""
    }

    fn encode(&self, text: &str) -> String {
        let bold = |c: char| {
            let code = match c {
                'A'..='Z' => u32::from(c) - u32::from('A') + CAPITAL,
                'a'..='z' => u32::from(c) - u32::from('a') + SMALL,
                _ => u32::from(c),
            };
            char::from_u32(code).unwrap_or(c)
        };
        text.chars().map(bold).collect()
    }

    fn read(&self, answer: &str) -> String {
        answer.chars().map(|c| plain(c).unwrap_or(c)).collect()
    }
}

/// The letter of which this is a style.
pub(crate) fn plain(c: char) -> Option<char> {
    let code = u32::from(c);
    if !(CAPITAL..=LAST).contains(&code) {
        return None;
    }
    let place = u8::try_from((code - CAPITAL) % 52).ok()?;
    Some(char::from(if place < 26 { b'A' + place } else { b'a' + place - 26 }))
}
