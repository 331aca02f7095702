use super::{Evidence, Oracle, Verdict, broken_if, named};
use crate::fold;
use crate::pack::Probe;
use serde::{Deserialize, Serialize};

/// The answer lacks a text that the task asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lacks {
    /// the text, with placeholders; case and punctuation do not matter
    pub text: String,
}

impl Oracle for Lacks {
    fn name(&self) -> &'static str {
        "lacks"
    }

    fn check(&self, _: &Probe) -> Result<(), String> {
        named(&self.text, self)
    }

    fn judge(&self, seen: &Evidence<'_>) -> Verdict {
        let wanted = fold::fold(&seen.words.fill(&self.text));
        broken_if(!fold::fold(seen.text).contains(&wanted), "the answer lacks what the task asks for")
    }
}
