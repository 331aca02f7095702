//! Which scans and runs are the newest: decided once a session, so that every query of it sees the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::logical_expr::{Expr, col, lit};
use datafusion::prelude::SessionContext;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sightline_model::{LakeTable, lake_table, run_record};

use crate::LakeError;
use crate::answer::Answer;
use crate::snapshot::SnapshotTable;

/// The newest finished scan of each account, and the newest runs, at some moment.
#[derive(Debug, Default)]
pub(crate) struct Current {
    /// account → scan
    scans: BTreeMap<String, String>,
    edge_run: Option<String>,
    case_run: Option<String>,
    finding_run: Option<String>,
    access_run: Option<String>,
    relation_run: Option<String>,
    self_hosted_run: Option<String>,
    blind_spot_run: Option<String>,
    /// tables that hold no row at all
    unwritten: BTreeSet<&'static str>,
}

#[derive(Debug, Deserialize)]
struct Scan {
    scan_id: String,
    account_id: String,
    finished_at: Timestamp,
}

/// A run that ended: also one that found nothing, and so has no row in its table.
#[derive(Debug, Deserialize)]
struct Run {
    run_id: String,
    kind: String,
}

impl Current {
    /// Of these snapshots; with a moment, the scans are those that had ended by then, or the first ever where none had.
    pub(crate) async fn of_snapshots(snapshots: &[SnapshotTable], at: Option<Timestamp>) -> Result<Self, LakeError> {
        let of = |table: &'static LakeTable| snapshots.iter().find(|snapshot| snapshot.name() == table.name);
        let mut scans: Vec<Scan> = match of(lake_table::SCAN) {
            Some(snapshot) => columns_of(snapshot.clone(), &["scan_id", "account_id", "finished_at"]).await?,
            None => vec![],
        };
        if let Some(at) = at {
            keep_known_at(&mut scans, at);
        }
        let runs = match of(lake_table::RUN) {
            Some(snapshot) => columns_of(snapshot.clone(), &["run_id", "kind"]).await?,
            None => vec![],
        };
        let newest_run = |table| of(table).and_then(|snapshot| snapshot.greatest("run_id"));
        let written =
            |table: &LakeTable| snapshots.iter().any(|one| one.name() == table.name && one.files().next().is_some());
        Ok(Self::new(scans, &runs, newest_run, written))
    }

    /// From literal rows. Rows of `scan` without account, id or end are no finished scans.
    pub(crate) fn of_rows(rows: &[(&'static LakeTable, Vec<Value>)]) -> Self {
        let of = |table: &'static LakeTable| rows.iter().filter(move |(of, _)| *of == table).flat_map(|(_, rows)| rows);
        let scans = of(lake_table::SCAN).filter_map(|row| Scan::deserialize(row).ok()).collect();
        let newest_run = |table| of(table).filter_map(|row| row.get("run_id")?.as_str()).max().map(str::to_owned);
        let written = |table: &LakeTable| rows.iter().any(|(of, rows)| of.name == table.name && !rows.is_empty());
        let runs: Vec<Run> = of(lake_table::RUN).filter_map(|row| Run::deserialize(row).ok()).collect();
        Self::new(scans, &runs, newest_run, written)
    }

    fn new(
        scans: Vec<Scan>,
        runs: &[Run],
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
        let run_of = |kind: &str| runs.iter().filter(|run| run.kind == kind).map(|run| run.run_id.clone()).max();
        // Lakes of an older version have no list of runs.
        let map_run = |table| run_of(run_record::MAP).max(newest_run(table));
        let scans = newest.into_iter().map(|(account, scan)| (account, scan.scan_id)).collect();
        Self {
            scans,
            edge_run: map_run(lake_table::EDGE),
            case_run: run_of(run_record::DETECT).max(newest_run(lake_table::CASE)),
            blind_spot_run: run_of(run_record::BLIND_SPOTS).max(map_run(lake_table::BLIND_SPOT)),
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

    /// Rows of the newest run of the detections.
    pub(crate) fn of_case_run(&self) -> Expr {
        of_run(self.case_run.as_deref())
    }

    /// Rows of the newest look at what cannot be seen.
    pub(crate) fn of_blind_spot_run(&self) -> Expr {
        of_run(self.blind_spot_run.as_deref())
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

/// What was known at that moment; where an account had no scan yet, its first, which is the nearest that there is.
fn keep_known_at(scans: &mut Vec<Scan>, at: Timestamp) {
    let mut first: BTreeMap<String, (Timestamp, String)> = BTreeMap::new();
    for scan in scans.iter() {
        let age = (scan.finished_at, scan.scan_id.clone());
        let oldest = first.entry(scan.account_id.clone()).or_insert_with(|| age.clone());
        if age < *oldest {
            *oldest = age;
        }
    }
    scans.retain(|scan| {
        scan.finished_at <= at || first.get(&scan.account_id).is_some_and(|(_, oldest)| *oldest == scan.scan_id)
    });
}

async fn columns_of<T: DeserializeOwned>(snapshot: SnapshotTable, columns: &[&str]) -> Result<Vec<T>, LakeError> {
    let failed = |error| LakeError::query(&error);
    let context = SessionContext::new();
    snapshot.register(&context.runtime_env());
    let frame = context.read_table(Arc::new(snapshot)).map_err(failed)?;
    let frame = frame.select_columns(columns).map_err(failed)?;
    let schema = Arc::clone(frame.schema().inner());
    Answer::new(&schema, frame.collect().await.map_err(failed)?)?.rows_as()
}
