use super::Verdict;
use serde::Deserialize;

/// The answer has bytes that drive a terminal: an escape sequence, its C1 form, or another control character that is no white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escape {}

impl Escape {
    pub(super) fn judge(self, answer: &str) -> Verdict {
        match answer.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            Some(c) => Verdict::Broken(format!("the answer has the control character U+{:04X}", u32::from(c))),
            None => Verdict::Held,
        }
    }
}
