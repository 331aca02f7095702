//! RetrieveAndGenerate: a knowledge base, and the model that answers out of what it finds.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrieveAndGenerate.html>

use super::{Asker, flat};
use crate::answer::{Answer, End, Intervention};
use crate::conversation::Prompt;
use serde_json::{Value, json};
use sightline_aws::CallError;

const SERVICE: &str = "bedrock-agent-runtime";
const OPERATION: &str = "RetrieveAndGenerate";

pub(super) async fn ask(asker: &Asker<'_>, model: &str, prompt: &Prompt) -> Result<Answer, CallError> {
    let answer = asker.aws.call(asker.target.region(), SERVICE, OPERATION, request(asker, model, prompt)).await?;
    read(&answer, prompt.max_output_tokens)
        .ok_or_else(|| asker.unreadable(SERVICE, OPERATION, "the answer has no output"))
}

fn request(asker: &Asker<'_>, model: &str, prompt: &Prompt) -> Value {
    let mut generation = json!({"inferenceConfig": {"textInferenceConfig": {"maxTokens": prompt.max_output_tokens}}});
    if let Some(fields) = generation.as_object_mut() {
        if !prompt.system.is_empty() {
            let template = format!(
                "{}\n\nSearch results:\n$search_results$\n\n$output_format_instructions$",
                plain(&prompt.system)
            );
            fields.insert("promptTemplate".into(), json!({"textPromptTemplate": template}));
        }
        if let Some(guardrail) = asker.target.guardrail() {
            let config = json!({"guardrailId": guardrail.id, "guardrailVersion": guardrail.version});
            fields.insert("guardrailConfiguration".into(), config);
        }
    }
    json!({
        "input": {"text": flat::turns(prompt)},
        "retrieveAndGenerateConfiguration": {
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {
                "knowledgeBaseId": asker.target.model().rsplit('/').next(),
                "modelArn": model,
                "generationConfiguration": generation,
            },
        },
    })
}

/// Names that the service fills in: what the probe says must not become one.
const FILLED: &[&str] =
    &["search_results", "query", "output_format_instructions", "conversation_history", "current_time"];

fn plain(system: &str) -> String {
    FILLED.iter().fold(system.to_owned(), |text, name| text.replace(&format!("${name}$"), name))
}

fn read(answer: &Value, cap: u32) -> Option<Answer> {
    let text = answer.pointer("/output/text")?.as_str()?;
    let intervened = answer.get("guardrailAction").and_then(Value::as_str) == Some("INTERVENED");
    Some(Answer {
        text: text.to_owned(),
        calls: Vec::new(),
        stop_reason: String::new(),
        end: if intervened { End::Stopped } else { flat::end(text, cap) },
        // It says that the guardrail acted and not how: taken for blocking.
        guardrail: Intervention::of(intervened, None),
        usage: None,
        latency_ms: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guardrails_word_is_kept_apart_from_the_text() {
        let said = read(
            &json!({"output": {"text": "found"}, "citations": [], "guardrailAction": "NONE", "sessionId": "s"}),
            64,
        )
        .unwrap();
        assert_eq!((said.text.as_str(), said.guardrail, said.is_whole()), ("found", Intervention::None, true));
        let blocked = read(&json!({"output": {"text": "Sorry."}, "guardrailAction": "INTERVENED"}), 64).unwrap();
        assert_eq!((blocked.guardrail, blocked.is_whole()), (Intervention::Blocked, false));
        assert_eq!(read(&json!({"sessionId": "s"}), 64), None);
        assert_eq!(plain("costs $5 or $search_results$"), "costs $5 or search_results");
    }
}
