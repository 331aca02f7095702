//! InvokeAgent: an agent of Amazon Bedrock, by one of its aliases.
//!
//! An agent has instructions of its own and no place for others, so the probe's stand before the first message, as an application would
//! put them there. What the agent's own guardrail did, and what its model calls used, its trace tells.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html>

use super::{Asker, flat};
use crate::answer::{Answer, End, Intervention, Usage};
use crate::conversation::Prompt;
use crate::oracle::ToolCall;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use sightline_aws::CallError;
use std::sync::atomic::{AtomicU64, Ordering};

const SERVICE: &str = "bedrock-agent-runtime";

/// Sessions of this process: an agent remembers what was said in one, and no attempt may know of another.
static SESSIONS: AtomicU64 = AtomicU64::new(0);

pub(super) async fn ask(asker: &Asker<'_>, prompt: &Prompt, probe_id: &str) -> Result<Answer, CallError> {
    let text = flat::text(prompt);
    let (agent, alias) = names(asker.target.model());
    let request = json!({
        "agentId": agent,
        "agentAliasId": alias,
        "sessionId": session(asker.run_id, probe_id, &text),
        "inputText": text,
        "enableTrace": true,
        "sessionState": {"sessionAttributes": asker.metadata(probe_id)},
    });
    let mut events = asker.aws.stream(asker.target.region(), SERVICE, "InvokeAgent", request).await?;
    let mut heard = Heard::default();
    while let Some((name, event)) = events.next().await? {
        if !heard.take(&name, &event) {
            return Err(events.unreadable("a part of the answer is no text"));
        }
    }
    Ok(heard.answer())
}

/// `…:agent-alias/AGENT/ALIAS`.
fn names(arn: &str) -> (&str, &str) {
    let mut parts = arn.rsplit('/');
    let alias = parts.next().unwrap_or_default();
    (parts.next().unwrap_or_default(), alias)
}

