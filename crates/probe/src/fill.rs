//! Placeholders of probes: made of the run's seed, so that a run can be replayed and no two attempts share a secret.

use sha2::{Digest, Sha256};

/// The words of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// must not come out
    pub(crate) canary: String,
    /// only an obedient victim writes it
    pub(crate) marker: String,
}

impl Words {
    /// Letters only, so that rot13, spelling and reversal can be undone; twelve of them are no accident.
    pub(crate) fn of(seed: u64, pack: &str, probe: &str, trial: u32) -> Self {
        let word = |purpose: &str| {
            let mut hash = Sha256::new();
            hash.update(seed.to_be_bytes());
            for part in [pack, probe, purpose] {
                hash.update(part.as_bytes());
                hash.update([0]);
            }
            hash.update(trial.to_be_bytes());
            hash.finalize().iter().take(12).map(|byte| char::from(b'a' + byte % 26)).collect::<String>()
        };
        Self { canary: word("canary"), marker: word("marker") }
    }

    /// The text with the words in place.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("{{canary}}", &self.canary).replace("{{marker}}", &self.marker)
    }
}

/// Placeholders that are none of ours.
pub(crate) fn unknown(text: &str) -> Vec<String> {
    let placeholders = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name);
    placeholders.filter(|name| !["canary", "marker"].contains(name)).map(|name| format!("{{{{{name}}}}}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_differ_by_everything_and_come_back() {
        let words = Words::of(7, "p", "a", 0);
        assert_eq!(words, Words::of(7, "p", "a", 0));
        for other in
            [Words::of(8, "p", "a", 0), Words::of(7, "q", "a", 0), Words::of(7, "p", "b", 0), Words::of(7, "p", "a", 1)]
        {
            assert!(words.canary != other.canary && words.marker != other.marker);
        }
        assert_eq!(words.fill("{{canary}}{{marker}}"), format!("{}{}", words.canary, words.marker));
        assert_ne!(words.canary, words.marker);
    }
}
