//! What a model says, in the form of each runtime surface.

use super::frame::event;
use super::{Piece, Reply};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sightline_probe::{Body, Surface};

/// The surfaces that ask a model of Bedrock; the model's own form is Anthropic's.
pub(crate) const ALL: [Surface; 4] = [
    Surface::Converse,
    Surface::ConverseStream,
    Surface::InvokeModel(Body::Anthropic),
    Surface::InvokeModelStream(Body::Anthropic),
];

/// What a model says, and what its guardrail did.
#[derive(Debug, Clone)]
pub(crate) struct Says {
    pub(crate) text: String,
    pub(crate) call: Option<(&'static str, Value)>,
    pub(crate) capped: bool,
    pub(crate) intervened: bool,
    pub(crate) assessment: Option<Value>,
}

impl Says {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), call: None, capped: false, intervened: false, assessment: None }
    }

    fn stop(&self) -> &'static str {
        match (self.intervened, self.capped, &self.call) {
            (true, ..) => "guardrail_intervened",
            (_, true, _) => "max_tokens",
            (_, _, Some(_)) => "tool_use",
            _ => "end_turn",
        }
    }

    fn trace(&self) -> Value {
        match &self.assessment {
            Some(assessment) => json!({"guardrail": {"outputAssessments": {"gr1": [assessment]}}}),
            None => json!({}),
        }
    }

    /// The whole answer.
    pub(crate) fn on(&self, surface: &Surface) -> Reply {
        match surface {
            Surface::Converse => Reply::whole(200, "application/json", self.converse().to_string()),
            Surface::InvokeModel(_) => Reply::whole(200, "application/json", self.anthropic().to_string()),
            _ => Reply::stream(self.frames(surface).into_iter().map(Piece::Bytes).collect()),
        }
    }

    /// The frames of a stream.
    pub(crate) fn frames(&self, surface: &Surface) -> Vec<Vec<u8>> {
        match surface {
            Surface::ConverseStream => self.converse_events(),
            _ => self.anthropic_chunks().iter().map(chunk).collect(),
        }
    }

    fn converse(&self) -> Value {
        let mut content = vec![json!({"text": self.text})];
        content.extend(
            self.call
                .as_ref()
                .map(|(name, input)| json!({"toolUse": {"toolUseId": "1", "name": name, "input": input}})),
        );
        json!({
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": self.stop(),
            "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15},
            "metrics": {"latencyMs": 7},
            "trace": self.trace(),
        })
    }

    fn converse_events(&self) -> Vec<Vec<u8>> {
        let mut events = vec![event("messageStart", &json!({"role": "assistant"}))];
        events.extend(
            self.pieces()
                .map(|text| event("contentBlockDelta", &json!({"contentBlockIndex": 0, "delta": {"text": text}}))),
        );
        events.push(event("contentBlockStop", &json!({"contentBlockIndex": 0})));
        if let Some((name, input)) = &self.call {
            let start = json!({"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "1", "name": name}}});
            events.push(event("contentBlockStart", &start));
            for part in halves(&input.to_string()) {
                events.push(event(
                    "contentBlockDelta",
                    &json!({"contentBlockIndex": 1, "delta": {"toolUse": {"input": part}}}),
                ));
            }
        }
        events.push(event("messageStop", &json!({"stopReason": self.stop()})));
        let usage = json!({"inputTokens": 10, "outputTokens": 5, "totalTokens": 15});
        events.push(event("metadata", &json!({"usage": usage, "metrics": {"latencyMs": 7}, "trace": self.trace()})));
        events
    }

    fn anthropic(&self) -> Value {
        let mut content = vec![json!({"type": "text", "text": self.text})];
        content.extend(
            self.call
                .as_ref()
                .map(|(name, input)| json!({"type": "tool_use", "id": "1", "name": name, "input": input})),
        );
        let mut answer = json!({
            "type": "message",
            "content": content,
            "stop_reason": if self.intervened { "end_turn" } else { self.stop() },
            "usage": {"input_tokens": 10, "output_tokens": 5},
        });
        self.beside(&mut answer);
        answer
    }

    fn anthropic_chunks(&self) -> Vec<Value> {
        let mut chunks = vec![
            json!({"type": "message_start", "message": {"usage": {"input_tokens": 10, "output_tokens": 1}}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        ];
        chunks.extend(self.pieces().map(
            |text| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
        ));
        if let Some((name, input)) = &self.call {
            chunks.push(json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "1", "name": name, "input": {}}}));
            for part in halves(&input.to_string()) {
                chunks.push(json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": part}}));
            }
        }
        let stop = if self.intervened { "end_turn" } else { self.stop() };
        let mut delta = json!({"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": 5}});
        let mut last = json!({"type": "message_stop", "amazon-bedrock-invocationMetrics":
            {"inputTokenCount": 10, "outputTokenCount": 5, "invocationLatency": 7, "firstByteLatency": 1}});
        self.beside(&mut last);
        // The verdict and its reasons need not come together.
        if let Some(action) = last.as_object_mut().and_then(|last| last.remove("amazon-bedrock-guardrailAction")) {
            delta["amazon-bedrock-guardrailAction"] = action;
        }
        chunks.extend([delta, last]);
        chunks
    }

    /// What Bedrock writes into a model's own form.
    fn beside(&self, answer: &mut Value) {
        if self.intervened || self.assessment.is_some() {
            answer["amazon-bedrock-guardrailAction"] = if self.intervened { "INTERVENED" } else { "NONE" }.into();
        }
        if let Some(assessment) = &self.assessment {
            answer["amazon-bedrock-trace"] = json!({"guardrail": {"outputs": [{"gr1": assessment}]}});
        }
    }

    fn pieces(&self) -> impl Iterator<Item = String> {
        let letters: Vec<char> = self.text.chars().collect();
        let size = letters.len().div_ceil(3).max(1);
        letters.chunks(size).map(|piece| piece.iter().collect()).collect::<Vec<String>>().into_iter()
    }
}

fn halves(text: &str) -> [&str; 2] {
    let (first, second) = text.split_at(text.len() / 2);
    [first, second]
}

/// A chunk of InvokeModelWithResponseStream.
pub(crate) fn chunk(part: &Value) -> Vec<u8> {
    event("chunk", &json!({"bytes": STANDARD.encode(part.to_string())}))
}
