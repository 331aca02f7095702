//! One call of a model as a row.

use super::answer::Answer;
use super::body::Found;
use super::usage::Usage;
use crate::Batch;
use serde_json::Value;
use sightline_model::lake_table::MODEL_INVOCATION;

/// A row of [`MODEL_INVOCATION`]; its columns are told there.
#[derive(Debug, Default)]
pub(crate) struct Invocation<'o> {
    pub(crate) request_id: String,
    /// microseconds since 1970
    pub(crate) time: i64,
    pub(crate) account_id: String,
    pub(crate) region: String,
    pub(crate) inference_region: String,
    pub(crate) operation: String,
    pub(crate) model_id: String,
    pub(crate) identity_arn: String,
    pub(crate) streaming: Option<bool>,
    pub(crate) error_code: String,
    /// as the record counts
    pub(crate) usage: Usage,
    pub(crate) messages: Option<i64>,
    pub(crate) answer: Answer,
    pub(crate) request_metadata: Option<String>,
    pub(crate) input: Found,
    pub(crate) output: Found,
    pub(crate) input_path: String,
    pub(crate) output_path: String,
    pub(crate) prompt: Option<String>,
    pub(crate) completion: Option<String>,
    pub(crate) object: &'o str,
    pub(crate) line: i64,
}

impl Invocation<'_> {
    /// Appends the row.
    pub(crate) fn write(&self, batch: &mut Batch<'_>) {
        // The record counts what is billed; the model and Bedrock's metrics fill in.
        let usage = self.usage.or(self.answer.usage).or(self.answer.metrics);
        let tools = self.output.bytes.is_some().then(|| Value::from(self.answer.tools.clone()).to_string());
        let verdict = &self.answer.verdict;
        let mut row = batch.row(MODEL_INVOCATION);
        row.text("request_id", &self.request_id).time("event_time", self.time);
        row.text("account_id", &self.account_id).text("region", &self.region);
        row.text("inference_region", &self.inference_region).text("operation", &self.operation);
        row.text("model_id", &self.model_id).text("identity_arn", &self.identity_arn);
        row.maybe_bool("streaming", self.streaming).text("error_code", &self.error_code);
        row.text("stop_reason", &self.answer.stop_reason);
        row.maybe_int("input_tokens", usage.input).maybe_int("output_tokens", usage.output);
        row.maybe_int("cache_read_tokens", usage.cache_read).maybe_int("cache_write_tokens", usage.cache_write);
        row.maybe_int("input_bytes", self.input.bytes).maybe_int("output_bytes", self.output.bytes);
        row.maybe_int("messages", self.messages).maybe_text("tool_names", tools.as_deref());
        row.maybe_int("latency_ms", usage.latency_ms).maybe_int("first_byte_ms", usage.first_byte_ms);
        row.text("guardrail_id", &verdict.id).text("guardrail_version", &verdict.version);
        row.text("guardrail_action", verdict.action().as_str());
        row.maybe_text("guardrail_policies", verdict.policies().as_deref());
        row.maybe_text("request_metadata", self.request_metadata.as_deref());
        row.text("input_body", self.input.state).text("output_body", self.output.state);
        row.text("input_path", &self.input_path).text("output_path", &self.output_path);
        row.maybe_text("prompt", self.prompt.as_deref()).maybe_text("completion", self.completion.as_deref());
        row.text("object", self.object).int("line", self.line);
    }
}
