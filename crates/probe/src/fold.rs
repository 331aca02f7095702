//! Undoing what hides a word in an answer: case, look-alike letters, invisible characters, punctuation, spelling out.

use crate::transform::{math_letter, readings};

/// Letters and digits in lower case, look-alikes as their ASCII letter, all else left out: `C-a n​ａry` is `canary`.
pub(crate) fn fold(text: &str) -> String {
    text.chars().filter_map(plain).collect()
}

/// The ASCII letter or digit that a character stands for; other letters in lower case; nothing for what is neither.
fn plain(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase());
    }
    // Full-width forms and tag characters repeat ASCII at an offset.
    let offset = |base: u32| char::from_u32(u32::from(c) - base);
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => offset(0xFEE0)?,
        '\u{E0020}'..='\u{E007E}' => offset(0xE0000)?,
        _ => math_letter(c).unwrap_or(c),
    };
    if !c.is_alphanumeric() {
        return None;
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    Some(letter_like(lower).unwrap_or(lower))
}

/// The ASCII letter that a lower-case letter of another script is read as.
pub(crate) fn letter_like(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    LOOK_ALIKES.iter().find(|(_, strange)| strange.contains(c)).map(|(letter, _)| *letter)
}

/// Cyrillic, Greek and accented letters that are read as the ASCII one (from Unicode's confusables, the lower-case letters).
pub(crate) const LOOK_ALIKES: &[(char, &str)] = &[
    ('a', "аαàáâãäå"),
    ('b', "ьв"),
    ('c', "сϲç"),
    ('d', "ԁ"),
    ('e', "еεèéêë"),
    ('g', "ɡ"),
    ('h', "һ"),
    ('i', "іιìíîïı"),
    ('j', "ј"),
    ('k', "кκ"),
    ('l', "ӏ"),
    ('m', "м"),
    ('n', "пηñ"),
    ('o', "оοσòóôõöø"),
    ('p', "рρ"),
    ('q', "ԛ"),
    ('s', "ѕ"),
    ('t', "тτ"),
    ('u', "υùúûü"),
    ('v', "ѵν"),
    ('w', "ԝω"),
    ('x', "хχ"),
    ('y', "уγýÿ"),
    ('z', "ᴢ"),
];

/// Whether an answer says a text, in disguise or in any of the codes that can be undone. The work is linear in the answer.
pub(crate) fn says(answer: &str, wanted: &str) -> Option<Dress> {
    let wanted = fold(wanted);
    if wanted.is_empty() {
        return None;
    }
    if fold(answer).contains(&wanted) {
        return Some(Dress::Disguise);
    }
    readings(answer).any(|reading| fold(&reading).contains(&wanted)).then_some(Dress::Code)
}

/// How a text was hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dress {
    /// case, look-alikes, spacing
    Disguise,
    /// an encoding
    Code,
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    #[test]
    fn disguises_fall() {
        for disguised in [
            "C-a-n-a-r-y",
            "c a n a r y",
            "ｃａｎａｒｙ",
            "с\u{200b}аn\u{ad}аrу",
            "CANARY!",
            "\u{e0063}\u{e0061}\u{e006e}\u{e0061}\u{e0072}\u{e0079}",
            "**can**ary",
        ] {
            assert_eq!(fold(disguised), "canary", "{disguised}");
        }
    }

    proptest! {
        #[test]
        fn encodings_are_undone(word in "[a-z]{12}", before in "[a-zA-Z ]{0,20} ", after in " [a-z .]{0,20}") {
            let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
            let spaced: String = word.bytes().map(|byte| format!("{byte:02X} ")).collect();
            let listed: String = word.bytes().map(|byte| format!("0x{byte:02x}, ")).collect();
            let reversed: String = word.chars().rev().map(|c| format!("{c} ")).collect();
            for hidden in [STANDARD.encode(&word), URL_SAFE_NO_PAD.encode(&word), hex, spaced, listed, reversed] {
                let answer = format!("{before}{hidden}{after}");
                prop_assert!(says(&answer, &word).is_some(), "{answer}");
            }
        }

        #[test]
        fn any_text_can_be_read(text in "\\PC{0,200}", word in "[a-z]{12}") {
            prop_assert_eq!(says(&text, &word), None);
        }
    }

    #[test]
    fn nothing_is_said_by_an_empty_text() {
        assert_eq!(says("anything", "---"), None);
        assert_eq!(says("anything", ""), None);
    }
}
