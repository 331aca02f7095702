//! What an answer tells beside its text: tokens, time, why it ended, which tools the model asks for, what the guardrail did.
//!
//! | family | whole answer | stream |
//! |---|---|---|
//! | Converse, Nova | `stopReason`, `usage`, `metrics`, `trace`, `output.message.content` | `messageStop`, `metadata`, `contentBlockStart` |
//! | Anthropic | `stop_reason`, `usage`, `content` | `message_start`, `message_delta`, `content_block_start` |
//! | Titan | `results[].completionReason`, `inputTextTokenCount` | `completionReason`, `totalOutputTextTokenCount` |
//! | Llama | `stop_reason`, `prompt_token_count`, `generation_token_count` | likewise |
//! | Mistral | `outputs[].stop_reason`, `choices[].stop_reason` | likewise |
//! | Cohere | `finish_reason`, `generations[]`, `meta.billed_units`, `tool_calls[].name` | `event_type`, `response` |
//! | OpenAI | `choices[].finish_reason`, `usage`, `message.tool_calls[].function.name`; `output[].type`, `status` | `delta`; `response` |
//! | AI21 | `completions[].finishReason.reason`, or as OpenAI | |
//! | Hugging Face | `generated_text`, `details.finish_reason`, `details.generated_tokens` | likewise |
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html>

use super::guardrail::Verdict;
use super::node::Node;
use super::usage::Usage;

/// Names of tools that are kept.
const MOST_TOOLS: usize = 50;
/// Name of Bedrock's own counts, at the end of an answer of any family.
const METRICS: &str = "amazon-bedrock-invocationMetrics";

/// What an answer tells.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// as the model counts
    pub(crate) usage: Usage,
    /// as Bedrock counts
    pub(crate) metrics: Usage,
    /// why it ended; empty where that is not told
    pub(crate) stop_reason: String,
    /// names of tools that the model asks for, each once
    pub(crate) tools: Vec<String>,
    pub(crate) verdict: Verdict,
}

impl Answer {
    /// Takes an answer: an object, or a stream's events in their order.
    pub(crate) fn learn(&mut self, body: Node<'_>) {
        body.each().for_each(|part| self.part(part, true));
        if self.stop_reason == "guardrail_intervened" {
            self.verdict.intervened();
        }
    }

    /// One object of an answer. A part may hold another one, once.
    fn part(&mut self, part: Node<'_>, outer: bool) {
        self.usage.learn(part);
        self.verdict.learn(part);
        for (name, value) in part.members() {
            match name {
                "usage" | "metrics" => self.usage.learn(value),
                "meta" => self.usage.learn(value.at("billed_units")),
                METRICS => self.metrics.learn(value),
                "stopReason" | "stop_reason" | "finish_reason" | "completionReason" => self.stopped(value),
                "finishReason" => self.stopped(if value.is_object() { value.at("reason") } else { value }),
                "content" | "content_block" | "tool_calls" | "toolUse" | "tool_plan" => self.blocks(name, value),
                // Of the responses interface; `completed` is no reason.
                "incomplete_details" => self.stopped(value.at("reason")),
                "contentBlockStart" => self.block(value.at("start")),
                "output" => {
                    self.blocks("content", value);
                    self.nested(value.at("message"), outer);
                }
                "messageStop" | "metadata" | "message" | "delta" | "response" | "details" => self.nested(value, outer),
                "results" | "outputs" | "choices" | "generations" | "completions" => {
                    value.elements().for_each(|element| self.nested(element, outer));
                }
                _ => {}
            }
        }
    }

    fn nested(&mut self, value: Node<'_>, outer: bool) {
        if outer {
            self.part(value, false);
            // A choice has a message or a delta, a response an output.
            for name in ["message", "delta", "output"] {
                self.blocks("tool_calls", value.at(name).at("tool_calls"));
                self.blocks("content", value.at(name).at("content"));
            }
        }
    }

    fn stopped(&mut self, reason: Node<'_>) {
        if let Some(reason) = reason.word() {
            reason.clone_into(&mut self.stop_reason);
        }
    }

    fn blocks(&mut self, name: &str, blocks: Node<'_>) {
        for block in blocks.each() {
            match name {
                "tool_calls" => self.tool(if block.at("function").is_there() { block.at("function") } else { block }),
                "toolUse" => self.tool(block),
                _ => self.block(block),
            }
        }
    }

    fn block(&mut self, block: Node<'_>) {
        if block.at("toolUse").is_object() {
            self.tool(block.at("toolUse"));
        }
        if matches!(block.at("type").str(), Some("tool_use" | "server_tool_use" | "function_call" | "mcp_tool_use")) {
            self.tool(block);
        }
    }

    fn tool(&mut self, tool: Node<'_>) {
        let Some(name) = tool.at("name").word() else { return };
        if self.tools.len() < MOST_TOOLS && !self.tools.iter().any(|known| known == name) {
            self.tools.push(name.to_owned());
        }
    }
}
