//! The text of an answer: whole, or put together from a stream's events.

use super::content::Collected;
use super::node::Node;

/// Answers within answers that are read.
const DEEPEST: usize = 6;
/// Members of answers whose content is numbers or media.
const NO_TEXT: [&str; 4] = ["embedding", "embeddings", "images", "artifacts"];
/// Members that tell that an answer is of a known family, and just has no text.
const KNOWN: [&str; 8] =
    ["stopReason", "stop_reason", "finish_reason", "usage", "content", "output", "choices", "results"];

/// Collects the text of an answer of any family. Of a shape that none has, all texts.
pub(crate) fn collect(answer: Node<'_>, into: &mut Collected) {
    for part in answer.each() {
        match part.str() {
            // The end of a stream of OpenAI's shape.
            Some("[DONE]") => {}
            Some(text) => into.push(text),
            None => self::part(part, DEEPEST, into),
        }
    }
    let is_known = || NO_TEXT.iter().chain(&KNOWN).any(|name| answer.at(name).is_there());
    if into.is_empty() && answer.is_object() && !is_known() {
        into.any(answer);
    }
}

fn part(part: Node<'_>, depth: usize, into: &mut Collected) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if matches!(part.at("type").str(), Some("tool_use" | "function_call")) {
        return into.tool(part);
    }
    for (name, value) in part.members() {
        match name {
            "text" | "completion" | "generation" | "generated_text" | "outputText" | "output_text" | "partial_json"
            | "thinking" | "reasoning" | "reasoning_content" | "refusal" => {
                if let Some(text) = value.str() {
                    into.push(text);
                }
            }
            "content" => into.content(value),
            "content_block" | "start" | "contentBlockDelta" | "contentBlockStart" | "message" | "delta" | "data"
            | "reasoningContent" => nested(value, depth, into),
            "toolUse" => into.tool(value),
            "tool_calls" => value.each().for_each(|call| into.call(call)),
            "output" => output(value, depth, into),
            "results" | "outputs" | "choices" | "generations" | "completions" => {
                value.each().for_each(|element| nested(element, depth, into));
            }
            // The end of a stream repeats the whole answer.
            "response" if into.is_empty() => nested(value, depth, into),
            _ => {}
        }
    }
}

fn nested(value: Node<'_>, depth: usize, into: &mut Collected) {
    match value.str() {
        Some(text) => into.push(text),
        None => part(value, depth, into),
    }
}

/// Converse has a message here, OpenAI's responses a list of items, imported models a text.
fn output(value: Node<'_>, depth: usize, into: &mut Collected) {
    if value.is_array() {
        into.content(value);
    } else {
        nested(value, depth, into);
    }
}
