//! Digits and signs in place of the letters that they resemble.

use crate::transform::Transform;

pub static UNIT: Leet = Leet;

/// Letter, what it is written as, and what else is read as it.
const SIGNS: &[(char, char, &str)] = &[
    ('a', '4', "@"),
    ('b', '8', "ß"),
    ('e', '3', "€"),
    ('i', '1', "!|"),
    ('o', '0', "°"),
    ('s', '5', "$"),
    ('t', '7', "+"),
];

pub struct Leet;

impl Transform for Leet {
    fn name(&self) -> &'static str {
        "leet"
    }

    fn note(&self) -> &'static str {
        ""
    }

    fn encode(&self, text: &str) -> String {
        let sign =
            |c: char| SIGNS.iter().find(|(letter, ..)| *letter == c.to_ascii_lowercase()).map(|(_, sign, _)| *sign);
        // A text without any of these letters is still seen to be written in this way.
        let written: String = text.chars().map(|c| sign(c).unwrap_or(c)).collect();
        if written == text { text.to_uppercase() } else { written }
    }

    fn read(&self, answer: &str) -> String {
        let letter = |c: char| {
            SIGNS.iter().find(|(_, sign, others)| *sign == c || others.contains(c)).map_or(c, |(letter, ..)| *letter)
        };
        answer.chars().map(letter).collect()
    }
}
