//! Anthropic's messages.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html>

use super::Listener;
use super::said::{Said, arguments, number, word};
use crate::answer::End;
use crate::conversation::Prompt;
use crate::oracle::ToolCall;
use crate::pack::Tool;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn request(prompt: &Prompt) -> Value {
    let messages = prompt.turns.iter().map(|turn| json!({"role": turn.role.as_str(), "content": turn.text}));
    let mut request = json!({
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": prompt.max_output_tokens,
        "messages": messages.collect::<Vec<_>>(),
    });
    if let Some(fields) = request.as_object_mut() {
        if !prompt.system.is_empty() {
            fields.insert("system".into(), prompt.system.as_str().into());
        }
        if !prompt.tools.is_empty() {
            let tool =
                |tool: &Tool| json!({"name": tool.name, "description": tool.about, "input_schema": tool.schema()});
            fields.insert("tools".into(), prompt.tools.iter().map(tool).collect());
        }
    }
    request
}

pub(super) fn read(answer: &Value) -> Option<Said> {
    let blocks = answer.get("content")?.as_array()?;
    let texts: Vec<&str> = blocks.iter().filter_map(|block| block.get("text")?.as_str()).collect();
    let calls = blocks.iter().filter(|block| word(block, "/type") == "tool_use").map(|block| ToolCall {
        name: word(block, "/name").to_owned(),
        input: block.get("input").cloned().unwrap_or_default(),
    });
    let reason = word(answer, "/stop_reason");
    let said = Said { calls: calls.collect(), ..Said::text(&texts.join("\n"), reason, end(reason)) };
    Some(said.counted(input_tokens(answer, "/usage"), number(answer, "/usage/output_tokens")))
}

/// What was read from a cache is not among the input.
fn input_tokens(value: &Value, usage: &str) -> Option<u64> {
    let figure = |name: &str| number(value, &format!("{usage}/{name}"));
    let cached = [figure("cache_read_input_tokens"), figure("cache_creation_input_tokens")];
    Some(cached.into_iter().flatten().fold(figure("input_tokens")?, u64::saturating_add))
}

fn end(reason: &str) -> End {
    match reason {
        // A refusal of the maker's own: the model said what it had to say.
        "end_turn" | "stop_sequence" | "tool_use" | "refusal" => End::Whole,
        "max_tokens" | "model_context_window_exceeded" => End::Capped,
        "" => End::Unsaid,
        _ => End::Stopped,
    }
}

/// An answer in parts.
#[derive(Debug, Default)]
pub(super) struct Parts {
    blocks: BTreeMap<u64, Block>,
    reason: String,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

#[derive(Debug, Default)]
struct Block {
    text: String,
    tool: Option<String>,
    input: String,
}

impl Listener for Parts {
    fn take(&mut self, part: &Value) -> bool {
        match word(part, "/type") {
            "message_start" => self.input_tokens = input_tokens(part, "/message/usage"),
            "content_block_start" => {
                let block = self.blocks.entry(number(part, "/index").unwrap_or_default()).or_default();
                block.text.push_str(word(part, "/content_block/text"));
                block.tool = part.pointer("/content_block/name").and_then(Value::as_str).map(str::to_owned);
            }
            "content_block_delta" => {
                let block = self.blocks.entry(number(part, "/index").unwrap_or_default()).or_default();
                block.text.push_str(word(part, "/delta/text"));
                block.input.push_str(word(part, "/delta/partial_json"));
            }
            "message_delta" => {
                self.reason = word(part, "/delta/stop_reason").to_owned();
                self.output_tokens = number(part, "/usage/output_tokens");
            }
            _ => {}
        }
        part.get("type").is_some()
    }

    fn said(self: Box<Self>) -> Option<Said> {
        let (mut texts, mut calls) = (Vec::new(), Vec::new());
        for block in self.blocks.into_values() {
            match block.tool {
                Some(name) => calls.push(ToolCall { name, input: arguments(&block.input) }),
                None => texts.push(block.text),
            }
        }
        let end = end(&self.reason);
        let said = Said { calls, ..Said::text(&texts.join("\n"), &self.reason, end) };
        (end != End::Unsaid).then(|| said.counted(self.input_tokens, self.output_tokens))
    }
}
