//! Mistral's newer models.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-mistral-chat-completion.html>

use super::chat;
use crate::conversation::Prompt;
use serde_json::{Value, json};

pub(super) fn request(prompt: &Prompt) -> Value {
    let mut request = json!({"messages": chat::messages(prompt), "max_tokens": prompt.max_output_tokens});
    if let (Some(fields), Some(tools)) = (request.as_object_mut(), chat::tools(prompt)) {
        fields.insert("tools".into(), tools.into());
    }
    request
}
