//! DeepSeek R1: one prompt. What it thinks comes before what it says.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-deepseek.html>

use super::said::{Said, stop_or_length, word};
use crate::conversation::Prompt;
use crate::pack::Role;
use serde_json::{Value, json};

pub(super) fn request(prompt: &Prompt) -> Value {
    let mut text = format!("<｜begin▁of▁sentence｜>{}", prompt.system);
    for turn in &prompt.turns {
        match turn.role {
            Role::User => text.push_str(&format!("<｜User｜>{}", turn.text)),
            Role::Assistant => text.push_str(&format!("<｜Assistant｜>{}<｜end▁of▁sentence｜>", turn.text)),
        }
    }
    text.push_str("<｜Assistant｜><think>\n");
    json!({"prompt": text, "max_tokens": prompt.max_output_tokens})
}

pub(super) fn read(answer: &Value) -> Option<Said> {
    let choice = answer.pointer("/choices/0")?;
    let (text, reason) = (choice.get("text")?.as_str()?, word(choice, "/stop_reason"));
    Some(Said::text(text, reason, stop_or_length(reason)))
}
