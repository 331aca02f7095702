//! What came back from a target, in the words that every surface shares.

use crate::oracle::ToolCall;
use serde_json::Value;

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// the text blocks, joined by line breaks
    pub(crate) text: String,
    /// tools that it calls
    pub(crate) calls: Vec<ToolCall>,
    /// the API's own word; empty where it has none
    pub(crate) stop_reason: String,
    /// what that word means
    pub(crate) end: End,
    pub(crate) guardrail: Intervention,
    pub(crate) usage: Option<Usage>,
    /// as the service measured; 0 where it does not
    pub(crate) latency_ms: i64,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum End {
    /// the model came to its end by itself
    Whole,
    /// it ran into the cap of its tokens
    Capped,
    /// something else ended it: a filter, a guardrail, an error within
    Stopped,
    /// the API says nothing of it
    #[default]
    Unsaid,
}

/// Tokens as the service counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) input: u64,
    pub(crate) output: u64,
}

/// What the guardrail did, the strongest of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Intervention {
    None,
    /// noticed, and let pass
    Detected,
    /// masked
    Anonymised,
    Blocked,
}

impl Answer {
    /// Whether all is there that the model wrote.
    pub(crate) fn is_whole(&self) -> bool {
        match self.end {
            End::Whole => true,
            // The guardrail masked parts: what the model wrote is there, but for them.
            End::Stopped => self.guardrail == Intervention::Anonymised,
            End::Capped | End::Unsaid => false,
        }
    }
}

impl Intervention {
    /// Of a service that says whether its guardrail intervened, which stands for blocking and for masking; the trace tells which. Without a
    /// trace it is taken for blocking.
    pub(crate) fn of(intervened: bool, trace: Option<&Value>) -> Self {
        let seen = trace.map_or(Self::None, strongest);
        match (intervened, seen) {
            (true, Self::Anonymised) => Self::Anonymised,
            (true, _) => Self::Blocked,
            // A trace that speaks of blocking while the model's answer went through speaks of what was only detected.
            (false, Self::Blocked | Self::Anonymised | Self::Detected) => Self::Detected,
            (false, Self::None) => Self::None,
        }
    }
}

/// Assessments nest by policy; each has an `action`, and `detected` where it was only looked for.
fn strongest(value: &Value) -> Intervention {
    match value {
        Value::Object(fields) => {
            let own = match fields.get("action").and_then(Value::as_str) {
                Some("BLOCKED") => Intervention::Blocked,
                Some("ANONYMIZED") => Intervention::Anonymised,
                _ if fields.get("detected") == Some(&Value::Bool(true)) => Intervention::Detected,
                _ => Intervention::None,
            };
            fields.values().map(strongest).fold(own, Ord::max)
        }
        Value::Array(items) => items.iter().map(strongest).fold(Intervention::None, Ord::max),
        _ => Intervention::None,
    }
}
