//! Whether anything was written, without reading a log.

use std::collections::BTreeMap;
use std::fs;
use std::time::SystemTime;

use sightline_model::lake_table;

use crate::Lake;

/// What tells one state of the lake's tables from another. Taking it costs a look at one folder a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark(BTreeMap<&'static str, SystemTime>);

impl Mark {
    /// Whether none of these tables was written between the two.
    pub fn is_same_of(&self, other: &Self, tables: &[&str]) -> bool {
        tables.iter().all(|table| self.0.get(table) == other.0.get(table))
    }
}

impl Lake {
    /// The mark of now. A commit adds a file to the log of its table, and with it another time to the log's folder; a table that was never
    /// written, or whose folder cannot be looked at, has none: who reads it then learns why.
    pub fn mark(&self) -> Mark {
        let changed =
            |name: &str| fs::metadata(self.root().join(name).join("_delta_log")).and_then(|log| log.modified());
        Mark(lake_table::ALL.iter().filter_map(|table| Some((table.name, changed(table.name).ok()?))).collect())
    }
}
