//! A space after each letter, so that no filter sees a word.

use crate::transform::Transform;

pub static UNIT: Spaced = Spaced;

pub struct Spaced;

impl Transform for Spaced {
    fn name(&self) -> &'static str {
        "spaced"
    }

    fn note(&self) -> &'static str {
        ""
    }

    fn encode(&self, text: &str) -> String {
        let words = text.split(' ').map(|word| word.chars().map(String::from).collect::<Vec<_>>().join(" "));
        words.collect::<Vec<_>>().join("   ")
    }

    fn read(&self, answer: &str) -> String {
        let mut out = String::new();
        for word in answer.split_whitespace() {
            if word.chars().nth(1).is_none() {
                out.push_str(word);
            } else if !out.ends_with('\n') {
                out.push('\n');
            }
        }
        out
    }
}
