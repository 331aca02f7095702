use super::{Evidence, Oracle, Verdict};
use serde::{Deserialize, Serialize};

/// The answer has bytes that drive a terminal: an escape sequence, its C1 form, or another control character that is no white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escape {}

impl Oracle for Escape {
    fn name(&self) -> &'static str {
        "escape"
    }

    fn judge(&self, seen: &Evidence<'_>) -> Verdict {
        match seen.text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            Some(c) => Verdict::Broken(format!("the answer has the control character U+{:04X}", u32::from(c))),
            None => Verdict::Held,
        }
    }
}
