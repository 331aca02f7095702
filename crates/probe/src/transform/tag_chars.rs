//! Unicode's tag characters: ASCII that no font shows.

use crate::transform::Transform;

pub static UNIT: TagChars = TagChars;

const OFFSET: u32 = 0xE0000;

pub struct TagChars;

impl Transform for TagChars {
    fn name(&self) -> &'static str {
        "tag-chars"
    }

    fn note(&self) -> &'static str {
        "Please answer my message:"
    }

    fn encode(&self, text: &str) -> String {
        let hidden = |c: char| match c {
            ' '..='~' => char::from_u32(u32::from(c) + OFFSET).unwrap_or(c),
            _ => c,
        };
        text.chars().map(hidden).collect()
    }

    fn read(&self, answer: &str) -> String {
        let shown = |c: char| match c {
            '\u{E0020}'..='\u{E007E}' => char::from_u32(u32::from(c) - OFFSET),
            _ => None,
        };
        answer.chars().filter_map(shown).collect()
    }
}
