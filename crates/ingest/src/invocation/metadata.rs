//! What a caller says of its call: text of its choice, kept to tell applications and users apart, without the secrets in it.

use super::node::Node;
use crate::redact;
use serde_json::{Map, Value};
use sightline_model::untrusted::shortened;

/// Bytes that are kept, as JSON.
const LONGEST: usize = 4096;
/// Characters of a name and of a value.
const LONGEST_TEXT: usize = 1024;
/// Values in a list that are kept.
const MOST: usize = 50;

/// The members as a JSON object, as many as there is room for; nothing where there are none.
pub(crate) fn kept<'t>(members: impl Iterator<Item = (&'t str, Node<'t>)>) -> Option<String> {
    let mut kept = Map::new();
    let mut room = LONGEST - 2;
    for (name, value) in members.filter(|(_, value)| value.is_told()) {
        let name = masked(name);
        let value = if value.is_array() {
            value.elements().take(MOST).map(|value| Value::from(text(value))).collect()
        } else {
            Value::from(text(value))
        };
        let length = Value::from(name.as_str()).to_string().len() + value.to_string().len() + 2;
        let Some(left) = room.checked_sub(length) else { break };
        room = left;
        kept.insert(name, value);
    }
    (!kept.is_empty()).then(|| Value::Object(kept).to_string())
}

fn text(value: Node<'_>) -> String {
    match value.str() {
        Some(text) => masked(text),
        None if value.is_object() || value.is_array() => String::from("…"),
        None => value.text(),
    }
}

fn masked(text: &str) -> String {
    // Masked first: the half of a secret is no longer known as one.
    let end = text.floor_char_boundary(text.len().min(16 * LONGEST_TEXT));
    shortened(&redact::secrets(text.get(..end).unwrap_or_default()), LONGEST_TEXT)
}
