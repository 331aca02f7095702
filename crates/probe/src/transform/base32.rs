//! Base32: RFC 4648, capital letters and the digits 2 to 7.

use crate::transform::Transform;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Runs shorter than this are words.
const SHORTEST: usize = 16;

pub static UNIT: Base32 = Base32;

pub struct Base32;

impl Transform for Base32 {
    fn name(&self) -> &'static str {
        "base32"
    }

    fn note(&self) -> &'static str {
        "The next lines are base32 (RFC 4648). Work with the text that they stand for."
    }

    fn encode(&self, text: &str) -> String {
        let mut out = regrouped(text.bytes(), 8, 5, true)
            .filter_map(|five| ALPHABET.get(usize::from(five)))
            .map(|byte| char::from(*byte))
            .collect::<String>();
        while out.len() % 8 != 0 {
            out.push('=');
        }
        out
    }

    fn read(&self, answer: &str) -> String {
        let runs = answer.split(|c: char| !(c.is_ascii_uppercase() || ('2'..='7').contains(&c)));
        let decoded = runs.filter(|run| run.len() >= SHORTEST).map(|run| {
            let fives = run.bytes().map(|byte| if byte.is_ascii_uppercase() { byte - b'A' } else { byte - b'2' + 26 });
            String::from_utf8_lossy(&regrouped(fives, 5, 8, false).collect::<Vec<u8>>()).into_owned()
        });
        decoded.collect::<Vec<_>>().join("\n")
    }
}

/// Bits in groups of one size as groups of another; the rest is filled with zeros or dropped.
fn regrouped(groups: impl Iterator<Item = u8>, from: u32, to: u32, fill: bool) -> impl Iterator<Item = u8> {
    let (mut bits, mut held) = (0u32, 0u32);
    let mut out = Vec::new();
    for group in groups {
        bits = ((bits << from) | u32::from(group)) & 0xFFFF;
        held += from;
        while held >= to {
            held -= to;
            out.push(((bits >> held) & ((1 << to) - 1)) as u8);
        }
    }
    if fill && held > 0 {
        out.push(((bits << (to - held)) & ((1 << to) - 1)) as u8);
    }
    out.into_iter()
}
