//! Amazon Bedrock's Converse API.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>

use super::Asker;
use crate::answer::{Answer, End, Intervention, Usage};
use crate::conversation::Prompt;
use crate::oracle::ToolCall;
use crate::pack::Tool;
use serde_json::{Value, json};
use sightline_aws::CallError;

pub(super) async fn ask(asker: &Asker<'_>, prompt: &Prompt, probe_id: &str) -> Result<Answer, CallError> {
    let request = request(asker, prompt, probe_id);
    let answer = asker.aws.call(asker.target.region(), "bedrock-runtime", "Converse", request).await?;
    Ok(read(&answer))
}

/// The request, which is that of its stream, too.
pub(super) fn request(asker: &Asker<'_>, prompt: &Prompt, probe_id: &str) -> Value {
    let mut request = json!({
        "modelId": asker.target.model(),
        "messages": messages(prompt),
        "inferenceConfig": {"maxTokens": prompt.max_output_tokens},
        "requestMetadata": asker.metadata(probe_id),
    });
    if let Some(fields) = request.as_object_mut() {
        if !prompt.system.is_empty() {
            fields.insert("system".into(), json!([{"text": prompt.system}]));
        }
        if !prompt.tools.is_empty() {
            fields.insert("toolConfig".into(), tools(&prompt.tools));
        }
        if let Some(guardrail) = asker.target.guardrail() {
            let config =
                json!({"guardrailIdentifier": guardrail.id, "guardrailVersion": guardrail.version, "trace": "enabled"});
            fields.insert("guardrailConfig".into(), config);
        }
    }
    request
}

pub(super) fn messages(prompt: &Prompt) -> Value {
    prompt.turns.iter().map(|turn| json!({"role": turn.role.as_str(), "content": [{"text": turn.text}]})).collect()
}

pub(super) fn tools(tools: &[Tool]) -> Value {
    let spec = |tool: &Tool| json!({"toolSpec": {"name": tool.name, "description": tool.about, "inputSchema": {"json": tool.schema()}}});
    json!({"tools": tools.iter().map(spec).collect::<Vec<_>>()})
}

/// What of an answer is judged.
pub(crate) fn read(answer: &Value) -> Answer {
    let blocks = answer.pointer("/output/message/content").and_then(Value::as_array);
    let calls = ToolCall::of_converse(blocks.into_iter().flatten());
    let texts = blocks.into_iter().flatten().filter_map(|block| block.get("text")?.as_str());
    let tokens = |name: &str| answer.pointer(&format!("/usage/{name}")).and_then(Value::as_u64);
    let cached = tokens("cacheReadInputTokens").unwrap_or(0) + tokens("cacheWriteInputTokens").unwrap_or(0);
    let stop_reason = answer.get("stopReason").and_then(Value::as_str).unwrap_or_default().to_owned();
    Answer {
        text: texts.collect::<Vec<_>>().join("\n"),
        calls,
        guardrail: Intervention::of(stop_reason == "guardrail_intervened", answer.pointer("/trace/guardrail")),
        end: end(&stop_reason),
        stop_reason,
        usage: tokens("inputTokens")
            .zip(tokens("outputTokens"))
            .map(|(input, output)| Usage { input: input.saturating_add(cached), output }),
        latency_ms: answer.pointer("/metrics/latencyMs").and_then(Value::as_i64).unwrap_or_default(),
    }
}

fn end(stop_reason: &str) -> End {
    match stop_reason {
        "end_turn" | "stop_sequence" | "tool_use" => End::Whole,
        "max_tokens" => End::Capped,
        "" => End::Unsaid,
        _ => End::Stopped,
    }
}
