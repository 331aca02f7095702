//! Work that is done with one table of the lake after the other.

use super::{Came, Desk};
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sightline_model::LakeTable;
use sightline_model::untrusted::shortened;

/// What the tables came to, by their names.
#[derive(Debug, Default)]
pub(super) struct Turns {
    tables: Map<String, Value>,
    is_incomplete: bool,
}

impl Turns {
    /// Does the work with each table, and tells which. A job that is cancelled stops within a table; what was committed of it stays, and is
    /// whole. `is_whole`: whether something is left to the next run.
    ///
    /// # Errors
    /// A table cannot be worked on: those behind it are not looked at.
    pub(super) async fn of<'w, T: Send, D: Serialize + Send>(
        desk: &Desk,
        verb: &str,
        work: impl IntoIterator<Item = (&'static LakeTable, T)> + Send,
        each: impl Fn(&'static LakeTable, T) -> BoxFuture<'w, anyhow::Result<D>> + Send,
        is_whole: impl Fn(&D) -> bool + Send,
    ) -> anyhow::Result<Self> {
        let work: Vec<_> = work.into_iter().collect();
        desk.told.tell(|told| told.total = work.len() as u64);
        let mut turns = Self::default();
        for (table, given) in work {
            desk.told.tell(|told| told.stage = format!("{verb} {}", table.name));
            let Some(ended) = desk.cancel.run_until_cancelled(each(table, given)).await else { break };
            let came = ended?;
            turns.is_incomplete |= !is_whole(&came);
            turns.tables.insert(table.name.to_owned(), serde_json::to_value(&came)?);
            desk.told.tell(|told| told.done += 1);
        }
        Ok(turns)
    }

    /// As a job's result.
    pub(super) fn came(self, dry_run: bool) -> anyhow::Result<Came> {
        Came::to(&json!({ "dry_run": dry_run, "tables": self.tables }), self.is_incomplete)
    }
}

/// What is wrong with a name, in the words of the command line.
pub(super) fn wrong(name: &str, words: &str) -> anyhow::Error {
    anyhow::anyhow!("`{}`: {words}", shortened(name, 100))
}

/// The tables of these names.
///
/// # Errors
/// The lake has no table of one of the names.
pub(super) fn named(names: &[String]) -> anyhow::Result<Vec<&'static LakeTable>> {
    names.iter().map(|name| crate::stage::upkeep::table(name).map_err(|words| wrong(name, &words))).collect()
}
