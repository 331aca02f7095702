//! Collectors that no declaration fits. Each is a file of this folder with `pub static UNIT` of a type that implements
//! [`Special`]; adding the file adds the table.
//!
//! A collector makes its calls through [`Visit::call`], which counts them, keeps to the scan's limits and turns a failure
//! into a row of coverage; it hands each row to [`Visit::emit`]. It never fails: what it could not read is in the coverage.

use crate::catalogue::{Call, Scope, Source, Table};
use crate::scan::Visit;
use futures::future::BoxFuture;
use sightline_model::{Column, RelationRule};

include!(concat!(env!("OUT_DIR"), "/specials.rs"));

/// A collector of one inventory table.
pub trait Special: Sync {
    /// The table's name.
    fn table(&self) -> &'static str;
    /// One sentence for the catalogue.
    fn about(&self) -> &'static str;
    /// Where it is asked for.
    fn scope(&self) -> Scope;
    /// The table's own columns.
    fn columns(&self) -> Vec<Column>;
    /// What its rows are to those of other tables.
    fn relations(&self) -> Vec<RelationRule> {
        Vec::new()
    }
    /// The table for whose rows it is collected, and the columns that it needs of them: [`Visit::above`] has them.
    fn parent(&self) -> Option<(&'static str, &'static [&'static str])> {
        None
    }
    /// Every call that it makes, the one that the table stands or falls with first.
    fn calls(&self) -> &[Call];
    /// Reads the table in one region.
    fn collect<'v>(&'v self, visit: &'v Visit<'v>) -> BoxFuture<'v, ()>;
}

/// The tables of all special collectors.
pub(crate) fn tables() -> impl Iterator<Item = Table> {
    ALL.iter().map(|special| Table {
        name: special.table().to_owned(),
        about: special.about().to_owned(),
        file: format!("special {}", special.table()),
        scope: special.scope(),
        columns: special.columns(),
        relations: special.relations(),
        source: Source::Special(*special),
    })
}
