//! Lenient access to a record: real logs have numbers where text is documented, text where flags are, and nothing where objects are.

use serde_json::Value;
use sightline_model::untrusted::shortened;

/// Characters of a text that are kept; an ARN has at most 2,048.
const LONGEST: usize = 2048;

/// A value, or nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a>(pub(crate) Option<&'a Value>);

impl<'a> Node<'a> {
    /// The member of this name; nothing where this is no object or has none.
    pub(crate) fn at(self, name: &str) -> Node<'a> {
        Node(self.0.and_then(|value| value.get(name)))
    }

    /// The elements; none where this is no array.
    pub(crate) fn elements(self) -> impl Iterator<Item = Node<'a>> {
        self.0.and_then(Value::as_array).into_iter().flatten().map(|value| Node(Some(value)))
    }

    /// The members; none where this is no object.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.0.and_then(Value::as_object).into_iter().flatten().map(|(name, value)| (name.as_str(), Node(Some(value))))
    }

    /// Text without outer blanks, of at most 2,048 characters; numbers and flags in their spelling; empty for all else.
    pub(crate) fn text(self) -> String {
        self.text_of(LONGEST)
    }

    /// Likewise with another bound.
    pub(crate) fn text_of(self, longest: usize) -> String {
        match self.0 {
            Some(Value::String(text)) => shortened(text.trim(), longest),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => String::new(),
        }
    }

    /// A flag, or the text of one.
    pub(crate) fn flag(self) -> Option<bool> {
        match self.0? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}
