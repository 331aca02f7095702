//! Rows on their way into the lake: gathered into batches, so that memory stays bounded and commits stay few.

use crate::CollectError;
use serde_json::Value;
use sightline_lake::Lake;
use sightline_model::lake_table::{COVERAGE, RESOURCE};
use sightline_model::{Coverage, Resource};
use tokio::sync::mpsc::Receiver;

/// How many rows are gathered before they are written.
const BATCH_ROWS: usize = 2_000;

/// About how many bytes of rows are gathered before they are written.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// What a scan writes.
pub(super) enum Written {
    /// a resource
    Row(Box<Resource>),
    /// what became of one table's calls
    Coverage(Vec<Coverage>),
}

/// Writes all that comes until the scan is over. Nothing of it is visible before the scan's own row is there, so the order
/// of the batches does not matter.
pub(super) async fn write(lake: &Lake, mut incoming: Receiver<Written>) -> Result<(), CollectError> {
    let mut rows = Vec::new();
    let mut bytes = 0;
    let mut coverage = Vec::new();
    while let Some(written) = incoming.recv().await {
        match written {
            Written::Row(row) => {
                bytes += weight_of(&row);
                rows.push(*row);
            }
            Written::Coverage(more) => coverage.extend(more),
        }
        if rows.len() >= BATCH_ROWS || bytes >= BATCH_BYTES {
            lake.append(RESOURCE, &rows).await?;
            rows.clear();
            bytes = 0;
        }
        if coverage.len() >= BATCH_ROWS {
            lake.append(COVERAGE, &coverage).await?;
            coverage.clear();
        }
    }
    lake.append(RESOURCE, &rows).await?;
    lake.append(COVERAGE, &coverage).await?;
    Ok(())
}

fn weight_of(row: &Resource) -> usize {
    let members = row.config.iter().chain(&row.tags);
    300 + row.arn.len() + row.title.len() + members.map(|(name, value)| name.len() + weight(value)).sum::<usize>()
}

/// About how many bytes a value takes as JSON.
fn weight(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len() + 4,
        Value::Array(items) => 4 + items.iter().map(weight).sum::<usize>(),
        Value::Object(members) => 4 + members.iter().map(|(name, value)| name.len() + 4 + weight(value)).sum::<usize>(),
    }
}
