//! Rows that are too old, taken out of their table.
//!
//! What is never taken: `log_object`, for it says which objects were read, and whatever it forgot would be read again and doubled; what a claim
//! names, for it is no part of a table yet; the newest scan of each account and the newest run of each kind, whatever their age; what the map
//! keeps of days (`day_group`), and probes. Files of rows that were taken stay a week for those who read the state before: see
//! [`crate::Lake::sweep`].

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, ExprFunctionExt, col, lit};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::scalar::ScalarValue;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use sightline_model::LakeTable;
use sightline_model::lake_table::{self as tables, LOG_TARGETS};

use crate::answer::Answer;
use crate::compact::Why;
use crate::snapshot::SnapshotTable;
use crate::staged::Staged;
use crate::{Lake, LakeError};

/// What tells a row's age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    /// a column of times; a row without one is never too old
    Time(&'static str),
    /// an id that begins with a time: of a scan or a run
    Id(&'static str),
}

/// How the rows of a table grow old; `None`: they do not.
fn age(table: &LakeTable) -> Option<Age> {
    if LOG_TARGETS.iter().any(|target| target.name == table.name) {
        let column = ["event_time", "hour", "start", "last_seen"].into_iter();
        return column.filter(|name| table.columns.iter().any(|(column, _)| column == name)).map(Age::Time).next();
    }
    let kept = [tables::DAY_GROUP.name, tables::PROBE_ATTEMPT.name];
    match table.partition_by {
        [column] if !kept.contains(&table.name) => Some(Age::Id(column)),
        _ if table.name == tables::SCAN.name => Some(Age::Id("scan_id")),
        _ => None,
    }
}

/// What [`Lake::retain`] took, or would take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Retained {
    /// rows that are too old
    pub rows: u64,
    /// files that had no other rows
    pub files: u64,
    /// files that were written again without them
    pub rewritten: u64,
    /// files that another process rewrote meanwhile: the next call looks at them
    pub busy: u64,
}

