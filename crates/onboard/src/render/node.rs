//! A value with comments: what the writers of HCL and YAML share.

use serde_json::Value;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Text(String),
    Int(i64),
    Bool(bool),
    List(Vec<Item>),
    Map(Vec<Entry>),
    /// A text of several lines that is to be read as it stands.
    Lines(String),
    /// A reference to something else in the file, written as it is: never made of a parameter.
    Code(String),
    /// `name(value)` in HCL, `!name value` in YAML.
    Call(&'static str, Box<Node>),
}

/// An element of a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) why: Option<String>,
    pub(crate) value: Node,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) why: Option<String>,
    pub(crate) key: String,
    pub(crate) value: Node,
}

impl Node {
    pub(crate) fn list<T: Into<Node>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::List(values.into_iter().map(|value| Item { why: None, value: value.into() }).collect())
    }

    pub(crate) fn map<const N: usize>(entries: [(&str, Node); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect())
    }

    pub(crate) fn code(text: impl Into<String>) -> Self {
        Self::Code(text.into())
    }

    pub(crate) fn call(name: &'static str, value: impl Into<Node>) -> Self {
        Self::Call(name, Box::new(value.into()))
    }

    /// Whether it is written on the line of its key.
    pub(crate) fn is_scalar(&self) -> bool {
        match self {
            Self::Text(_) | Self::Lines(_) | Self::Int(_) | Self::Bool(_) | Self::Code(_) => true,
            Self::List(items) => items.is_empty(),
            Self::Map(entries) => entries.is_empty(),
            Self::Call(_, value) => value.is_scalar(),
        }
    }
}

impl Entry {
    pub(crate) fn new(key: &str, value: impl Into<Node>) -> Self {
        Self { why: None, key: key.to_owned(), value: value.into() }
    }

    pub(crate) fn because(self, why: &str) -> Self {
        Self { why: Some(why.to_owned()), ..self }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Node {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Node {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Text(String::new()),
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => number.as_i64().map_or_else(|| Self::Text(number.to_string()), Self::Int),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(values) => Self::list(values),
            Value::Object(map) => Self::Map(map.iter().map(|(key, value)| Entry::new(key, value)).collect()),
        }
    }
}
