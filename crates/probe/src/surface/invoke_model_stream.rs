//! InvokeModelWithResponseStream: a model's own form of answer, in events.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html>

use super::invoke_model::Guarded;
use super::{Asker, Body, invoke_model};
use crate::answer::{Answer, Intervention, Usage};
use crate::conversation::Prompt;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sightline_aws::CallError;

pub(super) async fn ask(asker: &Asker<'_>, body: Body, prompt: &Prompt, probe_id: &str) -> Result<Answer, CallError> {
    let request = invoke_model::request(asker, body, prompt, probe_id);
    let region = asker.target.region();
    let mut events = asker.aws.stream(region, "bedrock-runtime", "InvokeModelWithResponseStream", request).await?;
    let mut listener = body.listener();
    let mut beside = Beside::default();
    while let Some((name, event)) = events.next().await? {
        if name == "chunk" {
            let chunk =
                chunk(&event).ok_or_else(|| events.unreadable("an event has no part of the answer that is JSON"))?;
            beside.take(&chunk);
            beside.known |= listener.take(&chunk);
        }
    }
    let guardrail = beside.guarded.verdict();
    let said = match listener.said() {
        Some(said) => said,
        None if guardrail == Intervention::Blocked => Default::default(),
        None if beside.chunks > 0 && !beside.known => return Err(events.unreadable(&invoke_model::not_of(body))),
        None => return Err(events.unfinished()),
    };
    Ok(said.answer(guardrail, beside.usage, beside.latency_ms))
}

fn chunk(event: &Value) -> Option<Value> {
    serde_json::from_slice(&STANDARD.decode(event.get("bytes")?.as_str()?).ok()?).ok()
}

/// What is to be seen of the chunks beside the model's words: most of it Bedrock writes into them.
#[derive(Default)]
struct Beside {
    chunks: u64,
    /// one of them was of the form that was expected
    known: bool,
    guarded: Guarded,
    usage: Option<Usage>,
    latency_ms: i64,
}

impl Beside {
    fn take(&mut self, chunk: &Value) {
        self.chunks += 1;
        self.guarded.take(chunk);
        let Some(metrics) = chunk.get("amazon-bedrock-invocationMetrics") else { return };
        let figure = |name: &str| metrics.get(name).and_then(Value::as_u64);
        self.usage =
            figure("inputTokenCount").zip(figure("outputTokenCount")).map(|(input, output)| Usage { input, output });
        self.latency_ms = metrics.get("invocationLatency").and_then(Value::as_i64).unwrap_or_default();
    }
}
