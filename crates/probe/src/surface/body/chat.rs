//! Chat completions, as OpenAI has them and many makers after it.
//!
//! <https://platform.openai.com/docs/api-reference/chat>

use super::Listener;
use super::said::{Said, arguments, number, word};
use crate::answer::End;
use crate::conversation::Prompt;
use crate::oracle::ToolCall;
use crate::pack::Tool;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The system prompt and the turns.
pub(in crate::surface) fn messages(prompt: &Prompt) -> Vec<Value> {
    let system = (!prompt.system.is_empty()).then(|| json!({"role": "system", "content": prompt.system}));
    let turns = prompt.turns.iter().map(|turn| json!({"role": turn.role.as_str(), "content": turn.text}));
    system.into_iter().chain(turns).collect()
}

/// The tools, if there are any.
pub(in crate::surface) fn tools(prompt: &Prompt) -> Option<Vec<Value>> {
    let function = |tool: &Tool| json!({"type": "function", "function": {"name": tool.name, "description": tool.about, "parameters": tool.schema()}});
    (!prompt.tools.is_empty()).then(|| prompt.tools.iter().map(function).collect())
}

/// What an answer says; nothing for one of another form.
pub(in crate::surface) fn read(answer: &Value) -> Option<Said> {
    let choice = answer.pointer("/choices/0")?;
    let message = choice.get("message")?;
    let calls = message.get("tool_calls").and_then(Value::as_array).into_iter().flatten().filter_map(|call| {
        let name = call.pointer("/function/name")?.as_str()?.to_owned();
        let input = match call.pointer("/function/arguments") {
            Some(Value::String(text)) => arguments(text),
            other => other.cloned().unwrap_or_default(),
        };
        Some(ToolCall { name, input })
    });
    let reason = finish(choice);
    let said = Said { calls: calls.collect(), ..Said::text(&content(message), reason, end(reason)) };
    Some(said.counted(number(answer, "/usage/prompt_tokens"), number(answer, "/usage/completion_tokens")))
}

/// A text, or parts of which some are texts; and a refusal, which is said, too.
fn content(message: &Value) -> String {
    let text = match message.get("content") {
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| part.get("text")?.as_str()).collect::<Vec<_>>().join("\n")
        }
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    if text.is_empty() { word(message, "/refusal").to_owned() } else { text }
}

/// Mistral has another word for it.
fn finish(choice: &Value) -> &str {
    let [finish, stop] = ["/finish_reason", "/stop_reason"].map(|path| word(choice, path));
    if finish.is_empty() { stop } else { finish }
}

fn end(reason: &str) -> End {
    match reason {
        "stop" | "tool_calls" | "function_call" | "end_turn" | "stop_sequence" => End::Whole,
        "length" | "max_tokens" => End::Capped,
        "" => End::Unsaid,
        _ => End::Stopped,
    }
}

/// An answer in parts.
#[derive(Debug, Default)]
pub(in crate::surface) struct Parts {
    said: Said,
    calls: BTreeMap<u64, (String, String)>,
}

impl Listener for Parts {
    fn take(&mut self, part: &Value) -> bool {
        self.said.input_tokens = number(part, "/usage/prompt_tokens").or(self.said.input_tokens);
        self.said.output_tokens = number(part, "/usage/completion_tokens").or(self.said.output_tokens);
        let Some(choice) = part.pointer("/choices/0") else { return part.get("choices").is_some() };
        // Mistral's parts have a message where others have what is new of it.
        let new = choice.get("delta").or_else(|| choice.get("message")).unwrap_or(&Value::Null);
        self.said.text.push_str(&content(new));
        for call in new.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
            let known = self.calls.entry(number(call, "/index").unwrap_or_default()).or_default();
            known.0.push_str(word(call, "/function/name"));
            known.1.push_str(word(call, "/function/arguments"));
        }
        let reason = finish(choice);
        if !reason.is_empty() {
            (self.said.stop_reason, self.said.end) = (reason.to_owned(), end(reason));
        }
        true
    }

    fn said(self: Box<Self>) -> Option<Said> {
        let calls = self.calls.into_values().map(|(name, input)| ToolCall { name, input: arguments(&input) });
        let said = Said { calls: calls.collect(), ..self.said };
        (said.end != End::Unsaid).then_some(said)
    }
}
