//! Bytes of UTF-8 as eight zeros and ones each.

use crate::transform::Transform;

pub static UNIT: Binary = Binary;

pub struct Binary;

impl Transform for Binary {
    fn name(&self) -> &'static str {
        "binary"
    }

    fn note(&self) -> &'static str {
        "Eight bits a character. Convert to text first, then do what the text asks."
    }

    fn encode(&self, text: &str) -> String {
        text.bytes().map(|byte| format!("{byte:08b}")).collect::<Vec<_>>().join(" ")
    }

    fn read(&self, answer: &str) -> String {
        let words = answer.split(|c: char| !matches!(c, '0' | '1')).filter(|word| word.len() >= 8);
        let mut bytes = Vec::new();
        for word in words {
            for eight in word.as_bytes().chunks_exact(8) {
                bytes.push(eight.iter().fold(0u8, |byte, bit| (byte << 1) | (bit - b'0')));
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
