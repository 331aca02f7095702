//! Paths into a row's JSON: `environment.Variables.*`, `policy_version_list[IsDefaultVersion=true].Document`.
//!
//! The first name is a column; what lies deeper has the API's names. `*` is every element of a list or every value of a
//! map; `[Name=value]` is the first element of a list whose member `Name` reads `value`.

use serde_json::{Map, Value};
use std::fmt;

/// A parsed path; it has at least its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    column: String,
    steps: Vec<Step>,
}

/// What leads one level deeper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// a member of a structure, or a key of a map
    Name(String),
    /// every element of a list, every value of a map
    Every,
    /// the first element of a list that has this member
    First {
        /// the member
        name: String,
        /// how it reads
        value: String,
    },
}

/// A text that is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A part is neither a name nor `*`.
    #[error("`{part}` of the path `{path}` makes no sense")]
    Part {
        /// what stands between two dots
        part: String,
        /// the whole text
        path: String,
    },
    /// It begins with `*`.
    #[error("the path `{0}` does not begin with a column")]
    NoColumn(String),
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// A part of it makes no sense.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            parse_part(part, &mut steps)
                .ok_or_else(|| PathError::Part { part: part.to_owned(), path: text.to_owned() })?;
        }
        match steps.split_first() {
            Some((Step::Name(column), deeper)) => Ok(Self { column: column.clone(), steps: deeper.to_vec() }),
            _ => Err(PathError::NoColumn(text.to_owned())),
        }
    }

    /// The column that it begins with.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// What leads from the column to the values.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether it speaks of the column as a whole.
    pub fn is_column(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether what the other path leads to holds what this one leads to.
    pub fn is_within(&self, other: &Self) -> bool {
        self.column == other.column && self.steps.starts_with(&other.steps)
    }

    /// Every value that the path finds in a row's columns, in the row's order.
    pub fn values<'v>(&self, columns: &'v Map<String, Value>) -> Vec<&'v Value> {
        let mut found = Vec::new();
        if let Some(column) = columns.get(&self.column) {
            gather(&self.steps, column, &mut found);
        }
        found
    }

    /// The first value that the path finds below its column's value.
    pub fn find<'v>(&self, column: &'v Value) -> Option<&'v Value> {
        let mut found = Vec::new();
        gather(&self.steps, column, &mut found);
        found.into_iter().next()
    }

    /// Changes every value that the path finds below its column's value.
    pub fn edit(&self, column: &mut Value, change: &dyn Fn(&mut Value)) {
        edit(&self.steps, column, change);
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.column)?;
        self.steps.iter().try_for_each(|step| match step {
            Step::Name(name) => write!(f, ".{name}"),
            Step::Every => f.write_str(".*"),
            Step::First { name, value } => write!(f, "[{name}={value}]"),
        })
    }
}

fn parse_part(part: &str, steps: &mut Vec<Step>) -> Option<()> {
    if part == "*" {
        steps.push(Step::Every);
        return Some(());
    }
    let (name, filter) = match part.split_once('[') {
        Some((name, rest)) => (name, Some(rest.strip_suffix(']')?.split_once('=')?)),
        None => (part, None),
    };
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return None;
    }
    steps.push(Step::Name(name.to_owned()));
    if let Some((name, value)) = filter {
        steps.push(Step::First { name: name.to_owned(), value: value.to_owned() });
    }
    Some(())
}

/// Whether a value, written as text, is this text.
pub fn reads(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own == text,
        Value::Bool(own) => text.parse() == Ok(*own),
        Value::Number(own) => own.to_string() == text,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

fn is_named(item: &Value, name: &str, wanted: &str) -> bool {
    item.get(name).is_some_and(|value| reads(value, wanted))
}

fn gather<'v>(steps: &[Step], value: &'v Value, found: &mut Vec<&'v Value>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(value);
        return;
    };
    match (step, value) {
        (Step::Name(name), Value::Object(members)) => {
            if let Some(member) = members.get(name) {
                gather(rest, member, found);
            }
        }
        (Step::Every, Value::Array(items)) => items.iter().for_each(|item| gather(rest, item, found)),
        (Step::Every, Value::Object(members)) => members.values().for_each(|member| gather(rest, member, found)),
        (Step::First { name, value: wanted }, Value::Array(items)) => {
            if let Some(item) = items.iter().find(|item| is_named(item, name, wanted)) {
                gather(rest, item, found);
            }
        }
        _ => {}
    }
}

fn edit(steps: &[Step], value: &mut Value, change: &dyn Fn(&mut Value)) {
    let Some((step, rest)) = steps.split_first() else {
        change(value);
        return;
    };
    match (step, value) {
        (Step::Name(name), Value::Object(members)) => {
            if let Some(member) = members.get_mut(name) {
                edit(rest, member, change);
            }
        }
        (Step::Every, Value::Array(items)) => items.iter_mut().for_each(|item| edit(rest, item, change)),
        (Step::Every, Value::Object(members)) => members.values_mut().for_each(|member| edit(rest, member, change)),
        (Step::First { name, value: wanted }, Value::Array(items)) => {
            if let Some(item) = items.iter_mut().find(|item| is_named(item, name, wanted)) {
                edit(rest, item, change);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_of_a_map_and_a_list() {
        let path = Path::parse("c.*.Variables.*").unwrap();
        let mut value = json!([{"Variables": {"A": "1", "B": "2"}, "Other": "3"}, {}]);
        let row = json!({ "c": value });
        assert_eq!(path.values(row.as_object().unwrap()), [&json!("1"), &json!("2")]);
        path.edit(&mut value, &|v| *v = json!("x"));
        assert_eq!(value, json!([{"Variables": {"A": "x", "B": "x"}, "Other": "3"}, {}]));
    }

    #[test]
    fn the_element_that_a_filter_names() {
        let path = Path::parse("versions[IsDefaultVersion=true].Document").unwrap();
        assert_eq!(path.column(), "versions");
        let value = json!([{"IsDefaultVersion": false, "Document": 1}, {"IsDefaultVersion": true, "Document": 2}]);
        assert_eq!(path.find(&value), Some(&json!(2)));
    }

    #[test]
    fn what_is_written_is_read() {
        for text in ["c", "c.*", "c.A.*.B", "versions[IsDefaultVersion=true].Document"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn within_is_a_prefix() {
        let path = |text| Path::parse(text).unwrap();
        assert!(path("a.B.C").is_within(&path("a.B")));
        assert!(path("a").is_within(&path("a")));
        assert!(!path("a.B").is_within(&path("a.C")));
        assert!(!path("a").is_within(&path("a.B")));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "*", "a..b", "a[b", "a[b]", "a b"] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}
