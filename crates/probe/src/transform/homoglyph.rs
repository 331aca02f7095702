//! Letters of other scripts that look like the Latin ones.

use crate::fold::{LOOK_ALIKES, letter_like};
use crate::transform::Transform;

pub static UNIT: Homoglyph = Homoglyph;

pub struct Homoglyph;

impl Transform for Homoglyph {
    fn name(&self) -> &'static str {
        "homoglyph"
    }

    fn note(&self) -> &'static str {
        ""
    }

    fn encode(&self, text: &str) -> String {
        let strange = |c: char| {
            let found = LOOK_ALIKES.iter().find(|(letter, _)| *letter == c);
            found.and_then(|(_, strange)| strange.chars().next()).unwrap_or(c)
        };
        text.chars().map(strange).collect()
    }

    fn read(&self, answer: &str) -> String {
        answer.chars().map(|c| letter_like(c).unwrap_or(c)).collect()
    }
}
