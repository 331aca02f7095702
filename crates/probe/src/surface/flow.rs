//! InvokeFlow: a flow of Amazon Bedrock, by one of its aliases.
//!
//! A flow begins with one document, text here, and may end with several; its prompts are its own.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeFlow.html>

use super::{Asker, flat};
use crate::answer::{Answer, End, Intervention};
use crate::conversation::Prompt;
use serde_json::{Value, json};
use sightline_aws::CallError;

const SERVICE: &str = "bedrock-agent-runtime";
/// What the service names the node that every flow begins with, and its output.
const INPUT: (&str, &str) = ("FlowInputNode", "document");

pub(super) async fn ask(asker: &Asker<'_>, prompt: &Prompt) -> Result<Answer, CallError> {
    let (flow, alias) = names(asker.target.model());
    let (node, output) = INPUT;
    let request = json!({
        "flowIdentifier": flow,
        "flowAliasIdentifier": alias,
        "inputs": [{"nodeName": node, "nodeOutputName": output, "content": {"document": flat::text(prompt)}}],
    });
    let mut events = asker.aws.stream(asker.target.region(), SERVICE, "InvokeFlow", request).await?;
    let mut heard = Heard::default();
    while let Some((name, event)) = events.next().await? {
        heard.take(&name, &event);
    }
    heard.answer().ok_or_else(|| events.unfinished())
}

/// `…:flow/FLOW/alias/ALIAS`.
fn names(arn: &str) -> (&str, &str) {
    let mut parts = arn.rsplit('/');
    let alias = parts.next().unwrap_or_default();
    (parts.nth(1).unwrap_or_default(), alias)
}

#[derive(Debug, Default)]
struct Heard {
    texts: Vec<String>,
    completed: Option<String>,
}

impl Heard {
    fn take(&mut self, name: &str, event: &Value) {
        match name {
            // It asks back: that is its answer to this message.
            "flowOutputEvent" | "flowMultiTurnInputRequestEvent" => match event.pointer("/content/document") {
                Some(Value::String(text)) => self.texts.push(text.clone()),
                Some(other) => self.texts.push(other.to_string()),
                None => {}
            },
            "flowCompletionEvent" => {
                self.completed = event.get("completionReason").and_then(Value::as_str).map(str::to_owned);
            }
            _ => {}
        }
    }

    fn answer(self) -> Option<Answer> {
        let completed = self.completed?;
        Some(Answer {
            text: self.texts.join("\n"),
            calls: Vec::new(),
            end: if matches!(completed.as_str(), "SUCCESS" | "INPUT_REQUIRED") { End::Whole } else { End::Stopped },
            stop_reason: completed,
            // Guardrails belong to a flow's nodes, and what they say is the text that the flow goes on with.
            guardrail: Intervention::None,
            usage: None,
            latency_ms: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_count_once_the_flow_is_complete() {
        let mut heard = Heard::default();
        heard.take("flowTraceEvent", &json!({"trace": {}}));
        heard.take("flowOutputEvent", &json!({"nodeName": "a", "content": {"document": "first"}}));
        heard.take("flowOutputEvent", &json!({"nodeName": "b", "content": {"document": {"n": 1}}}));
        heard.take("flowCompletionEvent", &json!({"completionReason": "SUCCESS"}));
        let answer = heard.answer().unwrap();
        assert_eq!((answer.text.as_str(), answer.is_whole()), ("first\n{\"n\":1}", true));

        let mut cut = Heard::default();
        cut.take("flowOutputEvent", &json!({"content": {"document": "first"}}));
        assert_eq!(cut.answer(), None, "without its last event an answer may lack anything");
        assert_eq!(names("arn:aws:bedrock:us-east-1:123456789012:flow/FL/alias/AL"), ("FL", "AL"));
    }
}
