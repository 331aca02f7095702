//! Rows of inventory tables, read in one pass and held up to a bound.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{AsArray, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;

/// The column that says whose row it is.
pub(super) const TABLE: &str = "table_name";

/// Rows by their table.
pub(super) struct Inventory {
    limit: usize,
    size: usize,
    tables: BTreeMap<String, Rows>,
    /// tables that did not fit
    left_out: BTreeSet<String>,
}

#[derive(Default)]
struct Rows {
    size: usize,
    batches: Vec<RecordBatch>,
}

impl Inventory {
    /// Holds at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, size: 0, tables: BTreeMap::new(), left_out: BTreeSet::new() }
    }

    /// Takes rows in. Where all do not fit, the largest table is left out.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        for (table, places) in places(batch)? {
            if self.left_out.contains(&table) {
                continue;
            }
            // A copy: a part of a batch would keep all of it.
            let part = take_record_batch(batch, &UInt32Array::from(places))?;
            let size = part.get_array_memory_size();
            let rows = self.tables.entry(table).or_default();
            rows.batches.push(part);
            rows.size += size;
            self.size += size;
            self.leave_out_largest();
        }
        Ok(())
    }

    fn leave_out_largest(&mut self) {
        while self.size > self.limit
            && let Some(largest) = self.tables.iter().max_by_key(|(_, rows)| rows.size).map(|(name, _)| name.clone())
        {
            self.size -= self.tables.remove(&largest).map_or(0, |rows| rows.size);
            self.left_out.insert(largest);
        }
    }

    /// Of these tables those that fit, each as one batch: one without rows where nothing came.
    pub(super) fn of(
        mut self,
        tables: &BTreeSet<String>,
        schema: &SchemaRef,
    ) -> Result<Vec<(String, RecordBatch)>, ArrowError> {
        let mut held = Vec::with_capacity(tables.len());
        for table in tables.difference(&self.left_out) {
            let rows = self.tables.remove(table).unwrap_or_default();
            held.push((table.clone(), concat_batches(schema, &rows.batches)?));
        }
        Ok(held)
    }
}

/// Where in the batch the rows of each table stand.
fn places(batch: &RecordBatch) -> Result<BTreeMap<String, Vec<u32>>, ArrowError> {
    let missing = || ArrowError::SchemaError(format!("`{TABLE}` is not there as text"));
    let names = batch.column_by_name(TABLE).and_then(|names| names.as_string_opt::<i32>()).ok_or_else(missing)?;
    let mut places: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (place, name) in (0u32..).zip(names) {
        places.entry(name.unwrap_or_default()).or_default().push(place);
    }
    Ok(places.into_iter().map(|(name, places)| (name.to_owned(), places)).collect())
}
