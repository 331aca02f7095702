//! Transforms: other ways to write a text, each a file of `src/transform/`. A probe that lists some is sent once in each, and
//! what an answer says is read in all of them.
//!
//! To add one, write `src/transform/<name>.rs` with `pub static UNIT: <Type>`; the build script finds it, and the tests here see
//! that its reader gives back what its writer wrote.

#[expect(unreachable_pub, reason = "the build script writes public items")]
mod unit {
    use super::Transform;
    include!(concat!(env!("OUT_DIR"), "/transforms.rs"));
}

pub(crate) use unit::entities::entities_decoded;
pub(crate) use unit::math::plain as math_letter;
pub(crate) use unit::percent::percent_decoded;

/// The name that stands for the text as it is.
pub(crate) const NONE: &str = "none";

/// One way to write a text.
pub(crate) trait Transform: Sync {
    /// as written in probes
    fn name(&self) -> &'static str;

    /// What the reader of an encoded text is told before it; empty where the text can be read as it is.
    fn note(&self) -> &'static str;

    /// The text, written in this way.
    fn encode(&self, text: &str) -> String;

    /// What an answer says, taken for written in this way; of an answer that has only parts of that kind, those parts. The work is
    /// linear in the answer, which a stranger wrote.
    fn read(&self, answer: &str) -> String;
}

/// A transform of a prompt.
#[derive(Clone, Copy)]
pub(crate) struct Way(&'static dyn Transform);

impl Way {
    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        unit::ALL.iter().find(|unit| unit.name() == name).map(|unit| Self(*unit))
    }

    pub(crate) fn name(self) -> &'static str {
        self.0.name()
    }

    /// The text in this way, with what its reader must be told.
    pub(crate) fn written(self, text: &str) -> String {
        let encoded = self.0.encode(text);
        match self.0.note() {
            "" => encoded,
            note => format!("{note}\n{encoded}"),
        }
    }
}

impl PartialEq for Way {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The names of all.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    unit::ALL.iter().map(|unit| unit.name())
}

/// The answer as each transform reads it; what says nothing is left out.
pub(crate) fn readings(answer: &str) -> impl Iterator<Item = String> {
    unit::ALL.iter().map(|unit| unit.read(answer)).filter(|reading| !reading.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Those that keep case, digits and punctuation.
    const EXACT: &[&str] = &[
        "base32",
        "base64",
        "bidi",
        "binary",
        "entities",
        "fullwidth",
        "hexadecimal",
        "percent",
        "reversed",
        "rot13",
        "tag-chars",
    ];

    #[test]
    fn names_are_unique_and_none_is_not_among_them() {
        let all: BTreeSet<&str> = names().collect();
        assert_eq!(all.len(), unit::ALL.len());
        assert!(!all.contains(NONE) && !all.contains("twin"), "`x+twin` is a benign twin");
        assert!(EXACT.iter().all(|name| all.contains(name)));
    }

    proptest! {
        #[test]
        fn a_reader_gives_back_what_its_writer_wrote(text in "[a-z]{3,9}( [a-z]{3,9}){2,6}") {
            for unit in unit::ALL {
                let written = unit.encode(&text);
                prop_assert!(written != text, "{} changes nothing", unit.name());
                prop_assert!(fold(&unit.read(&written)).contains(&fold(&text)), "{}: {written}", unit.name());
            }
        }

        #[test]
        fn exact_ones_keep_every_character(text in "[!-~][ -~]{14,60}[!-~]") {
            for name in EXACT {
                let unit = unit::ALL.iter().find(|unit| unit.name() == *name).unwrap();
                prop_assert_eq!(unit.read(&unit.encode(&text)), text.as_str(), "{}", name);
            }
        }

        /// A word in code in the middle of prose is found.
        #[test]
        fn a_word_in_prose_is_found(word in "[a-z]{12}", before in "([A-Za-z]{2,8} ){0,4}", after in "( [A-Za-z]{2,8}){0,4}") {
            for unit in unit::ALL {
                let answer = format!("{before}{}{after}", unit.encode(&word));
                prop_assert!(fold(&unit.read(&answer)).contains(&word), "{}: {answer}", unit.name());
            }
        }

        #[test]
        fn any_answer_can_be_read(answer in "\\PC{0,300}", ascii in "[ -~]{0,300}") {
            for unit in unit::ALL {
                unit.read(&answer);
                unit.read(&ascii);
            }
        }
    }

    /// A reading is never much longer than the answer, so that all of them together are linear in it.
    #[test]
    fn a_long_answer_stays_bounded() {
        for piece in ["deadbeef", "QUJD", "&#65;", "%41", ".- ", "01000001 ", "\u{202e}a\u{202c}", "é\u{200b}", "a b  "]
        {
            let answer = piece.repeat(60_000 / piece.len());
            for unit in unit::ALL {
                assert!(unit.read(&answer).len() <= answer.len() * 4, "{} of {piece:?}", unit.name());
            }
        }
    }
}
