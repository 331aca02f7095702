//! What of an endpoint's answer is judged.

use super::dialect::{Dialect, Form, Template};
use super::template;
use crate::answer::{Answer, End, Intervention, Usage};
use crate::surface::body::chat;
use crate::surface::flat;
use serde_json::Value;

/// Places where containers put the text, where nothing is said.
const TEXTS: &[&str] = &[
    "/generated_text",
    "/0/generated_text",
    "/outputs/0/text",
    "/outputs/0",
    "/outputs",
    "/output",
    "/response",
    "/completion",
    "/text",
    "/predictions/0/generated_text",
    "/predictions/0",
];

/// Words of containers for an answer that ran into its cap.
const CAPPED: &[&str] = &["length", "max_tokens", "max_length", "model_length", "max_new_tokens"];

/// The answer; else what is wrong with it.
pub(super) fn read(dialect: &Dialect, bytes: &[u8], cap: u32) -> Result<Answer, String> {
    let json = || serde_json::from_slice::<Value>(bytes).map_err(|error| format!("the answer is no JSON: {error}"));
    match &dialect.form {
        Form::TextGeneration => generation(&json()?, cap),
        Form::Chat => {
            let said = chat::read(&json()?);
            let said = said.ok_or("the answer has no `choices`: name its form with `--preset`")?;
            Ok(said.answer(Intervention::None, None, 0))
        }
        Form::JsonLines => lines(bytes, cap),
        Form::Template(form) => placed(form, &json()?, cap),
    }
}

/// A list of one, or that one.
fn generation(answer: &Value, cap: u32) -> Result<Answer, String> {
    if let Some(error) = answer.get("error").and_then(Value::as_str) {
        return Err(format!("the container failed: {error}"));
    }
    let one = answer.get(0).unwrap_or(answer);
    let text = one.get("generated_text").and_then(Value::as_str);
    let text = text.ok_or("the answer has no `generated_text`: name its form with `--preset`, or write a template")?;
    let reason = one.pointer("/details/finish_reason").and_then(Value::as_str).unwrap_or_default();
    let number = |path: &str| one.pointer(path).and_then(Value::as_u64);
    let prefill = one.pointer("/details/prefill").and_then(Value::as_array).filter(|tokens| !tokens.is_empty());
    let input = prefill.map(|tokens| tokens.len() as u64);
    let usage = input.zip(number("/details/generated_tokens")).map(|(input, output)| Usage { input, output });
    Ok(Answer { usage, ..text_of(text, reason, cap) })
}

fn lines(bytes: &[u8], cap: u32) -> Result<Answer, String> {
    let mut texts = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        let line: Value =
            serde_json::from_slice(line).map_err(|error| format!("a line of the answer is no JSON: {error}"))?;
        let text = line.as_str().or_else(|| TEXTS.iter().find_map(|place| line.pointer(place)?.as_str()));
        texts.push(
            text.ok_or("a line of the answer has no text: write a template that says where it stands")?.to_owned(),
        );
    }
    if texts.is_empty() {
        return Err("the answer has no line".to_owned());
    }
    Ok(text_of(&texts.concat(), "", cap))
}

fn placed(form: &Template, answer: &Value, cap: u32) -> Result<Answer, String> {
    let texts: Vec<&str> = template::at(answer, &form.answer).into_iter().filter_map(Value::as_str).collect();
    if texts.is_empty() {
        return Err(format!("the answer has no text at `{}`", form.answer));
    }
    let reason = match form.stop.is_empty() {
        true => "",
        false => template::at(answer, &form.stop).into_iter().find_map(Value::as_str).unwrap_or_default(),
    };
    Ok(text_of(&texts.join("\n"), reason, cap))
}

fn text_of(text: &str, reason: &str, cap: u32) -> Answer {
    let end = match reason {
        "" => flat::end(text, cap),
        reason if CAPPED.contains(&reason.to_ascii_lowercase().as_str()) => End::Capped,
        _ => End::Whole,
    };
    Answer {
        text: text.to_owned(),
        calls: Vec::new(),
        stop_reason: reason.to_owned(),
        end,
        guardrail: Intervention::None,
        usage: None,
        latency_ms: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn heard(form: Form, body: &str) -> Result<Answer, String> {
        read(&Dialect::new(form), body.as_bytes(), 20)
    }

    #[test]
    fn text_generation_tells_its_end_or_is_short_enough() {
        let heard = |answer: Value| {
            heard(Form::TextGeneration, &answer.to_string()).map(|answer| (answer.text.clone(), answer.end))
        };
        let of = |reason: &str| json!([{"generated_text": "a long answer of many words", "details": {"finish_reason": reason, "generated_tokens": 6}}]);
        assert_eq!(heard(of("eos_token")).unwrap().1, End::Whole);
        assert_eq!(heard(of("length")).unwrap().1, End::Capped);
        assert_eq!(heard(json!({"generated_text": "a long answer of many words"})).unwrap().1, End::Unsaid);
        assert_eq!(heard(json!({"generated_text": "short"})).unwrap(), ("short".to_owned(), End::Whole));
        assert!(heard(json!({"error": "out of memory"})).unwrap_err().contains("out of memory"));
        assert!(heard(json!({"outputs": "x"})).is_err());
    }

    #[test]
    fn lines_and_messages_and_places() {
        let lines =
            heard(Form::JsonLines, "{\"generated_text\": \"one \"}\n\n{\"outputs\": [\"two\"]}\n\"three\"\n").unwrap();
        assert_eq!(lines.text, "one twothree");
        assert!(heard(Form::JsonLines, "{\"n\": 1}\n").is_err() && heard(Form::JsonLines, "\n").is_err());
        let said = json!({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3, "completion_tokens": 1}});
        let said = heard(Form::Chat, &said.to_string()).unwrap();
        assert_eq!(
            (said.text.as_str(), said.is_whole(), said.usage),
            ("hi", true, Some(Usage { input: 3, output: 1 }))
        );
        let form = |stop: &str| {
            Form::Template(Template {
                request: "{}".into(),
                content_type: "application/json".into(),
                answer: "/a/*".into(),
                stop: stop.into(),
            })
        };
        let answer = json!({"a": ["long enough to be", "cut somewhere"], "why": "MAX_TOKENS"}).to_string();
        assert_eq!(heard(form("/why"), &answer).unwrap().end, End::Capped);
        assert_eq!(heard(form(""), &answer).unwrap().end, End::Unsaid);
        assert!(heard(form(""), "{\"b\": 1}").unwrap_err().contains("/a/*"));
    }
}
