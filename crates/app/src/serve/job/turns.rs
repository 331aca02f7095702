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
            turns.take(table, &came, is_whole(&came))?;
            desk.told.tell(|told| told.done += 1);
        }
        Ok(turns)
    }

    fn take(&mut self, table: &LakeTable, came: &impl Serialize, is_whole: bool) -> anyhow::Result<()> {
        self.is_incomplete |= !is_whole;
        self.tables.insert(table.name.to_owned(), serde_json::to_value(came)?);
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::db::job::JobStatus;
    use sightline_lake::Retained;
    use sightline_model::lake_table::{API_CALL, FLOW};

    #[test]
    fn what_is_left_to_the_next_run_is_told() {
        let (whole, busy) = (Retained { rows: 3, ..Retained::default() }, Retained { busy: 1, ..Retained::default() });
        let status = |turns: &[(&LakeTable, Retained)]| {
            let mut all = Turns::default();
            turns.iter().for_each(|(table, came)| all.take(table, came, came.busy == 0).unwrap());
            all.came(false).unwrap()
        };
        assert_eq!(status(&[(API_CALL, whole), (FLOW, whole)]).status, JobStatus::Succeeded);
        let came = status(&[(API_CALL, busy), (FLOW, whole)]);
        assert_eq!(came.status, JobStatus::Incomplete);
        let flow = json!({ "rows": 3, "files": 0, "rewritten": 0, "busy": 0 });
        assert_eq!((&came.result["tables"]["flow"], &came.result["tables"]["api_call"]["busy"]), (&flow, &json!(1)));
    }
}
