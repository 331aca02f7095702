//! What an oracle may look at.

use crate::answer::End;
use crate::fill::Words;
use serde_json::Value;

/// What a model did, and what it was told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    /// what was asked for, where a judge of answers may compare it; else empty
    pub(crate) asked: &'a str,
    /// the answer's text; empty when it only calls tools
    pub(crate) text: &'a str,
    /// tools that it calls, as the service tells them
    pub(crate) calls: &'a [ToolCall],
    /// how it ended
    pub(crate) end: End,
    /// as the service counted
    pub(crate) output_tokens: Option<u64>,
    /// the cap of the answer
    pub(crate) max_output_tokens: u32,
    /// the system prompt, as it was sent
    pub(crate) system: &'a str,
    /// what stands for the placeholders
    pub(crate) words: &'a Words,
}

/// A tool that a model calls.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ToolCall {
    pub(crate) name: String,
    pub(crate) input: Value,
}

/// Calls that are read from a text, at most.
const MOST_CALLS: usize = 64;

impl ToolCall {
    /// Calls of a Converse answer: its `toolUse` blocks.
    pub(crate) fn of_converse<'a>(blocks: impl IntoIterator<Item = &'a Value>) -> Vec<Self> {
        let call = |block: &Value| {
            let call = block.get("toolUse")?;
            Some(Self {
                name: call.get("name")?.as_str()?.to_owned(),
                input: call.get("input").cloned().unwrap_or_default(),
            })
        };
        blocks.into_iter().filter_map(call).collect()
    }

    /// Whether an argument says a text, plainly or in disguise.
    pub(crate) fn says(&self, text: &str) -> bool {
        crate::fold::says(&self.input.to_string(), text).is_some()
    }
}

impl Evidence<'_> {
    /// All calls: those of the service, and those written into the text as probes with tools ask for it:
    /// `<tool_call>{"name": …, "arguments": …}</tool_call>`.
    pub(crate) fn all_calls(&self) -> Result<Vec<ToolCall>, String> {
        let mut calls = self.calls.to_vec();
        for part in self.text.split("<tool_call>").skip(1) {
            let body = part.split_once("</tool_call>").map_or(part, |(body, _)| body);
            let read = serde_json::from_str::<Value>(body.trim()).ok().and_then(|call| {
                let input = call.get("arguments").or_else(|| call.get("parameters")).cloned().unwrap_or_default();
                Some(ToolCall { name: call.get("name")?.as_str()?.to_owned(), input })
            });
            calls.push(read.ok_or("the answer has a tool call that cannot be read")?);
            if calls.len() > MOST_CALLS {
                return Err(format!("the answer has more than {MOST_CALLS} tool calls"));
            }
        }
        Ok(calls)
    }
}

#[cfg(test)]
impl Evidence<'_> {
    /// Judges a text alone.
    pub(crate) fn of_text(
        text: &str,
        words: &Words,
        judge: impl FnOnce(&Evidence<'_>) -> super::Verdict,
    ) -> super::Verdict {
        judge(&Evidence {
            asked: "",
            text,
            calls: &[],
            end: End::Whole,
            output_tokens: Some(10),
            max_output_tokens: 100,
            system: "",
            words,
        })
    }
}
