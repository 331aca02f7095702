//! ApplyGuardrail: a guardrail judges what a user says, and no model is asked.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html>

use super::Asker;
use crate::answer::{Answer, End, Intervention, Usage};
use crate::conversation::Prompt;
use crate::pack::Role;
use serde_json::{Value, json};
use sightline_aws::CallError;

const OPERATION: &str = "ApplyGuardrail";

pub(super) async fn ask(asker: &Asker<'_>, prompt: &Prompt) -> Result<Answer, CallError> {
    let guardrail = asker.target.guardrail();
    let said = prompt.turns.iter().filter(|turn| turn.role == Role::User);
    let request = json!({
        "guardrailIdentifier": guardrail.map(|guardrail| guardrail.id.as_str()),
        "guardrailVersion": guardrail.map(|guardrail| guardrail.version.as_str()),
        "source": "INPUT",
        // With all that was assessed, not only what was acted on: noticed and passed is not the same as not noticed.
        "outputScope": "FULL",
        "content": said.map(|turn| json!({"text": {"text": turn.text}})).collect::<Vec<_>>(),
    });
    let answer = asker.aws.call(asker.target.region(), "bedrock-runtime", OPERATION, request).await?;
    read(&answer)
        .ok_or_else(|| asker.unreadable("bedrock-runtime", OPERATION, "the answer does not say what the guardrail did"))
}

fn read(answer: &Value) -> Option<Answer> {
    let action = answer.get("action")?.as_str()?;
    let outputs = answer.get("outputs").and_then(Value::as_array).into_iter().flatten();
    let texts: Vec<&str> = outputs.filter_map(|output| output.get("text")?.as_str()).collect();
    Some(Answer {
        text: texts.join("\n"),
        calls: Vec::new(),
        stop_reason: action.to_owned(),
        end: End::Whole,
        guardrail: Intervention::of(action == "GUARDRAIL_INTERVENED", answer.get("assessments")),
        // Guardrails bill units of text, not tokens.
        usage: Some(Usage { input: 0, output: 0 }),
        latency_ms: answer
            .pointer("/assessments/0/invocationMetrics/guardrailProcessingLatency")
            .and_then(Value::as_i64)
            .unwrap_or_default(),
    })
}
