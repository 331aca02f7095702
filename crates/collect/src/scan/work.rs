//! The queue of what is to be read: tables in regions, those below a table once its rows are there.

use super::ledger::Failure;
use super::summary::Tally;
use super::visit::{CANCELLED, Scan, Visit};
use super::writer::Written;
use super::{Progress, TableDone, count, declared};
use crate::catalogue::{Catalogue, Scope, Source, Table};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use serde_json::{Map, Value};
use sightline_model::resource::GLOBAL;
use sightline_model::{Coverage, Outcome};
use std::collections::{BTreeMap, VecDeque};

/// All that one scan reads.
pub(super) struct Work<'w> {
    scan: &'w Scan,
    tables: BTreeMap<&'w str, &'w Table>,
    queue: VecDeque<Job<'w>>,
    total: usize,
}

/// One table in one region.
struct Job<'w> {
    table: &'w Table,
    region: String,
    above: Above,
}

/// What is known of the table above.
enum Above {
    /// There is none.
    None,
    /// Its rows, and how its own listing failed where it did not come to its end.
    Rows { rows: Vec<Map<String, Value>>, failure: Option<(Outcome, String)> },
}

/// A job that is done.
struct Done<'w> {
    table: &'w Table,
    region: String,
    rows: u64,
    coverage: Vec<Coverage>,
    below: Vec<Job<'w>>,
}

impl<'w> Work<'w> {
    pub(super) fn new(scan: &'w Scan, catalogue: &'w Catalogue, tables: &[&'w Table], regions: &[String]) -> Self {
        let regions_of = |table: &Table| match table.scope {
            Scope::Global => vec![GLOBAL.to_owned()],
            Scope::Regional => regions.to_vec(),
        };
        let chosen: BTreeMap<&str, &Table> =
            tables.iter().filter_map(|table| Some((table.name.as_str(), catalogue.table(&table.name)?))).collect();
        let total = tables.iter().map(|table| regions_of(table).len()).sum();
        let roots = chosen.values().copied().filter(|table| table.parent().is_none());
        let queue = roots.flat_map(|table| {
            regions_of(table).into_iter().map(move |region| Job { table, region, above: Above::None })
        });
        Self { scan, queue: queue.collect(), tables: chosen, total }
    }

    /// How many pairs of table and region there are.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// Reads everything. More jobs than calls are under way, so that no call waits for rows to be made; not all of them,
    /// so that few pages are in memory.
    pub(super) async fn run(mut self, tally: &mut Tally, progress: &dyn Progress) {
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < self.scan.concurrency * 2 {
                let Some(job) = self.queue.pop_front() else { break };
                let below = self.below(job.table);
                under_way.push(job.run(self.scan, below));
            }
            let Some(done) = under_way.next().await else { return };
            tally.add(&done.table.name, done.rows, &done.coverage);
            let incomplete = done.coverage.iter().filter(|row| !row.outcome.is_complete()).count();
            progress.table_done(&TableDone {
                table: done.table.name.clone(),
                region: done.region,
                rows: done.rows,
                incomplete: count(incomplete),
            });
            send_coverage(self.scan, done.coverage).await;
            self.queue.extend(done.below);
        }
    }

    fn below(&self, table: &Table) -> Vec<&'w Table> {
        self.tables.values().copied().filter(|below| below.parent() == Some(table.name.as_str())).collect()
    }
}

impl<'w> Job<'w> {
    async fn run(self, scan: &'w Scan, below: Vec<&'w Table>) -> Done<'w> {
        let Self { table, region, above } = self;
        let visit = Visit::new(scan, table, &region).for_tables(&below);
        let rows_above = above.note(&visit, table);
        if scan.stop.is_cancelled() {
            skip(&visit, table, Outcome::Skipped, CANCELLED);
        } else {
            match &table.source {
                Source::Declared(declared) => declared::collect(&visit, declared, rows_above).await,
                Source::Special(special) => special.collect(&visit).await,
            }
        }
        let kept = visit.take_kept();
        let failure = table.listing_calls().find_map(|list| visit.list_failure(list));
        let jobs = below.into_iter().map(|below| Job {
            table: below,
            region: region.clone(),
            above: Above::Rows { rows: kept.clone(), failure: failure.clone() },
        });
        let below = jobs.collect();
        let (rows, coverage) = visit.finish();
        Done { table, region, rows, coverage, below }
    }
}

impl Above {
    /// The rows above; what is not known of them is coverage of the table below.
    fn note(self, visit: &Visit<'_>, table: &Table) -> Option<Vec<Map<String, Value>>> {
        let Self::Rows { rows, failure } = self else { return None };
        if let Some((outcome, message)) = failure {
            let outcome = if outcome == Outcome::Unsupported { outcome } else { Outcome::Skipped };
            let parent = table.parent().unwrap_or_default();
            skip(visit, table, outcome, &format!("not asked: `{parent}` could not be listed: {message}"));
        }
        Some(rows)
    }
}

/// The table as a whole was not asked for.
fn skip(visit: &Visit<'_>, table: &Table, outcome: Outcome, message: &str) {
    if let Some(list) = table.calls().first() {
        visit.failed(list, Failure::without_call(outcome, "", message, ""));
    }
}

/// Hands coverage to the writer.
pub(super) async fn send_coverage(scan: &Scan, coverage: Vec<Coverage>) {
    if !coverage.is_empty() && scan.writer.send(Written::Coverage(coverage)).await.is_err() {
        scan.stop.cancel();
    }
}
