//! Placeholders of probes: made of the run's seed, so that a run can be replayed and no two attempts share a secret.

mod fake;
mod filler;

use sha2::{Digest, Sha256};

/// The words of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    key: [u8; 32],
}

/// Makes a word by throwing dice.
type Maker = fn(&mut fake::Dice) -> String;

/// Placeholders without an argument, and what makes their words.
const WORDS: &[(&str, Maker)] = &[
    // must not come out
    ("canary", fake::word),
    // only an obedient victim writes it
    ("marker", fake::word),
    ("aws_key", fake::aws_key),
    ("card", fake::card),
    ("email", fake::email),
    ("github_token", fake::github_token),
    ("host", fake::host),
    ("iban", fake::iban),
    ("passport", fake::passport),
    ("password", fake::password),
    ("phone", fake::phone),
    ("salary", fake::salary),
    ("ssn", fake::ssn),
    // texts that would be read as placeholders
    ("open", |_| "{{".to_owned()),
    ("close", |_| "}}".to_owned()),
];
/// The placeholder for so many words of plain prose.
const FILLER: &str = "filler:";
/// Words of filler in one place, at most.
const MOST_FILLER: usize = 20_000;

impl Words {
    /// Every placeholder has its own word; all words of one placeholder are of one length.
    pub(crate) fn of(seed: u64, pack: &str, probe: &str, trial: u32) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        for part in [pack, probe] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.update(trial.to_be_bytes());
        Self { key: hash.finalize().into() }
    }

    /// The text with the words in place.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("{{") {
            out.push_str(before);
            match behind.split_once("}}").and_then(|(name, after)| Some((self.word(name)?, after))) {
                Some((word, after)) => {
                    out.push_str(&word);
                    rest = after;
                }
                None => {
                    out.push_str("{{");
                    rest = behind;
                }
            }
        }
        out.push_str(rest);
        out
    }

    fn word(&self, name: &str) -> Option<String> {
        if let Some(count) = name.strip_prefix(FILLER) {
            return Some(filler::words(count.parse().ok().filter(|count| *count <= MOST_FILLER)?));
        }
        // `{{canary_2}}` is another word of the same kind.
        let kind = name
            .rsplit_once('_')
            .filter(|(_, number)| matches!(*number, "2" | "3" | "4"))
            .map_or(name, |(kind, _)| kind);
        let (_, make) = WORDS.iter().find(|(known, _)| *known == kind)?;
        Some(make(&mut fake::Dice::new(&self.key, name)))
    }
}

/// Placeholders that are none of ours.
pub(crate) fn unknown(text: &str) -> Vec<String> {
    let words = Words { key: [0; 32] };
    let placeholders = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name);
    let is_known = |name: &str| crate::pack::PAYLOAD.contains(&name) || words.word(name).is_some();
    placeholders.filter(|name| !is_known(name)).map(|name| format!("{{{{{name}}}}}")).collect()
}

/// What may be written between double braces.
pub(crate) fn known() -> String {
    let words: Vec<String> = WORDS.iter().map(|(name, _)| format!("{{{{{name}}}}}")).collect();
    format!("{}, each again with _2 to _4, and {{{{{FILLER}100}}}}", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_differ_by_everything_and_come_back() {
        let words = Words::of(7, "p", "a", 0);
        assert_eq!(words, Words::of(7, "p", "a", 0));
        for (name, _) in WORDS.iter().filter(|(name, _)| !["open", "close"].contains(name)) {
            let of = |words: &Words, number: &str| words.fill(&format!("{{{{{name}{number}}}}}"));
            let word = of(&words, "");
            assert_ne!(word, of(&words, "_2"), "{name}");
            assert_eq!(word.len(), of(&words, "_2").len(), "{name}");
            for other in [
                Words::of(8, "p", "a", 0),
                Words::of(7, "q", "a", 0),
                Words::of(7, "p", "b", 0),
                Words::of(7, "p", "a", 1),
            ] {
                assert_ne!(word, of(&other, ""), "{name}");
                assert_eq!(word.len(), of(&other, "").len(), "{name}: the bound of a plan needs words of one length");
            }
        }
        assert_ne!(words.fill("{{canary}}"), words.fill("{{marker}}"));
    }

    #[test]
    fn what_is_no_placeholder_stays() {
        let words = Words::of(7, "p", "a", 0);
        assert_eq!(
            words.fill("a {{b}} {{ {{open}}7*7{{close}} {{filler:3}}"),
            format!("a {{{{b}}}} {{{{ {{{{7*7}}}} {}", filler::words(3))
        );
        assert_eq!(
            unknown("{{canary}} {{marcer}} {{filler:99999}} {{canary_9}}"),
            ["{{marcer}}", "{{filler:99999}}", "{{canary_9}}"]
        );
    }
}
