//! Token counts and latency.
//!
//! `input_tokens` never holds what was read from a cache: Bedrock and Anthropic count it beside, OpenAI's shape within, where it is
//! taken off.

use super::node::Node;

/// What is known of tokens and time; nothing is not 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) input: Option<i64>,
    pub(crate) output: Option<i64>,
    pub(crate) cache_read: Option<i64>,
    pub(crate) cache_write: Option<i64>,
    pub(crate) latency_ms: Option<i64>,
    pub(crate) first_byte_ms: Option<i64>,
}

impl Usage {
    /// What this one does not know the other one may.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            input: self.input.or(other.input),
            output: self.output.or(other.output),
            cache_read: self.cache_read.or(other.cache_read),
            cache_write: self.cache_write.or(other.cache_write),
            latency_ms: self.latency_ms.or(other.latency_ms),
            first_byte_ms: self.first_byte_ms.or(other.first_byte_ms),
        }
    }

    /// Takes the members of an object that counts: a `usage`, `amazon-bedrock-invocationMetrics`, or an answer that counts beside its
    /// text. In a stream the counts grow: the last one counts.
    pub(crate) fn learn(&mut self, object: Node<'_>) {
        let mut cached = None;
        for (name, value) in object.members() {
            let known = match name {
                "inputTokens"
                | "input_tokens"
                | "prompt_tokens"
                | "inputTokenCount"
                | "inputTextTokenCount"
                | "prompt_token_count" => &mut self.input,
                "outputTokens"
                | "output_tokens"
                | "completion_tokens"
                | "outputTokenCount"
                | "generation_token_count"
                | "totalOutputTextTokenCount"
                | "tokenCount"
                | "generated_tokens" => &mut self.output,
                "cacheReadInputTokens" | "cacheReadInputTokenCount" | "cache_read_input_tokens" => &mut self.cache_read,
                "cacheWriteInputTokens" | "cacheWriteInputTokenCount" | "cache_creation_input_tokens" => {
                    &mut self.cache_write
                }
                "latencyMs" | "invocationLatency" => &mut self.latency_ms,
                "firstByteLatency" | "timeToFirstByteMs" => &mut self.first_byte_ms,
                "prompt_tokens_details" | "input_tokens_details" => {
                    cached = value.at("cached_tokens").count();
                    continue;
                }
                _ => continue,
            };
            *known = value.count().or(*known);
        }
        if let Some(cached) = cached {
            self.cache_read = Some(cached);
            self.input = self.input.map(|input| (input - cached).max(0));
        }
    }
}
