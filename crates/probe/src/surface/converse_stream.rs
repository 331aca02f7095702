//! ConverseStream: Converse's answer in events, put together again.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html>

use super::{Asker, converse};
use crate::answer::Answer;
use crate::conversation::Prompt;
use serde_json::{Map, Value, json};
use sightline_aws::CallError;
use std::collections::BTreeMap;

pub(super) async fn ask(asker: &Asker<'_>, prompt: &Prompt, probe_id: &str) -> Result<Answer, CallError> {
    let request = converse::request(asker, prompt, probe_id);
    let mut events = asker.aws.stream(asker.target.region(), "bedrock-runtime", "ConverseStream", request).await?;
    let mut message = Message::default();
    while let Some((name, event)) = events.next().await? {
        message.take(&name, &event);
    }
    if message.is_finished() { Ok(converse::read(&message.whole())) } else { Err(events.unfinished()) }
}

/// A message that comes in events.
#[derive(Debug, Default)]
pub(super) struct Message {
    blocks: BTreeMap<u64, Block>,
    /// what is not content: `stopReason`, `usage`, `metrics`, `trace`
    rest: Map<String, Value>,
}

#[derive(Debug, Default)]
struct Block {
    text: String,
    /// the tool that it calls
    tool: Option<String>,
    /// its arguments, JSON in parts
    input: String,
}

impl Message {
    /// Takes an event; whether it is one of these.
    pub(super) fn take(&mut self, name: &str, event: &Value) -> bool {
        match name {
            "contentBlockStart" => {
                let tool = event.pointer("/start/toolUse/name").and_then(Value::as_str);
                self.block(event).tool = tool.map(str::to_owned);
            }
            "contentBlockDelta" => {
                let part = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or_default();
                let block = self.block(event);
                block.text.push_str(part("/delta/text"));
                block.input.push_str(part("/delta/toolUse/input"));
            }
            "messageStop" | "metadata" => {
                self.rest.extend(event.as_object().cloned().unwrap_or_default());
            }
            "messageStart" | "contentBlockStop" => {}
            _ => return false,
        }
        true
    }

    fn block(&mut self, event: &Value) -> &mut Block {
        self.blocks.entry(event.get("contentBlockIndex").and_then(Value::as_u64).unwrap_or_default()).or_default()
    }

    /// Whether the event came that ends a message.
    pub(super) fn is_finished(&self) -> bool {
        self.rest.contains_key("stopReason")
    }

    /// The answer as Converse gives it.
    pub(super) fn whole(mut self) -> Value {
        let content: Vec<Value> = self.blocks.into_values().map(Block::whole).collect();
        self.rest.insert("output".into(), json!({"message": {"content": content}}));
        Value::Object(self.rest)
    }
}

impl Block {
    fn whole(self) -> Value {
        match self.tool {
            // Arguments that are no JSON are kept as text: they may say what they should not all the same.
            Some(name) => {
                let input = serde_json::from_str(&self.input).unwrap_or(Value::String(self.input));
                json!({"toolUse": {"name": name, "input": input}})
            }
            None => json!({"text": self.text}),
        }
    }
}
