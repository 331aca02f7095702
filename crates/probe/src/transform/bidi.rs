//! Text stored backwards between marks that show it forwards.

use crate::transform::Transform;

pub static UNIT: Bidi = Bidi;

/// RIGHT-TO-LEFT OVERRIDE and POP DIRECTIONAL FORMATTING.
const OPEN: char = '\u{202E}';
const CLOSE: char = '\u{202C}';

pub struct Bidi;

impl Transform for Bidi {
    fn name(&self) -> &'static str {
        "bidi"
    }

    fn note(&self) -> &'static str {
        ""
    }

    fn encode(&self, text: &str) -> String {
        format!("{OPEN}{}{CLOSE}", text.chars().rev().collect::<String>())
    }

    fn read(&self, answer: &str) -> String {
        let turned = answer.split(OPEN).skip(1).map(|rest| {
            let inside = rest.split_once(CLOSE).map_or(rest, |(inside, _)| inside);
            inside.chars().rev().collect::<String>()
        });
        turned.collect::<Vec<_>>().join("\n")
    }
}
