//! From an answer to a row: columns, JSON in text, what is redacted, the ARN, title and tags.

use crate::catalogue::path::reads;
use crate::catalogue::shape::column_name;
use crate::catalogue::{RowRules, Template};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use sightline_model::Arn;
use std::collections::BTreeMap;

/// What every template may name beside the row's columns.
pub(super) struct Given<'g> {
    pub(super) partition: &'g str,
    pub(super) account_id: &'g str,
    pub(super) region: &'g str,
}

/// A row that is whole.
pub(super) struct Finished {
    pub(super) arn: Option<String>,
    pub(super) title: String,
    pub(super) tags: Map<String, Value>,
    pub(super) config: Map<String, Value>,
}

/// A structure's members as columns; nulls are left out.
pub(super) fn merge(row: &mut Map<String, Value>, answer: Value, rename: &BTreeMap<String, String>) {
    if let Value::Object(members) = answer {
        let present = members.into_iter().filter(|(_, value)| !value.is_null());
        row.extend(present.map(|(name, value)| (column_name(&name, rename), value)));
    }
}

/// The value that names lead to; lists on the way are entered, so that the elements of all of them come together.
pub(super) fn follow(value: Value, path: &[String]) -> Value {
    match (path.split_first(), value) {
        (None, value) => value,
        (Some(_), Value::Array(items)) => {
            let found = items.into_iter().flat_map(|item| match follow(item, path) {
                Value::Array(inner) => inner,
                Value::Null => Vec::new(),
                one => vec![one],
            });
            Value::Array(found.collect())
        }
        (Some((name, rest)), Value::Object(mut members)) => {
            members.swap_remove(name).map_or(Value::Null, |v| follow(v, rest))
        }
        (Some(_), _) => Value::Null,
    }
}

/// Whether a row is one that the declaration leaves out.
pub(super) fn is_skipped(rules: &RowRules, row: &Map<String, Value>) -> bool {
    let matches = |(column, patterns): (&String, &String)| {
        let text = text_of(row, column).unwrap_or_default();
        patterns.split('|').any(|pattern| sightline_model::pattern::matches(pattern, &text))
    };
    !rules.skip.is_empty() && rules.skip.iter().all(matches)
}

/// Whether the row's columns read as they must.
pub(super) fn holds(when: &BTreeMap<String, String>, row: &Map<String, Value>) -> bool {
    when.iter().all(|(column, wanted)| row.get(column).is_some_and(|value| reads(value, wanted)))
}

/// The row's ARN as far as its columns tell by now.
pub(super) fn arn(rules: &RowRules, row: &Map<String, Value>, given: &Given<'_>) -> Option<String> {
    rules.arn.iter().find_map(|template| fill(template, row, given))
}

/// Makes a row of the columns that all calls brought.
pub(super) fn finish(rules: &RowRules, mut row: Map<String, Value>, given: &Given<'_>) -> Finished {
    for path in &rules.json {
        if let Some(column) = row.get_mut(path.column()) {
            path.edit(column, &|value| parse_json(value));
        }
    }
    for (name, path) in &rules.derived {
        if let Some(value) = row.get(path.column()).and_then(|column| path.find(column)).cloned() {
            row.insert(name.clone(), value);
        }
    }
    for path in &rules.redact {
        if let Some(column) = row.get_mut(path.column()) {
            path.edit(column, &redact);
        }
    }
    let tags = rules.tags.as_ref().and_then(|column| row.shift_remove(column)).map(tags).unwrap_or_default();
    let arn = arn(rules, &row, given);
    let title = title(rules, &row, &tags, arn.as_deref(), given);
    row.retain(|name, _| name != "arn" && !rules.drop.contains(name));
    Finished { arn, title, tags, config: row }
}

/// The declared title; else the column `name`, the tag `Name`, the last part of the ARN.
fn title(
    rules: &RowRules,
    row: &Map<String, Value>,
    tags: &Map<String, Value>,
    arn: Option<&str>,
    given: &Given<'_>,
) -> String {
    let declared = rules.title.as_ref().and_then(|template| fill(template, row, given));
    let redacted = rules.redact.iter().any(|path| path.is_column() && path.column() == "name");
    let named = || text_of(row, "name").filter(|_| rules.title.is_none() && !redacted);
    let tagged = || text_of(tags, "Name").filter(|text| !text.is_empty());
    let last = || arn.map(|arn| arn.parse::<Arn>().map_or_else(|_| arn.to_owned(), |parsed| parsed.name().to_owned()));
    declared.or_else(named).or_else(tagged).or_else(last).unwrap_or_default()
}

