//! One call of Amazon Bedrock's Converse API: the request, and what of the answer is judged.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>

use crate::fill::Words;
use crate::oracle::ToolCall;
use crate::pack::{Role, Turn};
use crate::target::Target;
use serde_json::{Value, json};

/// The key of the request's metadata that names our calls in invocation logs, so that detections can tell them from an attacker's.
pub(crate) const TAG: &str = "sightline-probe";

/// A conversation to send.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prompt {
    pub(crate) system: String,
    pub(crate) turns: Vec<Turn>,
    pub(crate) max_output_tokens: u32,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// the text blocks, joined by line breaks
    pub(crate) text: String,
    /// tools that it calls
    pub(crate) calls: Vec<ToolCall>,
    pub(crate) stop_reason: String,
    pub(crate) guardrail: Intervention,
    pub(crate) usage: Option<Usage>,
    pub(crate) latency_ms: i64,
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

impl Prompt {
    pub(crate) fn filled(&self, words: &Words) -> Self {
        let turns = self.turns.iter().map(|turn| turn.filled(words)).collect();
        Self { system: words.fill(&self.system), turns, ..*self }
    }

    /// The conversation as text, for those who asked to keep it.
    pub(crate) fn transcript(&self) -> String {
        let mut parts = Vec::new();
        if !self.system.is_empty() {
            parts.push(format!("system: {}", self.system));
        }
        parts.extend(self.turns.iter().map(|turn| format!("{}: {}", role(turn.role), turn.text)));
        parts.join("\n\n")
    }

    /// Bytes of all texts.
    pub(crate) fn bytes(&self) -> usize {
        self.system.len() + self.turns.iter().map(|turn| turn.text.len()).sum::<usize>()
    }

    pub(crate) fn request(&self, target: &Target, run_id: &str, probe_id: &str) -> Value {
        let messages: Vec<Value> =
            self.turns.iter().map(|turn| json!({"role": role(turn.role), "content": [{"text": turn.text}]})).collect();
        let mut request = json!({
            "modelId": target.model(),
            "messages": messages,
            "inferenceConfig": {"maxTokens": self.max_output_tokens},
            "requestMetadata": {TAG: run_id, "probe": probe_id},
        });
        if let Some(fields) = request.as_object_mut() {
            if !self.system.is_empty() {
                fields.insert("system".into(), json!([{"text": self.system}]));
            }
            if let Some(guardrail) = target.guardrail() {
                let config = json!({"guardrailIdentifier": guardrail.id, "guardrailVersion": guardrail.version, "trace": "enabled"});
                fields.insert("guardrailConfig".into(), config);
            }
        }
        request
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

impl Answer {
    pub(crate) fn read(answer: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let blocks = answer.pointer("/output/message/content").and_then(Value::as_array);
        let calls = ToolCall::of_converse(blocks.into_iter().flatten());
        let texts = blocks.into_iter().flatten().filter_map(|block| block.get("text")?.as_str());
        let tokens = |name: &str| answer.pointer(&format!("/usage/{name}")).and_then(Value::as_u64);
        let cached = tokens("cacheReadInputTokens").unwrap_or(0) + tokens("cacheWriteInputTokens").unwrap_or(0);
        let stop_reason = answer.get("stopReason").map(text).unwrap_or_default();
        Self {
            text: texts.collect::<Vec<_>>().join("\n"),
            calls,
            guardrail: intervention(&stop_reason, answer.pointer("/trace/guardrail")),
            stop_reason,
            usage: tokens("inputTokens")
                .zip(tokens("outputTokens"))
                .map(|(input, output)| Usage { input: input.saturating_add(cached), output }),
            latency_ms: answer.pointer("/metrics/latencyMs").and_then(Value::as_i64).unwrap_or_default(),
        }
    }

    /// Whether the model came to its end by itself.
    pub(crate) fn is_whole(&self) -> bool {
        match self.stop_reason.as_str() {
            "end_turn" | "stop_sequence" | "tool_use" => true,
            // The guardrail masked parts: what the model wrote is there, but for them.
            "guardrail_intervened" => self.guardrail == Intervention::Anonymised,
            _ => false,
        }
    }
}

/// `guardrail_intervened` stands for blocking and for masking; the trace tells which. Without a trace it is taken for blocking.
fn intervention(stop_reason: &str, trace: Option<&Value>) -> Intervention {
    let seen = trace.map_or(Intervention::None, strongest);
    match (stop_reason, seen) {
        ("guardrail_intervened", Intervention::Anonymised) => Intervention::Anonymised,
        ("guardrail_intervened", _) => Intervention::Blocked,
        // A trace that speaks of blocking while the model's answer went through speaks of what was only detected.
        (_, Intervention::Blocked | Intervention::Anonymised | Intervention::Detected) => Intervention::Detected,
        (_, Intervention::None) => Intervention::None,
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
