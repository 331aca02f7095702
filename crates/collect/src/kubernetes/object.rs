//! An object of the Kubernetes API, read leniently: what is absent, null or of another type is nothing. Texts are bounded.

use serde_json::{Map, Value};
use sightline_model::untrusted::shortened;

/// Longest text that is kept of an object, in characters.
const TEXT: usize = 1_000;

/// Labels or annotations that are kept of an object, and elements of its lists.
const MEMBERS: usize = 200;

/// Annotations that are kept: others hold whole manifests, and with them whatever stands in those.
const ANNOTATIONS: &str = "eks.amazonaws.com/";

/// An object as the API answers it.
#[derive(Clone, Copy)]
pub(crate) struct Object<'o>(pub(crate) &'o Value);

impl<'o> Object<'o> {
    /// What the names lead to.
    pub(crate) fn at(self, path: &[&str]) -> Object<'o> {
        Self(path.iter().try_fold(self.0, |value, name| value.get(name)).unwrap_or(&Value::Null))
    }

    pub(crate) fn as_str(self) -> &'o str {
        self.0.as_str().unwrap_or_default()
    }

    /// The text there, null where there is none.
    pub(crate) fn text(self, path: &[&str]) -> Value {
        match self.at(path).0 {
            Value::String(text) => shortened(text, TEXT).into(),
            Value::Number(number) => number.to_string().into(),
            _ => Value::Null,
        }
    }

    pub(crate) fn int(self, path: &[&str]) -> Value {
        self.at(path).0.as_i64().map_or(Value::Null, Value::from)
    }

    pub(crate) fn bool(self, path: &[&str]) -> Value {
        self.at(path).0.as_bool().map_or(Value::Null, Value::from)
    }

    /// A time as the API writes it, null where it is none.
    pub(crate) fn time(self, path: &[&str]) -> Value {
        let time = self.at(path).as_str().parse::<jiff::Timestamp>();
        time.map_or(Value::Null, |time| time.to_string().into())
    }

    /// The elements of the list there.
    pub(crate) fn items(self, path: &[&str]) -> impl Iterator<Item = Object<'o>> + use<'o> {
        let items = self.at(path).0.as_array().map_or(&[][..], Vec::as_slice);
        items.iter().take(MEMBERS).map(Object)
    }

    /// The members of the map there that have texts.
    pub(crate) fn texts(self, path: &[&str]) -> impl Iterator<Item = (&'o String, &'o str)> + use<'o> {
        let members = self.at(path).0.as_object().into_iter().flatten();
        members.filter_map(|(name, value)| Some((name, value.as_str()?)))
    }

    /// The part of a manifest there, bounded: what lies too deep, or is too much, is left out.
    pub(crate) fn json(self, path: &[&str]) -> Value {
        bounded(self.at(path).0, 8)
    }

    /// `metadata.labels`
    pub(crate) fn labels(self) -> Value {
        kept(self.texts(&["metadata", "labels"]))
    }

    /// Those annotations that say which AWS identity something has.
    pub(crate) fn annotations(self) -> Value {
        kept(self.texts(&["metadata", "annotations"]).filter(|(name, _)| name.starts_with(ANNOTATIONS)))
    }

    /// The object that controls this one: kind, name, uid.
    pub(crate) fn controller(self) -> Option<(&'o str, &'o str, &'o str)> {
        let mut owners = self.items(&["metadata", "ownerReferences"]);
        let owner = owners.find(|owner| owner.at(&["controller"]).0 == &Value::Bool(true))?;
        let text = |name| owner.at(&[name]).as_str();
        Some((text("kind"), text("name"), text("uid"))).filter(|(kind, ..)| !kind.is_empty())
    }
}

fn kept<'o>(members: impl Iterator<Item = (&'o String, &'o str)>) -> Value {
    let members = members.take(MEMBERS).map(|(name, text)| (shortened(name, TEXT), shortened(text, TEXT).into()));
    Value::Object(members.collect())
}

fn bounded(value: &Value, depth: usize) -> Value {
    match value {
        Value::String(text) => shortened(text, TEXT).into(),
        Value::Array(_) | Value::Object(_) if depth == 0 => Value::Null,
        Value::Array(items) => items.iter().take(MEMBERS).map(|item| bounded(item, depth - 1)).collect(),
        Value::Object(members) => {
            let members = members.iter().take(MEMBERS);
            Value::Object(members.map(|(name, value)| (shortened(name, TEXT), bounded(value, depth - 1))).collect())
        }
        plain => plain.clone(),
    }
}

/// Columns of their names and values; null is left out.
pub(crate) fn columns<const N: usize>(columns: [(&str, Value); N]) -> Map<String, Value> {
    let present = columns.into_iter().filter(|(_, value)| !value.is_null());
    present.map(|(name, value)| (name.to_owned(), value)).collect()
}
