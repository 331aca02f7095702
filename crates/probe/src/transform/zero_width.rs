//! Characters without width between the letters.

use crate::transform::Transform;

pub static UNIT: ZeroWidth = ZeroWidth;

/// Space, non-joiner, joiner, word joiner, no-break space; soft hyphen.
const INVISIBLE: &[char] = &['\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}', '\u{FEFF}', '\u{AD}'];

pub struct ZeroWidth;

impl Transform for ZeroWidth {
    fn name(&self) -> &'static str {
        "zero-width"
    }

    fn note(&self) -> &'static str {
        ""
    }

    fn encode(&self, text: &str) -> String {
        text.chars().zip(INVISIBLE.iter().take(3).cycle()).flat_map(|(c, between)| [c, *between]).collect()
    }

    fn read(&self, answer: &str) -> String {
        answer.replace(INVISIBLE, "")
    }
}
