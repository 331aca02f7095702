//! PyRIT's seeds: YAML with `prompts` or `seeds`, each a text or a map with `value`. Seeds of one `prompt_group_alias` are the turns
//! of one conversation, in order of `sequence`. What stands beside the list holds for each seed that does not say otherwise. See
//! <https://azure.github.io/PyRIT/code/datasets/dataset/>.

use super::Found;
use super::draft::Draft;
use crate::pack::Role;
use serde_yaml_ng::Value;
use std::collections::BTreeMap;

/// One seed.
struct Seed {
    place: String,
    text: String,
    category: String,
    role: String,
    group: Option<String>,
    sequence: i64,
}

pub(super) fn read(text: &str) -> Result<Found, (usize, String)> {
    let file: Value = serde_yaml_ng::from_str(text).map_err(|error| {
        let row = error.location().map_or(0, |location| location.line());
        (row, format!("it is no YAML: {error}"))
    })?;
    let list = ["prompts", "seeds"].iter().find_map(|key| file.get(key)?.as_sequence());
    let list =
        list.ok_or_else(|| (0, "it has no list `prompts` or `seeds`; is it a set of PyRIT's seeds?".to_owned()))?;
    let mut found = Found::default();
    let mut groups: BTreeMap<String, Vec<Seed>> = BTreeMap::new();
    for (at, entry) in list.iter().enumerate() {
        match seed(&file, entry, format!("seed {}", at + 1)) {
            Ok(Seed { group: Some(group), place, text, category, role, sequence }) => {
                groups.entry(group).or_default().push(Seed { group: None, place, text, category, role, sequence });
            }
            Ok(seed) => {
                found.drafts.push(Draft { category: seed.category, ..Draft::of_prompt(seed.place, &seed.text) })
            }
            Err((place, reason)) => found.left_out.push((place, reason)),
        }
    }
    found.drafts.extend(groups.into_values().filter_map(conversation));
    Ok(found)
}

fn seed(file: &Value, entry: &Value, place: String) -> Result<Seed, (String, String)> {
    let field = |key: &str| entry.get(key).or_else(|| file.get(key));
    let word = |key: &str| field(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fault = |reason: &str| Err((place.clone(), reason.to_owned()));
    if !matches!(word("data_type").as_str(), "" | "text") {
        return fault("it is no text; only texts are sent");
    }
    let Some(text) = entry.as_str().or_else(|| entry.get("value")?.as_str()) else {
        return fault("it has no `value`");
    };
    if field("parameters").is_some_and(|parameters| !parameters.is_null()) {
        return fault("it is a template with parameters; fill them in first");
    }
    let category = match field("harm_categories") {
        Some(Value::Sequence(all)) => all.first().and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => word("harm_categories"),
    };
    Ok(Seed {
        text: text.to_owned(),
        category,
        role: word("role"),
        group: entry.get("prompt_group_alias").and_then(Value::as_str).map(str::to_owned),
        sequence: entry.get("sequence").and_then(Value::as_i64).unwrap_or_default(),
        place,
    })
}

/// Turns in their order. PyRIT's sets give an assistant's turn the role `assistant`, or `system` when it is not the first; what the
/// assistant says last is left out, for that is what is asked for.
fn conversation(mut seeds: Vec<Seed>) -> Option<Draft> {
    seeds.sort_by_key(|seed| seed.sequence);
    let mut draft =
        Draft { place: seeds.first()?.place.clone(), category: seeds.first()?.category.clone(), ..Draft::default() };
    for (at, seed) in seeds.into_iter().enumerate() {
        match seed.role.as_str() {
            "system" if at == 0 => draft.system = seed.text,
            "assistant" | "system" => draft.turns.push((Role::Assistant, seed.text)),
            _ => draft.turns.push((Role::User, seed.text)),
        }
    }
    while draft.turns.last().is_some_and(|(role, _)| *role == Role::Assistant) {
        draft.turns.pop();
    }
    Some(draft)
}
