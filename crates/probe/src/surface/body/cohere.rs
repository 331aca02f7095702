//! Cohere Command R.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html>

use super::Listener;
use super::said::{Said, word};
use crate::answer::End;
use crate::conversation::Prompt;
use crate::pack::Role;
use serde_json::{Value, json};

pub(super) fn request(prompt: &Prompt) -> Value {
    let mut turns = prompt.turns.iter();
    let last = turns.next_back().map(|turn| turn.text.as_str());
    let history = turns.map(|turn| {
        let role = match turn.role {
            Role::User => "USER",
            Role::Assistant => "CHATBOT",
        };
        json!({"role": role, "message": turn.text})
    });
    let mut request = json!({
        "message": last,
        "chat_history": history.collect::<Vec<_>>(),
        "max_tokens": prompt.max_output_tokens,
    });
    if let Some(fields) = request.as_object_mut().filter(|_| !prompt.system.is_empty()) {
        fields.insert("preamble".into(), prompt.system.as_str().into());
    }
    request
}

pub(super) fn read(answer: &Value) -> Option<Said> {
    let (text, reason) = (answer.get("text")?.as_str()?, word(answer, "/finish_reason"));
    Some(Said::text(text, reason, end(reason)))
}

fn end(reason: &str) -> End {
    match reason {
        "COMPLETE" => End::Whole,
        "MAX_TOKENS" => End::Capped,
        "" => End::Unsaid,
        _ => End::Stopped,
    }
}

/// An answer in parts: the last one has a reason, and the whole answer again.
#[derive(Debug, Default)]
pub(super) struct Parts(Said);

impl Listener for Parts {
    fn take(&mut self, part: &Value) -> bool {
        if word(part, "/event_type") == "text-generation" {
            self.0.text.push_str(word(part, "/text"));
        }
        let reason = word(part, "/finish_reason");
        if !reason.is_empty() {
            (self.0.stop_reason, self.0.end) = (reason.to_owned(), end(reason));
        }
        part.get("event_type").is_some()
    }

    fn said(self: Box<Self>) -> Option<Said> {
        (self.0.end != End::Unsaid).then_some(self.0)
    }
}
