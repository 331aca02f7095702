//! Tables: CSV with a header, and lines of JSON with the same names.

use super::Found;
use super::draft::Draft;
use serde_json::Value;
use std::collections::BTreeMap;

/// Names of columns, in the order in which they are looked for.
const PROMPT: &[&str] = &["prompt", "goal", "behavior", "question", "text", "value", "input"];
const TARGET: &[&str] = &["target", "trigger", "expected"];
const CATEGORY: &[&str] = &["category", "semanticcategory", "harm_category", "family", "type"];
const TITLE: &[&str] = &["id", "behaviorid", "name", "title"];
const SYSTEM: &[&str] = &["system", "system_prompt", "contextstring"];

pub(super) fn read_csv(text: &str) -> Result<Found, (usize, String)> {
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| (1, format!("its header cannot be read: {error}")))?;
    let names: Vec<String> = header.iter().map(normal).collect();
    if !PROMPT.iter().any(|wanted| names.iter().any(|name| name == wanted)) {
        return Err((1, format!("its header has no column for prompts; name one of them {}", list(PROMPT))));
    }
    let mut found = Found::default();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|error| {
            let row = error.position().and_then(|position| usize::try_from(position.line()).ok()).unwrap_or(at + 2);
            (row, format!("the row cannot be read: {error}; each row needs as many cells as the header"))
        })?;
        let row = record.position().and_then(|position| usize::try_from(position.line()).ok()).unwrap_or(at + 2);
        let cells = names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
        push(&mut found, &cells, format!("line {row}"));
    }
    Ok(found)
}

pub(super) fn read_jsonl(text: &str) -> Result<Found, (usize, String)> {
    let mut found = Found::default();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row = at + 1;
        let value: Value = serde_json::from_str(line).map_err(|error| {
            (row, format!("it is no line of JSON: {error}; write one object a line, `{{\"prompt\": \"…\"}}`"))
        })?;
        let Value::Object(fields) = value else {
            return Err((row, "it is no JSON object; write `{\"prompt\": \"…\"}`".to_owned()));
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let cells = fields.iter().filter_map(|(name, value)| Some((normal(name), text(value)?))).collect();
        push(&mut found, &cells, format!("line {row}"));
    }
    Ok(found)
}

fn push(found: &mut Found, cells: &BTreeMap<String, String>, place: String) {
    let of = |names: &[&str]| names.iter().find_map(|name| cells.get(*name)).cloned().unwrap_or_default();
    let prompt = of(PROMPT);
    if prompt.trim().is_empty() {
        found.left_out.push((place, format!("it has no prompt in {}", list(PROMPT))));
        return;
    }
    let target = of(TARGET);
    found.drafts.push(Draft {
        category: of(CATEGORY),
        title: of(TITLE),
        system: of(SYSTEM),
        words: if target.is_empty() { Vec::new() } else { vec![target] },
        ..Draft::of_prompt(place, &prompt)
    });
}

fn normal(name: &str) -> String {
    name.trim().trim_start_matches('\u{feff}').to_ascii_lowercase().replace([' ', '-'], "_")
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
