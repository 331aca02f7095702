//! Resources of which the list knows the names alone: they are described many at a time.

use super::row;
use super::visit::Visit;
use crate::catalogue::Batch;
use serde_json::{Map, Value};
use sightline_model::Outcome;

/// The resources of these names. What is listed and not described is coverage: `target` is the ARN of the row above.
pub(super) async fn described(
    visit: &Visit<'_>,
    batch: &Batch,
    listed_with: &Map<String, Value>,
    names: Vec<Value>,
    target: &str,
) -> Vec<Value> {
    let mut found = Vec::new();
    for part in names.chunks(batch.size.get()) {
        let mut input = batch.input.clone();
        input.extend(batch.shared.iter().filter_map(|name| Some((name.clone(), listed_with.get(name)?.clone()))));
        input.insert(batch.names.clone(), Value::Array(part.to_vec()));
        match visit.ask(&batch.call, visit.call_region(), Value::Object(input)).await {
            Ok(answer) => {
                let items = match row::follow(answer, &batch.items) {
                    Value::Array(items) => items,
                    _ => Vec::new(),
                };
                if items.len() < part.len() {
                    let said =
                        format!("{} of {} that were listed were not described", part.len() - items.len(), part.len());
                    visit.missed(&batch.call, target, Outcome::Failed, "NotDescribed", &said);
                }
                found.extend(items);
            }
            Err(refusal) => visit.failed(&batch.call, refusal.failure(target)),
        }
    }
    found
}
