//! Amazon Nova: close to Converse.
//!
//! <https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html>

use super::Listener;
use super::said::Said;
use crate::answer::Answer;
use crate::conversation::Prompt;
use crate::surface::{converse, converse_stream};
use serde_json::{Value, json};

pub(super) fn request(prompt: &Prompt) -> Value {
    let mut request = json!({
        "schemaVersion": "messages-v1",
        "messages": converse::messages(prompt),
        "inferenceConfig": {"maxTokens": prompt.max_output_tokens},
    });
    if let Some(fields) = request.as_object_mut() {
        if !prompt.system.is_empty() {
            fields.insert("system".into(), json!([{"text": prompt.system}]));
        }
        if !prompt.tools.is_empty() {
            fields.insert("toolConfig".into(), converse::tools(&prompt.tools));
        }
    }
    request
}

pub(super) fn read(answer: &Value) -> Option<Said> {
    answer.pointer("/output/message/content")?.as_array()?;
    Some(said(converse::read(answer)))
}

fn said(answer: Answer) -> Said {
    let Answer { text, calls, stop_reason, end, usage, .. } = answer;
    let (input_tokens, output_tokens) = (usage.map(|usage| usage.input), usage.map(|usage| usage.output));
    Said { text, calls, stop_reason, end, input_tokens, output_tokens }
}

/// An answer in parts: the events of ConverseStream, each an object with its name.
#[derive(Debug, Default)]
pub(super) struct Parts(converse_stream::Message);

impl Listener for Parts {
    fn take(&mut self, part: &Value) -> bool {
        let events = part.as_object().into_iter().flatten();
        events.fold(false, |known, (name, event)| self.0.take(name, event) || known)
    }

    fn said(self: Box<Self>) -> Option<Said> {
        self.0.is_finished().then(|| said(converse::read(&self.0.whole())))
    }
}
