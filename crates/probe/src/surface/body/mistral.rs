//! Mistral's older models: one prompt.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-text-completion.html>

use super::said::{Said, stop_or_length, word};
use crate::conversation::Prompt;
use crate::pack::Role;
use serde_json::{Value, json};

pub(super) fn request(prompt: &Prompt) -> Value {
    let mut text = String::from("<s>");
    // There is no place for a system prompt but before the first turn.
    let mut before = match prompt.system.as_str() {
        "" => String::new(),
        system => format!("{system}\n\n"),
    };
    for turn in &prompt.turns {
        match turn.role {
            Role::User => text.push_str(&format!("[INST] {}{} [/INST]", std::mem::take(&mut before), turn.text)),
            Role::Assistant => text.push_str(&format!(" {}</s>", turn.text)),
        }
    }
    json!({"prompt": text, "max_tokens": prompt.max_output_tokens})
}

pub(super) fn read(answer: &Value) -> Option<Said> {
    let output = answer.pointer("/outputs/0")?;
    let (text, reason) = (output.get("text")?.as_str()?, word(output, "/stop_reason"));
    Some(Said::text(text, reason, stop_or_length(reason)))
}
