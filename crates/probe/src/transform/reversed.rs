//! The last character first.

use crate::transform::Transform;

pub static UNIT: Reversed = Reversed;

pub struct Reversed;

impl Transform for Reversed {
    fn name(&self) -> &'static str {
        "reversed"
    }

    fn note(&self) -> &'static str {
        "I write backwards today; read this from its end to its beginning and reply as usual."
    }

    fn encode(&self, text: &str) -> String {
        text.chars().rev().collect()
    }

    fn read(&self, answer: &str) -> String {
        self.encode(answer)
    }
}
