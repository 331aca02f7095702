//! InvokeModel: a model's own form of request and answer.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>

use super::body::Said;
use super::{Asker, Body};
use crate::answer::{Answer, Intervention, Usage};
use crate::conversation::Prompt;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sightline_aws::{Blob, CallError};

const OPERATION: &str = "InvokeModel";

pub(super) async fn ask(asker: &Asker<'_>, body: Body, prompt: &Prompt, probe_id: &str) -> Result<Answer, CallError> {
    let request = request(asker, body, prompt, probe_id);
    let blob = asker.aws.blob(asker.target.region(), "bedrock-runtime", OPERATION, request).await?;
    let unreadable = |reason: String| asker.unreadable("bedrock-runtime", OPERATION, reason);
    let answer: Value =
        serde_json::from_slice(&blob.bytes).map_err(|error| unreadable(format!("the answer is no JSON: {error}")))?;
    let said = body.read(&answer);
    // A guardrail that blocks may answer without the model's form.
    let mut guarded = Guarded::default();
    guarded.take(&answer);
    let guardrail = guarded.verdict();
    let said = match (said, guardrail) {
        (Some(said), _) => said,
        (None, Intervention::Blocked) => Said::default(),
        (None, _) => return Err(unreadable(not_of(body))),
    };
    Ok(answered(said, guardrail, &blob))
}

/// The request, which is that of its stream, too.
pub(super) fn request(asker: &Asker<'_>, body: Body, prompt: &Prompt, probe_id: &str) -> Value {
    let guardrail = asker.target.guardrail();
    json!({
        "modelId": asker.target.model(),
        "contentType": "application/json",
        "accept": "application/json",
        "body": STANDARD.encode(body.request(prompt, asker.target.model()).to_string()),
        "guardrailIdentifier": guardrail.map(|guardrail| guardrail.id.as_str()),
        "guardrailVersion": guardrail.map(|guardrail| guardrail.version.as_str()),
        "trace": guardrail.map(|_| "ENABLED"),
        "requestMetadata": asker.metadata(probe_id).to_string(),
    })
}

/// Bedrock writes into the model's answer what its guardrail did; of an answer in parts, into any of them.
#[derive(Debug, Default)]
pub(super) struct Guarded {
    intervened: bool,
    traces: Vec<Value>,
}

impl Guarded {
    pub(super) fn take(&mut self, part: &Value) {
        let action = part.get("amazon-bedrock-guardrailAction").and_then(Value::as_str);
        self.intervened |= action == Some("INTERVENED");
        self.traces.extend(part.pointer("/amazon-bedrock-trace/guardrail").cloned());
    }

    pub(super) fn verdict(self) -> Intervention {
        Intervention::of(self.intervened, Some(&Value::Array(self.traces)))
    }
}

pub(super) fn not_of(body: Body) -> String {
    format!("the answer is not in the form `{body}`; name the model's own form with `--body`")
}

fn answered(said: Said, guardrail: Intervention, blob: &Blob) -> Answer {
    // Bedrock counts for all models; some do not count for themselves.
    let header = |name: &str| blob.header(name)?.trim().parse::<u64>().ok();
    let counted = header("x-amzn-bedrock-input-token-count")
        .zip(header("x-amzn-bedrock-output-token-count"))
        .map(|(input, output)| Usage { input, output });
    let latency = header("x-amzn-bedrock-invocation-latency").and_then(|latency| i64::try_from(latency).ok());
    said.answer(guardrail, counted, latency.unwrap_or_default())
}
