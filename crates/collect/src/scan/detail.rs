//! A detail of one row: what is asked, what of the answer becomes columns, and what is said when it is not there.

use super::row;
use super::visit::{Refusal, Visit};
use crate::catalogue::{Detail, RowRules};
use serde_json::{Map, Value};
use sightline_model::Outcome;

/// Why a detail is not there.
pub(super) enum NotThere {
    /// The call was refused.
    Refused(Refusal),
    /// The row lacks what the call must be given.
    NotBound(String),
}

/// Asks for one detail and adds it to the row.
pub(super) async fn add(
    visit: &Visit<'_>,
    detail: &Detail,
    region: &str,
    row: &mut Map<String, Value>,
    rules: &RowRules,
) -> Result<(), NotThere> {
    let mut input = detail.input.clone();
    for (name, column) in &detail.bind {
        let value = row.get(column).ok_or_else(|| NotThere::NotBound(not_bound(name, column)))?;
        input.insert(name.clone(), value.clone());
    }
    let answer = match answer(visit, detail, region, input).await {
        Ok(answer) => answer,
        Err(refusal) if refusal.is_one_of(&detail.absent) => {
            visit.answered(&detail.call);
            return Ok(());
        }
        Err(refusal) => return Err(NotThere::Refused(refusal)),
    };
    let answer = replaced(detail, answer);
    match &detail.into {
        Some(_) if answer.is_null() => {}
        Some(column) => {
            row.insert(column.clone(), answer);
        }
        None => row::merge(row, answer, &rules.rename),
    }
    Ok(())
}

/// The part of the answer that is wanted; of an answer in pages, all of it.
async fn answer(visit: &Visit<'_>, detail: &Detail, region: &str, input: Map<String, Value>) -> Result<Value, Refusal> {
    if detail.once {
        let answer = visit.ask_once(&detail.call, region, Value::Object(input)).await?;
        return Ok(row::follow(answer, &detail.pick));
    }
    let mut pages = visit.pages(&detail.call, region, Value::Object(input));
    let mut whole = Value::Null;
    while let Some(page) = visit.next(&detail.call, &mut pages).await {
        match (&mut whole, row::follow(page?, &detail.pick)) {
            (Value::Array(items), Value::Array(more)) => items.extend(more),
            (_, Value::Null) => {}
            (whole, part) => *whole = part,
        }
    }
    Ok(whole)
}

fn replaced(detail: &Detail, answer: Value) -> Value {
    let text = match &answer {
        Value::String(text) => text.as_str(),
        _ => "",
    };
    match detail.values.get(text) {
        Some(replacement) if answer.is_null() || answer.is_string() => Value::String(replacement.clone()),
        _ => answer,
    }
}

/// Says in the coverage why a detail of the resource `target` is not there.
pub(super) fn note(visit: &Visit<'_>, detail: &Detail, missed: NotThere, target: &str) {
    match missed {
        NotThere::NotBound(message) => visit.missed(&detail.call, target, Outcome::Failed, "NotBound", &message),
        NotThere::Refused(refusal) => {
            let mut failure = refusal.failure(target);
            if detail.unsupported.contains(&failure.code) {
                failure.outcome = Outcome::Unsupported;
            }
            visit.failed(&detail.call, failure);
        }
    }
}

/// What is said of an input for which the row has nothing.
pub(super) fn not_bound(input: &str, column: &str) -> String {
    format!("`{input}` cannot be given: the row has no `{column}`")
}