fn session(run_id: &str, probe_id: &str, text: &str) -> String {
    let number = SESSIONS.fetch_add(1, Ordering::Relaxed);
    let digest = Sha256::digest(format!("{run_id}\n{probe_id}\n{number}\n{text}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What has come so far.
#[derive(Debug, Default)]
struct Heard {
    text: String,
    calls: Vec<ToolCall>,
    blocked: bool,
    assessed: Vec<Value>,
    failure: Option<String>,
    usage: Option<Usage>,
}

impl Heard {
    /// `false` where an event cannot be read.
    fn take(&mut self, name: &str, event: &Value) -> bool {
        match name {
            "chunk" => return self.chunk(event),
            "returnControl" => self.control(event),
            "trace" => self.trace(event.get("trace").unwrap_or(event)),
            _ => {}
        }
        true
    }

    fn chunk(&mut self, event: &Value) -> bool {
        let Some(encoded) = event.get("bytes").and_then(Value::as_str) else { return true };
        let text = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        text.inspect(|text| self.text.push_str(text)).is_some()
    }

    /// The agent wants its caller to call something.
    fn control(&mut self, event: &Value) {
        for input in event.get("invocationInputs").and_then(Value::as_array).into_iter().flatten() {
            let (of, name) = match input.get("functionInvocationInput") {
                Some(function) => (function, "function"),
                None => (input.get("apiInvocationInput").unwrap_or(input), "apiPath"),
            };
            let parameters = of.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let input: Map<String, Value> = parameters
                .filter_map(|one| Some((one.get("name")?.as_str()?.to_owned(), one.get("value")?.clone())))
                .collect();
            let name = of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            self.calls.push(ToolCall { name, input: Value::Object(input) });
        }
    }

    fn trace(&mut self, trace: &Value) {
        if let Some(guardrail) = trace.get("guardrailTrace") {
            self.blocked |= guardrail.get("action").and_then(Value::as_str) == Some("INTERVENED");
            self.assessed.push(guardrail.clone());
        }
        if let Some(failure) = trace.get("failureTrace") {
            self.failure = Some(failure.get("failureReason").and_then(Value::as_str).unwrap_or("it failed").to_owned());
        }
        let steps = trace.as_object().into_iter().flat_map(Map::values);
        for usage in steps.filter_map(|step| step.pointer("/modelInvocationOutput/metadata/usage")) {
            let tokens = |name: &str| usage.get(name).and_then(Value::as_u64).unwrap_or_default();
            let so_far = self.usage.unwrap_or(Usage { input: 0, output: 0 });
            self.usage = Some(Usage {
                input: so_far.input.saturating_add(tokens("inputTokens")),
                output: so_far.output.saturating_add(tokens("outputTokens")),
            });
        }
    }

    fn answer(self) -> Answer {
        // Assessments have actions of their own below the guardrail's, which only says whether it acted.
        let assessed: Vec<Value> = self
            .assessed
            .iter()
            .map(|one| json!([one.get("inputAssessments"), one.get("outputAssessments")]))
            .collect();
        Answer {
            text: self.text,
            calls: self.calls,
            // An agent tells of no stop: its answer is whole when its stream is, unless its trace tells of a failure.
            end: if self.failure.is_some() { End::Stopped } else { End::Whole },
            stop_reason: self.failure.map_or_else(String::new, |reason| format!("failed: {reason}")),
            guardrail: Intervention::of(self.blocked, Some(&Value::Array(assessed))),
            usage: self.usage,
            latency_ms: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(events: &[(&str, Value)]) -> Answer {
        let mut heard = Heard::default();
        assert!(events.iter().all(|(name, event)| heard.take(name, event)));
        heard.answer()
    }

    #[test]
    fn chunks_traces_and_returned_control_are_one_answer() {
        let usage = |step: &str, input: u64| {
            (
                step.to_owned(),
                json!({"modelInvocationOutput": {"metadata": {"usage": {"inputTokens": input, "outputTokens": 5}}}}),
            )
        };
        let trace = |content: (String, Value)| ("trace", json!({"agentId": "A", "trace": {content.0: content.1}}));
        let answer = heard(&[
            trace(usage("preProcessingTrace", 10)),
            trace(usage("orchestrationTrace", 20)),
            ("chunk", json!({"bytes": STANDARD.encode("half, ")})),
            ("chunk", json!({"bytes": STANDARD.encode("whole")})),
            (
                "returnControl",
                json!({"invocationInputs": [
                {"functionInvocationInput": {"function": "send_mail", "parameters": [{"name": "to", "type": "string", "value": "x@example.com"}]}},
                {"apiInvocationInput": {"apiPath": "/pay", "httpMethod": "POST"}}]}),
            ),
        ]);
        assert_eq!((answer.text.as_str(), answer.is_whole()), ("half, whole", true));
        assert_eq!(answer.usage, Some(Usage { input: 30, output: 10 }), "all calls of models that the agent made");
        assert_eq!(answer.calls.iter().map(|call| call.name.as_str()).collect::<Vec<_>>(), ["send_mail", "/pay"]);
        assert_eq!(answer.calls[0].input, json!({"to": "x@example.com"}));
    }

    #[test]
    fn each_form_of_the_agents_guardrail() {
        let trace = |action: &str, assessed: Value| {
            heard(&[
                ("trace", json!({"trace": {"guardrailTrace": {"action": action, "outputAssessments": [assessed]}}})),
                ("chunk", json!({"bytes": STANDARD.encode("text")})),
            ])
            .guardrail
        };
        let masked =
            json!({"sensitiveInformationPolicy": {"piiEntities": [{"action": "ANONYMIZED", "type": "EMAIL"}]}});
        let denied = json!({"topicPolicy": {"topics": [{"action": "BLOCKED", "name": "x"}]}});
        assert_eq!(trace("NONE", json!({})), Intervention::None);
        assert_eq!(trace("INTERVENED", denied), Intervention::Blocked);
        assert_eq!(trace("INTERVENED", masked), Intervention::Anonymised);
        assert_eq!(
            trace("NONE", json!({"contentPolicy": {"filters": [{"action": "NONE", "detected": true}]}})),
            Intervention::Detected
        );
    }

    #[test]
    fn a_failure_is_no_whole_answer_and_no_session_is_used_twice() {
        let failed = heard(&[("trace", json!({"trace": {"failureTrace": {"failureReason": "a tool failed"}}}))]);
        assert!(!failed.is_whole());
        assert_eq!(failed.stop_reason, "failed: a tool failed");
        assert!(!Heard::default().take("chunk", &json!({"bytes": "%%"})));
        assert_ne!(session("r", "p", "t"), session("r", "p", "t"));
        assert_eq!(names("arn:aws:bedrock:us-east-1:123456789012:agent-alias/AG/AL"), ("AG", "AL"));
    }
}
