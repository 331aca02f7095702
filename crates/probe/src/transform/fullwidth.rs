//! The wide forms of ASCII that stand in East Asian text.

use crate::transform::Transform;

pub static UNIT: Fullwidth = Fullwidth;

const OFFSET: u32 = 0xFEE0;

pub struct Fullwidth;

impl Transform for Fullwidth {
    fn name(&self) -> &'static str {
        "fullwidth"
    }

    fn note(&self) -> &'static str {
        ""
    }

    fn encode(&self, text: &str) -> String {
        let wide = |c: char| match c {
            '!'..='~' => char::from_u32(u32::from(c) + OFFSET).unwrap_or(c),
            ' ' => '\u{3000}',
            _ => c,
        };
        text.chars().map(wide).collect()
    }

    fn read(&self, answer: &str) -> String {
        let narrow = |c: char| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - OFFSET).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => c,
        };
        answer.chars().map(narrow).collect()
    }
}
