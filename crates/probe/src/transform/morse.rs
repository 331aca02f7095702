//! Morse code: letters and digits, a stroke between words.

use crate::transform::Transform;

pub static UNIT: Morse = Morse;

/// Rec. ITU-R M.1677-1.
const SIGNS: &[(char, &str)] = &[
    ('a', ".-"),
    ('b', "-..."),
    ('c', "-.-."),
    ('d', "-.."),
    ('e', "."),
    ('f', "..-."),
    ('g', "--."),
    ('h', "...."),
    ('i', ".."),
    ('j', ".---"),
    ('k', "-.-"),
    ('l', ".-.."),
    ('m', "--"),
    ('n', "-."),
    ('o', "---"),
    ('p', ".--."),
    ('q', "--.-"),
    ('r', ".-."),
    ('s', "..."),
    ('t', "-"),
    ('u', "..-"),
    ('v', "...-"),
    ('w', ".--"),
    ('x', "-..-"),
    ('y', "-.--"),
    ('z', "--.."),
    ('0', "-----"),
    ('1', ".----"),
    ('2', "..---"),
    ('3', "...--"),
    ('4', "....-"),
    ('5', "....."),
    ('6', "-...."),
    ('7', "--..."),
    ('8', "---.."),
    ('9', "----."),
];

pub struct Morse;

impl Transform for Morse {
    fn name(&self) -> &'static str {
        "morse"
    }

    fn note(&self) -> &'static str {
        "Incoming Morse; a stroke stands between words. Take it down and act on it."
    }

    fn encode(&self, text: &str) -> String {
        let sign = |c: char| SIGNS.iter().find(|(letter, _)| *letter == c.to_ascii_lowercase()).map(|(_, sign)| *sign);
        let word = |word: &str| word.chars().filter_map(sign).collect::<Vec<_>>().join(" ");
        text.split_whitespace().map(word).collect::<Vec<_>>().join(" / ")
    }

    fn read(&self, answer: &str) -> String {
        // Typographic dashes and dots are what word processors make of these signs.
        let plain = |c: char| match c {
            '·' | '•' | '∙' => '.',
            '–' | '—' | '−' | '_' => '-',
            _ => c,
        };
        let plain: String = answer.chars().map(plain).collect();
        let words = plain.split(|c: char| c.is_whitespace() || c == '|');
        let letter = |word: &str| match word {
            "/" => Some(' '),
            sign => SIGNS.iter().find(|(_, known)| *known == sign).map(|(letter, _)| *letter),
        };
        words.filter_map(letter).collect()
    }
}
