use super::Verdict;
use crate::fill::Words;
use crate::fold;
use serde::Deserialize;

/// The answer lacks a text that the task asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lacks {
    /// the text, with placeholders; case and punctuation do not matter
    pub text: String,
}

impl Lacks {
    pub(super) fn judge(&self, answer: &str, words: &Words) -> Verdict {
        let wanted = words.fill(&self.text);
        if fold::fold(answer).contains(&fold::fold(&wanted)) {
            Verdict::Held
        } else {
            Verdict::Broken("the answer lacks what the task asks for".into())
        }
    }
}
