//! One page of a list, as it came.

use super::refusal::Refusal;
use serde_json::Value;

/// Objects, and where the next ones are.
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) next: Option<String>,
}

impl Page {
    /// # Errors
    /// The answer is no list.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let unreadable =
            |reason: &dyn std::fmt::Display| Refusal::failed("Unreadable", format!("the answer is no list: {reason}"));
        let mut whole: Value = serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
        let next = whole.pointer("/metadata/continue").and_then(Value::as_str).unwrap_or_default().to_owned();
        let items = match whole.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => items,
            // A list without elements is written as null by some.
            Some(Value::Null) if whole.get("kind").is_some() => Vec::new(),
            _ => return Err(unreadable(&"it has no `items`")),
        };
        Ok(Self { items, next: Some(next).filter(|next| !next.is_empty()) })
    }
}
