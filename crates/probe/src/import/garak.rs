//! garak's `report.jsonl`: of its lines those of attempts. An attempt is there several times as it goes on; its prompt counts once.
//!
//! Newer reports have `prompt.turns[].{role, content.text}`, older ones `prompt.text` or a plain `prompt`. See
//! <https://reference.garak.ai/en/latest/reporting.html>.

use super::Found;
use super::draft::Draft;
use crate::pack::Role;
use serde_json::Value;

pub(super) fn read(text: &str) -> Result<Found, (usize, String)> {
    let mut found = Found::default();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row = at + 1;
        let entry: Value = serde_json::from_str(line)
            .map_err(|error| (row, format!("it is no line of JSON: {error}; export the report again")))?;
        if entry.get("entry_type").and_then(Value::as_str) != Some("attempt") {
            continue;
        }
        match draft(&entry, format!("line {row}")) {
            Ok(draft) => found.drafts.push(draft),
            Err(reason) => found.left_out.push((format!("line {row}"), reason)),
        }
    }
    Ok(found)
}

fn draft(entry: &Value, place: String) -> Result<Draft, String> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut draft = Draft {
        place,
        category: text(entry, "probe_classname").replace('.', "-"),
        title: text(entry, "goal"),
        words: words(entry),
        ..Draft::default()
    };
    let prompt = entry.get("prompt").ok_or("the attempt has no `prompt`")?;
    let plain = prompt.as_str().or_else(|| prompt.get("text").and_then(Value::as_str));
    if let Some(plain) = plain {
        draft.turns.push((Role::User, plain.to_owned()));
        return Ok(draft);
    }
    let turns = prompt.get("turns").and_then(Value::as_array).ok_or("its `prompt` has no `turns`")?;
    for turn in turns {
        let content = turn.get("content").ok_or("a turn has no `content`")?;
        let said = content.as_str().or_else(|| content.get("text").and_then(Value::as_str));
        let said = said.ok_or("a turn has no text; only texts are sent")?.to_owned();
        match turn.get("role").and_then(Value::as_str) {
            Some("system") => draft.system = said,
            Some("user") => draft.turns.push((Role::User, said)),
            Some("assistant") => draft.turns.push((Role::Assistant, said)),
            _ => return Err("a turn's role is none of system, user and assistant".into()),
        }
    }
    Ok(draft)
}

/// What garak's trigger detectors look for.
fn words(entry: &Value) -> Vec<String> {
    let notes = entry.get("notes");
    let list = |key: &str| match notes.and_then(|notes| notes.get(key)) {
        Some(Value::String(word)) => vec![word.clone()],
        Some(Value::Array(words)) => words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    [list("triggers"), list("trigger")].concat()
}
