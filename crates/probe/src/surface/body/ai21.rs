//! AI21 Jamba.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-jamba.html>

use super::chat;
use crate::conversation::Prompt;
use serde_json::{Value, json};

pub(super) fn request(prompt: &Prompt) -> Value {
    json!({"messages": chat::messages(prompt), "max_tokens": prompt.max_output_tokens})
}
