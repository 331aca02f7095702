//! What a request holds: how many messages, which guardrail it asks for, and its text.

use super::content::Collected;
use super::node::Node;

/// How many messages a request has; nothing where it has none of their shapes.
pub(crate) fn messages(request: Node<'_>) -> Option<i64> {
    let listed = request.at("messages").len().or_else(|| request.at("input").len());
    // Cohere has the last message beside the others.
    let earlier = request.at("chat_history").len().map(|earlier| earlier + 1);
    listed.or(earlier).and_then(|count| i64::try_from(count).ok())
}

/// Collects the text of a request of any family. Of a shape that none has, all texts.
pub(crate) fn collect(request: Node<'_>, into: &mut Collected) {
    if !request.is_object() {
        return into.any(request);
    }
    for (name, value) in request.members() {
        match name {
            "system" | "instructions" | "preamble" => say("system", value, into),
            "messages" | "input" | "chat_history" => conversation(value, into),
            "prompt"
            | "inputText"
            | "inputs"
            | "query"
            | "message"
            | "text"
            | "input_text"
            | "texts"
            | "documents"
            | "text_prompts"
            | "textToImageParams"
            | "inPaintingParams"
            | "outPaintingParams"
            | "imageVariationParams" => {
                say("", value, into);
            }
            _ => {}
        }
    }
    if into.is_empty() {
        into.any(request);
    }
}

fn conversation(messages: Node<'_>, into: &mut Collected) {
    for message in messages.each() {
        let role = message.at("role").word().unwrap_or_default();
        say(role, message, into);
    }
}

fn say(who: &str, value: Node<'_>, into: &mut Collected) {
    if value.is_told() {
        into.line(who);
        into.content(value);
    }
}
