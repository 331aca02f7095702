//! An object of an event: what is not known is left out, for OCSF has no nulls and no empty texts.

use serde_json::{Map, Value};
use sightline_model::untrusted::{for_terminal, shortened};

/// Characters of one text.
pub(super) const LONGEST: usize = 4_000;

/// Attributes in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A text of somebody's, on one line; nothing where there is none.
    pub(super) fn text(self, name: &str, untrusted: &str) -> Self {
        match untrusted.trim().is_empty() {
            true => self,
            false => self.set(name, text(untrusted)),
        }
    }

    /// A text of several lines.
    pub(super) fn lines(self, name: &str, untrusted: &str) -> Self {
        match untrusted.trim().is_empty() {
            true => self,
            false => self.set(name, lines(untrusted)),
        }
    }

    /// A value of ours.
    pub(super) fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            None => self,
            Some(value) => self.set(name, value),
        }
    }

    /// Another object, where anything is in it.
    pub(super) fn object(self, name: &str, object: Self) -> Self {
        match object.0.is_empty() {
            true => self,
            false => self.set(name, object.into_value()),
        }
    }

    /// Objects; those with nothing in them are left out, and the list where none is left.
    pub(super) fn objects(self, name: &str, objects: impl IntoIterator<Item = Self>) -> Self {
        let all: Vec<Value> = objects.into_iter().filter(|object| !object.0.is_empty()).map(Self::into_value).collect();
        if all.is_empty() { self } else { self.set(name, all) }
    }

    /// Texts, likewise.
    pub(super) fn texts<T: AsRef<str>>(self, name: &str, texts: impl IntoIterator<Item = T>) -> Self {
        let all: Vec<String> =
            texts.into_iter().filter(|one| !one.as_ref().trim().is_empty()).map(|one| text(one.as_ref())).collect();
        if all.is_empty() { self } else { self.set(name, all) }
    }

    /// What stands under this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

/// One line without control characters.
pub(super) fn text(untrusted: &str) -> String {
    for_terminal(&shortened(untrusted, LONGEST))
}

/// Several such lines.
pub(super) fn lines(untrusted: &str) -> String {
    shortened(untrusted, LONGEST).split('\n').map(for_terminal).collect::<Vec<_>>().join("\n")
}
