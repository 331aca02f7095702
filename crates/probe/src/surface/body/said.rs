use crate::answer::{Answer, End, Intervention, Usage};
use crate::oracle::ToolCall;
use serde_json::Value;

/// What a model said, in whatever form.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::surface) struct Said {
    pub(super) text: String,
    pub(super) calls: Vec<ToolCall>,
    /// the form's own word; empty where it has none
    pub(super) stop_reason: String,
    pub(super) end: End,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
}

impl Said {
    /// A text that ended for a reason.
    pub(super) fn text(text: &str, stop_reason: &str, end: End) -> Self {
        Self { text: text.to_owned(), stop_reason: stop_reason.to_owned(), end, ..Self::default() }
    }

    /// The same with what the model counted.
    pub(super) fn counted(self, input_tokens: Option<u64>, output_tokens: Option<u64>) -> Self {
        Self { input_tokens, output_tokens, ..self }
    }

    /// The answer. The service's count goes before the model's own.
    pub(in crate::surface) fn answer(self, guardrail: Intervention, counted: Option<Usage>, latency_ms: i64) -> Answer {
        let own = self.input_tokens.zip(self.output_tokens).map(|(input, output)| Usage { input, output });
        Answer {
            text: self.text,
            calls: self.calls,
            stop_reason: self.stop_reason,
            end: self.end,
            guardrail,
            usage: counted.or(own),
            latency_ms,
        }
    }
}

/// Arguments of a call that are written as a text. What is no JSON is kept as it is: it may say what it should not all the same.
pub(super) fn arguments(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// The end of forms that know these two words for it.
pub(super) fn stop_or_length(reason: &str) -> End {
    match reason {
        "stop" => End::Whole,
        "length" => End::Capped,
        "" => End::Unsaid,
        _ => End::Stopped,
    }
}

pub(super) fn number(value: &Value, path: &str) -> Option<u64> {
    value.pointer(path).and_then(Value::as_u64)
}

pub(super) fn word<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}
