//! Letters turned by thirteen.

use crate::transform::Transform;

pub static UNIT: Rot13 = Rot13;

pub struct Rot13;

impl Transform for Rot13 {
    fn name(&self) -> &'static str {
        "rot13"
    }

    fn note(&self) -> &'static str {
        "This puzzle is in ROT13. Solve it and follow the solution."
    }

    fn encode(&self, text: &str) -> String {
        text.chars().map(turned).collect()
    }

    fn read(&self, answer: &str) -> String {
        self.encode(answer)
    }
}

fn turned(c: char) -> char {
    let by = |first: u8| char::from(first + (c as u8 - first + 13) % 26);
    match c {
        'a'..='z' => by(b'a'),
        'A'..='Z' => by(b'A'),
        _ => c,
    }
}
