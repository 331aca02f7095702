//! Chat completions of any server inside the network that speaks as OpenAI does: vLLM, Text Generation Inference, Ollama, llama.cpp.
//!
//! <https://platform.openai.com/docs/api-reference/chat/create>

mod web;

pub(crate) use web::Web;

use super::body::chat;
use super::{Asker, TAG};
use crate::answer::{Answer, Intervention};
use crate::conversation::Prompt;
use serde_json::{Map, Value};
use sightline_aws::{CallError, CallErrorKind};
use sightline_model::untrusted::shortened;

const SERVICE: &str = "openai";
const OPERATION: &str = "chat/completions";

pub(super) async fn ask(asker: &Asker<'_>, model: &str, prompt: &Prompt) -> Result<Answer, CallError> {
    let failed = |kind, code: &str, status, message: String| CallError {
        kind,
        code: code.to_owned(),
        status,
        ..asker.unreadable(SERVICE, OPERATION, message)
    };
    let web = asker.web().map_err(|reason| failed(CallErrorKind::Unreachable, "Tls", None, reason))?;
    let url = format!("{}/{OPERATION}", asker.target.model().trim_end_matches('/'));
    let body = request(asker, model, prompt).to_string();
    let answered = web.post(&url, asker.target.token(), &format!("{TAG}/{}", asker.run_id), body).await;
    let answer = answered.map_err(|error| failed(error.kind, error.code, error.status, error.message))?;
    let value: Value = serde_json::from_slice(&answer)
        .map_err(|error| asker.unreadable(SERVICE, OPERATION, format!("the answer is no JSON: {error}")))?;
    let said = chat::read(&value);
    let said = said.ok_or_else(|| asker.unreadable(SERVICE, OPERATION, not_chat(&value)))?;
    Ok(said.answer(Intervention::None, None, 0))
}

fn not_chat(answer: &Value) -> String {
    match answer.pointer("/error/message").and_then(Value::as_str) {
        Some(error) => format!("the server failed: {}", shortened(error, 300)),
        None => "the answer has no `choices`".to_owned(),
    }
}

fn request(asker: &Asker<'_>, model: &str, prompt: &Prompt) -> Value {
    let mut request = Map::new();
    request.insert("model".into(), model.into());
    request.insert("messages".into(), chat::messages(prompt).into());
    request.insert("max_tokens".into(), prompt.max_output_tokens.into());
    request.insert("user".into(), format!("{TAG}/{}", asker.run_id).into());
    if let Some(tools) = chat::tools(prompt) {
        request.insert("tools".into(), tools.into());
    }
    Value::Object(request)
}
