//! The alphabet mirrored: a is z, b is y.

use crate::transform::Transform;

pub static UNIT: Atbash = Atbash;

pub struct Atbash;

impl Transform for Atbash {
    fn name(&self) -> &'static str {
        "atbash"
    }

    fn note(&self) -> &'static str {
        "Atbash cipher (a and z change places, b and y, and so on). Decipher, then comply:"
    }

    fn encode(&self, text: &str) -> String {
        let mirrored = |c: char, first: u8, last: u8| char::from(last - (c as u8 - first));
        text.chars()
            .map(|c| match c {
                'a'..='z' => mirrored(c, b'a', b'z'),
                'A'..='Z' => mirrored(c, b'A', b'Z'),
                _ => c,
            })
            .collect()
    }

    fn read(&self, answer: &str) -> String {
        self.encode(answer)
    }
}
