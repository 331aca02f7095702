//! Undoing what hides a word in an answer: look-alike letters, invisible characters, spelling out, and common encodings.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Encoded runs shorter than this hold no word of ours.
const SHORTEST_RUN: usize = 12;

/// Letters and digits in lower case, look-alikes as their ASCII letter, all else left out: `C-a n​ａry` is `canary`.
pub(crate) fn fold(text: &str) -> String {
    text.chars().filter_map(plain).collect()
}

/// The ASCII letter or digit that a character stands for; other letters in lower case; nothing for what is neither.
fn plain(c: char) -> Option<char> {
    // Full-width forms and tag characters repeat ASCII at an offset.
    let offset = |base: u32| char::from_u32(u32::from(c) - base);
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => offset(0xFEE0)?,
        '\u{E0020}'..='\u{E007E}' => offset(0xE0000)?,
        _ => c,
    };
    if !c.is_alphanumeric() {
        return None;
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    let pair = LOOK_ALIKES.iter().find(|(_, strange)| strange.contains(lower));
    Some(pair.map_or(lower, |(letter, _)| *letter))
}

/// Cyrillic, Greek and accented letters that are read as the ASCII one (from Unicode's confusables, the lower-case letters).
const LOOK_ALIKES: &[(char, &str)] = &[
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

/// The text's other readings: reversed, rot13, and what stands in runs of base64 and hexadecimal digits.
pub(crate) fn decoded(text: &str) -> Vec<String> {
    let mut readings = vec![text.chars().rev().collect(), text.chars().map(rot13).collect()];
    for run in text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=-_".contains(c))) {
        if run.len() >= SHORTEST_RUN {
            readings.extend(base64(run));
            readings.extend(hexadecimal(run));
        }
    }
    let spaced: String = text.chars().filter(|c| c.is_ascii_hexdigit()).collect();
    readings.extend(hexadecimal(&spaced));
    readings
}

fn rot13(c: char) -> char {
    let turned = |first: u8| char::from(first + (c as u8 - first + 13) % 26);
    match c {
        'a'..='z' => turned(b'a'),
        'A'..='Z' => turned(b'A'),
        _ => c,
    }
}

/// Both alphabets, with and without padding.
fn base64(run: &str) -> Option<String> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let standard = run.replace('-', "+").replace('_', "/");
    let bytes = GeneralPurpose::new(&alphabet::STANDARD, lenient).decode(standard).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn hexadecimal(run: &str) -> Option<String> {
    let digits: Vec<u8> =
        run.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).filter_map(|pair| Some(pair.first()? * 16 + pair.get(1)?)).collect();
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
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
            let rot: String = word.chars().map(rot13).collect();
            let reversed: String = word.chars().rev().collect();
            for hidden in [STANDARD.encode(&word), URL_SAFE_NO_PAD.encode(&word), hex, rot, reversed] {
                let answer = format!("{before}{hidden}{after}");
                prop_assert!(decoded(&answer).iter().any(|reading| fold(reading).contains(&word)), "{answer}");
            }
            prop_assert!(decoded(&spaced).iter().any(|reading| fold(reading).contains(&word)), "{spaced}");
        }

        #[test]
        fn any_text_can_be_read(text in "\\PC{0,200}") {
            fold(&text);
            decoded(&text);
        }
    }
}
