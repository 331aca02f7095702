//! Whether anything was written, without reading a log.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use sightline_model::lake_table;

use crate::Lake;

/// What tells one state of the lake's tables from another. In a folder, taking it costs a look at one folder a table; of a bucket it is what
/// this process knows, and up to fifteen seconds old.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark(BTreeMap<&'static str, State>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Changed(SystemTime),
    Version(u64),
}

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
        match self.place().local() {
            Some(root) => of_folder(root),
            None => {
                let known = self.marks().known(self.place()).into_iter();
                Mark(known.map(|(table, version)| (table, State::Version(version))).collect())
            }
        }
    }
}

fn of_folder(root: &Path) -> Mark {
    let changed = |name: &str| fs::metadata(root.join(name).join("_delta_log")).and_then(|log| log.modified());
    let tables = lake_table::ALL.iter();
    Mark(tables.filter_map(|table| Some((table.name, State::Changed(changed(table.name).ok()?)))).collect())
}
