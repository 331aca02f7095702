//! Amazon Titan text: one prompt.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html>

use super::said::{Said, number, word};
use crate::answer::End;
use crate::conversation::Prompt;
use crate::pack::Role;
use serde_json::{Value, json};

pub(super) fn request(prompt: &Prompt) -> Value {
    let mut text = String::new();
    if !prompt.system.is_empty() {
        text.push_str(&format!("{}\n\n", prompt.system));
    }
    for turn in &prompt.turns {
        let who = match turn.role {
            Role::User => "User",
            Role::Assistant => "Bot",
        };
        text.push_str(&format!("{who}: {}\n", turn.text));
    }
    text.push_str("Bot:");
    json!({"inputText": text, "textGenerationConfig": {"maxTokenCount": prompt.max_output_tokens}})
}

pub(super) fn read(answer: &Value) -> Option<Said> {
    let said = said(answer.pointer("/results/0")?)?;
    Some(said.counted(number(answer, "/inputTextTokenCount"), number(answer, "/results/0/tokenCount")))
}

/// A part of a stream has the result without the list.
pub(super) fn read_part(part: &Value) -> Option<Said> {
    Some(said(part)?.counted(number(part, "/inputTextTokenCount"), number(part, "/totalOutputTextTokenCount")))
}

fn said(result: &Value) -> Option<Said> {
    let (text, reason) = (result.get("outputText")?.as_str()?, word(result, "/completionReason"));
    let end = match reason {
        "FINISH" | "FINISHED" | "STOP_CRITERIA_MET" => End::Whole,
        "LENGTH" => End::Capped,
        "" => End::Unsaid,
        _ => End::Stopped,
    };
    Some(Said::text(text, reason, end))
}