fn fill(template: &Template, row: &Map<String, Value>, given: &Given<'_>) -> Option<String> {
    template.fill(&|name| match name {
        "partition" => Some(given.partition.to_owned()),
        "account_id" => Some(given.account_id.to_owned()),
        "region" => Some(given.region.to_owned()),
        column => text_of(row, column),
    })
}

/// A column as text: texts as they are, numbers and truth values written out.
pub(super) fn text_of(row: &Map<String, Value>, column: &str) -> Option<String> {
    match row.get(column)? {
        Value::String(text) => Some(text.clone()),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// AWS percent-encodes IAM's documents, what stands in for it does not. Text that is no JSON stays text.
fn parse_json(value: &mut Value) {
    let Value::String(text) = value else { return };
    let plain = |text: &str| serde_json::from_str::<Value>(text).ok().filter(|json| !json.is_string());
    let decoded = || plain(&percent_decode_str(text).decode_utf8().ok()?);
    if let Some(json) = plain(text).or_else(decoded) {
        *value = json;
    }
}

/// Keeps that there was something, and how long a text was.
fn redact(value: &mut Value) {
    let said = match value {
        Value::Null => return,
        Value::String(text) => format!("(redacted, {} characters)", text.chars().count()),
        _ => "(redacted)".to_owned(),
    };
    *value = Value::String(said);
}

/// `[{Key, Value}]`, `[{key, value}]` and `{key: value}` as `{key: value}`.
fn tags(value: Value) -> Map<String, Value> {
    let pair = |item: Value| {
        let Value::Object(mut item) = item else { return None };
        let mut take = |names: [&str; 3]| names.into_iter().find_map(|name| item.swap_remove(name));
        let key = take(["Key", "key", "TagKey"])?.as_str()?.to_owned();
        Some((key, take(["Value", "value", "TagValue"]).unwrap_or_default()))
    };
    match value {
        Value::Object(tags) => tags,
        Value::Array(items) => items.into_iter().filter_map(pair).collect(),
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tags_of_all_shapes() {
        let expected = json!({"a": "1", "b": ""});
        for shape in [
            json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]),
            json!([{"key": "a", "value": "1"}, {"key": "b", "value": ""}]),
            json!({"a": "1", "b": ""}),
        ] {
            assert_eq!(Value::Object(tags(shape)), expected);
        }
    }

    #[test]
    fn rows_are_left_out_when_all_columns_match() {
        let skip = [("arn", "arn:*:aws:*"), ("attached", "0"), ("boundaries", "0|")];
        let skip = skip.map(|(column, patterns)| (column.to_owned(), patterns.to_owned())).into();
        let rules = RowRules { skip, ..RowRules::default() };
        for (row, expected) in [
            (json!({"arn": "arn:x:aws:1", "attached": 0, "boundaries": 0}), true),
            (json!({"arn": "arn:x:aws:1", "attached": 0}), true),
            (json!({"arn": "arn:x:aws:1", "attached": 0, "boundaries": 10}), false),
            (json!({"arn": "arn:x:aws:1", "boundaries": 0}), false),
            (json!({"arn": "arn:x:own:1", "attached": 0, "boundaries": 0}), false),
        ] {
            assert_eq!(is_skipped(&rules, row.as_object().unwrap()), expected, "{row}");
        }
    }

    #[test]
    fn documents_encoded_and_plain() {
        for text in [
            r#"{"Version":"2012-10-17","Sid":"a+b"}"#,
            "%7B%22Version%22%3A%222012-10-17%22%2C%22Sid%22%3A%22a%2Bb%22%7D",
        ] {
            let mut value = json!(text);
            parse_json(&mut value);
            assert_eq!(value, json!({"Version": "2012-10-17", "Sid": "a+b"}));
        }
        let mut value = json!("no document");
        parse_json(&mut value);
        assert_eq!(value, json!("no document"));
    }

    #[test]
    fn nested_lists_are_entered() {
        let page = json!({"Reservations": [{"Instances": [{"i": 1}, {"i": 2}]}, {}, {"Instances": [{"i": 3}]}]});
        let path = ["Reservations".to_owned(), "Instances".to_owned()];
        assert_eq!(follow(page, &path), json!([{"i": 1}, {"i": 2}, {"i": 3}]));
    }

    #[test]
    fn a_redacted_text_keeps_its_length_only() {
        let mut value = json!("s3cr3t");
        redact(&mut value);
        assert_eq!(value, json!("(redacted, 6 characters)"));
    }
}
