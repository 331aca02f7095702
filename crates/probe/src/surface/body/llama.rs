//! Meta's Llama: one prompt, whose marks changed with the generations.
//!
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html>

use super::said::{Said, number, stop_or_length, word};
use crate::conversation::Prompt;
use crate::pack::Role;
use serde_json::{Value, json};

pub(super) fn request(prompt: &Prompt, model: &str) -> Value {
    let text = match model {
        old if old.contains("llama2") => second(prompt),
        new if new.contains("llama4") => headed(prompt, ["<|header_start|>", "<|header_end|>", "<|eot|>"]),
        _ => headed(prompt, ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]),
    };
    json!({"prompt": text, "max_gen_len": prompt.max_output_tokens})
}

/// Llama 3 and later.
fn headed(prompt: &Prompt, [open, close, end]: [&str; 3]) -> String {
    let mut text = String::from("<|begin_of_text|>");
    let mut add = |role: &str, said: &str| text.push_str(&format!("{open}{role}{close}\n\n{said}{end}"));
    if !prompt.system.is_empty() {
        add("system", &prompt.system);
    }
    prompt.turns.iter().for_each(|turn| add(turn.role.as_str(), &turn.text));
    text + &format!("{open}assistant{close}\n\n")
}

/// Llama 2.
fn second(prompt: &Prompt) -> String {
    let mut text = String::new();
    let mut before = match prompt.system.as_str() {
        "" => String::new(),
        system => format!("<<SYS>>\n{system}\n<</SYS>>\n\n"),
    };
    for turn in &prompt.turns {
        match turn.role {
            Role::User => text.push_str(&format!("<s>[INST] {}{} [/INST]", std::mem::take(&mut before), turn.text)),
            Role::Assistant => text.push_str(&format!(" {} </s>", turn.text)),
        }
    }
    text
}

pub(super) fn read(answer: &Value) -> Option<Said> {
    let (text, reason) = (answer.get("generation")?.as_str()?, word(answer, "/stop_reason"));
    let said = Said::text(text, reason, stop_or_length(reason));
    Some(said.counted(number(answer, "/prompt_token_count"), number(answer, "/generation_token_count")))
}
