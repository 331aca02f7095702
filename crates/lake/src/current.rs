//! Which scans and runs are the newest: decided once a session, so that every query of it sees the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::logical_expr::{Expr, col, lit};
use datafusion::prelude::SessionContext;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sightline_model::{LakeTable, lake_table};

use crate::LakeError;
use crate::answer::Answer;
use crate::snapshot::SnapshotTable;

/// The newest finished scan of each account, and the newest runs.
#[derive(Debug, Default)]
pub(crate) struct Current {
    /// account → scan
    scans: BTreeMap<String, String>,
    edge_run: Option<String>,
    finding_run: Option<String>,
    access_run: Option<String>,
    relation_run: Option<String>,
    self_hosted_run: Option<String>,
    /// tables that hold no row at all
    unwritten: BTreeSet<&'static str>,
}

#[derive(Debug, Deserialize)]
struct Scan {
    scan_id: String,
    account_id: String,
    finished_at: Timestamp,
}

impl Current {
    pub(crate) async fn of_snapshots(snapshots: &[SnapshotTable]) -> Result<Self, LakeError> {
        let of = |table: &'static LakeTable| snapshots.iter().find(|snapshot| snapshot.name() == table.name);
        let scans = match of(lake_table::SCAN) {
            Some(snapshot) => scans_of(snapshot.clone()).await?,
            None => vec![],
        };
        let newest_run = |table| of(table).and_then(|snapshot| snapshot.greatest("run_id"));
        let written =
            |table: &LakeTable| snapshots.iter().any(|one| one.name() == table.name && one.files().next().is_some());
        Ok(Self::new(scans, newest_run, written))
    }

    /// From literal rows. Rows of `scan` without account, id or end are no finished scans.
    pub(crate) fn of_rows(rows: &[(&'static LakeTable, Vec<Value>)]) -> Self {
        let of = |table: &'static LakeTable| rows.iter().filter(move |(of, _)| *of == table).flat_map(|(_, rows)| rows);
        let scans = of(lake_table::SCAN).filter_map(|row| Scan::deserialize(row).ok()).collect();
        let newest_run = |table| of(table).filter_map(|row| row.get("run_id")?.as_str()).max().map(str::to_owned);
        let written = |table: &LakeTable| rows.iter().any(|(of, rows)| of.name == table.name && !rows.is_empty());
        Self::new(scans, newest_run, written)
    }

    fn new(
        scans: Vec<Scan>,
        newest_run: impl Fn(&'static LakeTable) -> Option<String>,
        written: impl Fn(&LakeTable) -> bool,
    ) -> Self {
        let mut newest: BTreeMap<String, Scan> = BTreeMap::new();
        for scan in scans {
            let age = |scan: &Scan| (scan.finished_at, scan.scan_id.clone());
            if newest.get(&scan.account_id).is_none_or(|other| age(other) < age(&scan)) {
                newest.insert(scan.account_id.clone(), scan);
            }
        }
        let scans = newest.into_iter().map(|(account, scan)| (account, scan.scan_id)).collect();
        Self {
            scans,
            edge_run: newest_run(lake_table::EDGE),
            finding_run: newest_run(lake_table::FINDING),
            access_run: newest_run(lake_table::MODEL_ACCESS),
            relation_run: newest_run(lake_table::RELATION),
            // A discovery that finds none leaves no row, but others.
            self_hosted_run: [lake_table::SELF_HOSTED_MODEL, lake_table::EDGE, lake_table::RELATION]
                .into_iter()
                .filter_map(&newest_run)
                .max(),
            unwritten: lake_table::ALL.iter().filter(|table| !written(table)).map(|table| table.name).collect(),
        }
    }

    /// Whether this table of the lake holds no row at all.
    pub(crate) fn is_unwritten(&self, table: &str) -> bool {
        self.unwritten.contains(table)
    }

    /// Rows of the newest finished scan of their account. The list of scans stands alone too: it is what skips files.
    pub(crate) fn of_scan(&self) -> Expr {
        let mut accounts_of: BTreeMap<&str, Vec<Expr>> = BTreeMap::new();
        for (account, scan) in &self.scans {
            accounts_of.entry(scan).or_default().push(lit(account.as_str()));
        }
        let scans = accounts_of.keys().map(|scan| lit(*scan)).collect();
        let pairs = accounts_of
            .into_iter()
            .map(|(scan, accounts)| col("scan_id").eq(lit(scan)).and(col("account_id").in_list(accounts, false)));
        match pairs.reduce(Expr::or) {
            Some(pairs) => col("scan_id").in_list(scans, false).and(pairs),
            None => lit(false),
        }
    }

    /// Rows of the newest discovery.
    pub(crate) fn of_edge_run(&self) -> Expr {
        of_run(self.edge_run.as_deref())
    }

    /// Rows of the newest evaluation of who may use which AI.
    pub(crate) fn of_access_run(&self) -> Expr {
        of_run(self.access_run.as_deref())
    }

    /// Rows of the newest discovery of relations.
    pub(crate) fn of_relation_run(&self) -> Expr {
        of_run(self.relation_run.as_deref())
    }

    /// Rows of the newest discovery of models that workloads serve themselves.
    pub(crate) fn of_self_hosted_run(&self) -> Expr {
        of_run(self.self_hosted_run.as_deref())
    }

    /// Rows of the newest evaluation of checks.
    pub(crate) fn of_finding_run(&self) -> Expr {
        of_run(self.finding_run.as_deref())
    }
}

fn of_run(run: Option<&str>) -> Expr {
    run.map_or_else(|| lit(false), |run| col("run_id").eq(lit(run)))
}

async fn scans_of(snapshot: SnapshotTable) -> Result<Vec<Scan>, LakeError> {
    let failed = |error| LakeError::query(&error);
    let frame = SessionContext::new().read_table(Arc::new(snapshot)).map_err(failed)?;
    let frame = frame.select_columns(&["scan_id", "account_id", "finished_at"]).map_err(failed)?;
    let schema = Arc::clone(frame.schema().inner());
    Answer::new(&schema, frame.collect().await.map_err(failed)?)?.rows_as()
}