impl Lake {
    /// Tables whose rows grow old.
    pub fn retainable() -> impl Iterator<Item = &'static LakeTable> {
        tables::ALL.iter().copied().filter(|table| age(table).is_some())
    }

    /// Takes the rows out of the table that are older than so many days at `now`; with `dry` it counts them alone.
    ///
    /// # Errors
    /// The table's rows do not grow old, or `days` is 0; the table cannot be read or written.
    pub async fn retain(
        &self,
        table: &'static LakeTable,
        days: u32,
        now: Timestamp,
        dry: bool,
    ) -> Result<Retained, LakeError> {
        let refused = |reason| LakeError::Retention { table: table.name, reason };
        let age = age(table).ok_or_else(|| refused("has no rows that grow old"))?;
        if days == 0 {
            return Err(refused("must be kept for a day at least"));
        }
        let cutoff = now.checked_sub(Span::new().hours(i64::from(days) * 24));
        let cutoff = cutoff.map_err(|_| refused("cannot be kept for so many days"))?;
        let snapshot = self.snapshot(table).await?;
        let newest = match age {
            Age::Id("scan_id") => self.newest_scans().await?,
            Age::Id(_) => self.newest_runs(&snapshot).await?,
            Age::Time(_) => BTreeSet::new(),
        };
        let old = old_rows(age, cutoff, &newest);
        let mut retained = Retained::default();
        for (name, counts) in self.counts(&snapshot, &old).await? {
            let whole = counts.old == counts.all;
            if !dry && !self.take_out(table, &snapshot, name, whole, &old, now).await? {
                retained.busy += 1;
                continue;
            }
            retained.rows += counts.old;
            if whole { retained.files += 1 } else { retained.rewritten += 1 }
        }
        Ok(retained)
    }

    /// One file, in one commit. `false`: it is no part of the table any more.
    async fn take_out(
        &self,
        table: &'static LakeTable,
        snapshot: &SnapshotTable,
        name: String,
        whole: bool,
        old: &Expr,
        now: Timestamp,
    ) -> Result<bool, LakeError> {
        let names = HashSet::from([name]);
        let staged = if whole {
            Staged::new(table.name, vec![])
        } else {
            let others = old.clone().is_not_true();
            self.rewrite_where(table, snapshot.of_files(&names), Some(others)).await?
        };
        let handle = self.table(table)?;
        let replaced = handle.lock().await.replace(&names, &staged, Why::Old(now.as_millisecond())).await;
        if matches!(replaced, Ok(false)) {
            self.take_away(table, &staged).await;
        }
        replaced
    }

    /// Rows of each file that has old ones.
    async fn counts(&self, snapshot: &SnapshotTable, old: &Expr) -> Result<BTreeMap<String, Counts>, LakeError> {
        let failed = |error| LakeError::query(&error);
        let names: Vec<String> = snapshot.files().map(|(name, _)| name.to_owned()).collect();
        let mut counts = BTreeMap::new();
        for name in names {
            let file = snapshot.of_files(&HashSet::from([name.clone()]));
            let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
            file.register(&context.runtime_env());
            let rows = context.read_table(Arc::new(file)).map_err(failed)?;
            let of_old = count(lit(1)).filter(old.clone()).build().map_err(failed)?.alias("old");
            let counted = rows.aggregate(vec![], vec![of_old, count(lit(1)).alias("all")]).map_err(failed)?;
            let schema = Arc::clone(counted.schema().inner());
            let answer = Answer::new(&schema, counted.collect().await.map_err(failed)?)?;
            let found: Vec<Counts> = answer.rows_as()?;
            counts.extend(found.into_iter().filter(|found| found.old > 0).map(|found| (name.clone(), found)));
        }
        Ok(counts)
    }

    /// The newest finished scan of each account.
    async fn newest_scans(&self) -> Result<BTreeSet<String>, LakeError> {
        let (session, _) = self.look_at(tables::SCAN).await?;
        let sql = "SELECT max(scan_id) AS id FROM scan GROUP BY account_id \
                   UNION SELECT first_value(scan_id ORDER BY finished_at DESC) AS id FROM scan GROUP BY account_id";
        let rows: Vec<Id> = session.sql(sql).await?.rows_as()?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// The newest run of each kind, and the newest of this table.
    async fn newest_runs(&self, snapshot: &SnapshotTable) -> Result<BTreeSet<String>, LakeError> {
        let (session, _) = self.look_at(tables::RUN).await?;
        let rows: Vec<Id> = session.sql("SELECT max(run_id) AS id FROM run GROUP BY kind").await?.rows_as()?;
        Ok(rows.into_iter().map(|row| row.id).chain(snapshot.greatest("run_id")).collect())
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Counts {
    old: u64,
    all: u64,
}

#[derive(Debug, Deserialize)]
struct Id {
    id: String,
}

fn old_rows(age: Age, cutoff: Timestamp, newest: &BTreeSet<String>) -> Expr {
    match age {
        Age::Time(column) => {
            let cutoff = ScalarValue::TimestampMicrosecond(Some(cutoff.as_microsecond()), Some("UTC".into()));
            col(column).lt(lit(cutoff))
        }
        Age::Id(column) => {
            let before = col(column).lt(lit(cutoff.strftime("%Y%m%dT%H%M%SZ").to_string()));
            let kept: Vec<Expr> = newest.iter().map(|id| lit(id.as_str())).collect();
            if kept.is_empty() { before } else { before.and(col(column).in_list(kept, true)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_rows_grow_old() {
        let named: Vec<&str> = Lake::retainable().map(|table| table.name).collect();
        assert!(named.contains(&"flow") && named.contains(&"resource") && named.contains(&"finding"));
        for kept in ["log_object", "day_group", "run", "probe_run", "probe_attempt"] {
            assert!(!named.contains(&kept), "{kept}");
        }
        assert!(LOG_TARGETS.iter().all(|table| age(table).is_some()));
    }
}
