//! Paths into a row's JSON: `environment.Variables.*`, `policy_version_list[IsDefaultVersion=true].Document`.
//!
//! The first name is a column; what lies deeper has the API's names. `*` is every element of a list or every value of a
//! map; `[Name=value]` is the first element of a list whose member `Name` reads `value`.

use serde_json::Value;

/// A parsed path; it has at least its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    column: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Every,
    First { name: String, value: String },
}

impl Path {
    /// Reads a path; the error is the part that makes no sense.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            parse_part(part, &mut steps).ok_or_else(|| format!("`{part}` of the path `{text}` makes no sense"))?;
        }
        match steps.split_first() {
            Some((Step::Name(column), deeper)) => Ok(Self { column: column.clone(), steps: deeper.to_vec() }),
            _ => Err(format!("the path `{text}` does not begin with a column")),
        }
    }

    /// The column that it begins with.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// Whether it speaks of the column as a whole.
    pub fn is_column(&self) -> bool {
        self.steps.is_empty()
    }

    /// The first value that the path finds below its column's value.
    pub(crate) fn find<'v>(&self, column: &'v Value) -> Option<&'v Value> {
        self.steps.iter().try_fold(column, |value, step| match step {
            Step::Name(name) => value.get(name),
            Step::Every => value.as_array()?.first(),
            Step::First { name, value: wanted } => {
                value.as_array()?.iter().find(|item| item.get(name).is_some_and(|v| reads(v, wanted)))
            }
        })
    }

    /// Changes every value that the path finds below its column's value.
    pub(crate) fn edit(&self, column: &mut Value, change: &dyn Fn(&mut Value)) {
        edit(&self.steps, column, change);
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
pub(crate) fn reads(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own == text,
        Value::Bool(own) => text.parse() == Ok(*own),
        Value::Number(own) => own.to_string() == text,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
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
            if let Some(item) = items.iter_mut().find(|item| item.get(name).is_some_and(|v| reads(v, wanted))) {
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
    fn nonsense_is_refused() {
        for text in ["", "*", "a..b", "a[b", "a[b]", "a b"] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}
