//! Scans an account: every table in every region, into the lake.
//!
//! A failing call stops nothing: it is a row of `coverage`, and the rest goes on. What is written stays invisible until the
//! scan's own row is there, so a scan that was killed never happened.
//!
//! ```text
//! plan ──► work: a queue of (table, region) ──► visit ──► declared, special ──► row ──┐
//!                     ▲ tables below a table wait for its rows                         ├─► writer ──► lake
//!                     └───────────────────────────────────── ledger ──► coverage ──────┘
//! ```

mod batch;
mod declared;
mod detail;
mod ledger;
mod options;
mod plan;
mod regions;
mod row;
mod summary;
mod visit;
mod work;
mod writer;

pub use options::{Clock, DEFAULT_CONCURRENCY, Plan, Progress, Quiet, ScanOptions, TableDone};
pub use summary::{NotSeen, ScanSummary};
pub use visit::{Found, Missed, Visit};

use crate::CollectError;
use crate::catalogue::{Catalogue, Table, catalogue};
use jiff::Timestamp;
use serde::Serialize;
use sightline_aws::{Aws, Caller};
use sightline_lake::Lake;
use sightline_model::lake_table::SCAN;
use sightline_model::resource::GLOBAL;
use std::sync::Mutex;
use summary::Tally;
use tokio::sync::{Semaphore, mpsc};
use visit::Scan;

/// The table whose coverage tells whether all enabled regions are known.
const REGION_TABLE: &str = "aws_region";

/// Rows on their way to the writer: enough that calls go on while a batch is written.
const QUEUE: usize = 256;

/// Scans the account that the connection's credentials belong to.
///
/// # Errors
/// When it is not to be learned whose account this is (no or expired credentials, no way to STS), when another scan writes to
/// the lake, when the lake cannot be written, when a pattern names no table or a region's name is none. Calls that fail later are coverage.
pub async fn scan(
    aws: &Aws,
    lake: &Lake,
    options: ScanOptions,
    progress: &dyn Progress,
) -> Result<ScanSummary, CollectError> {
    let catalogue = catalogue()?;
    let tables = plan::tables(&catalogue, &options.include, &options.exclude)?;
    plan::check_regions(&options.regions)?;
    let _lock = lake.lock("scan", options.run.as_str())?;
    let started_at = (options.clock)();
    let before = aws.usage();
    let caller = aws.caller().await.map_err(|error| CollectError::Caller { source: Box::new(error) })?;

    let (sender, receiver) = mpsc::channel(QUEUE);
    let scan = Scan::new(aws, &caller, &options, sender);
    let reading = async {
        // The sender goes with the scan's end; only then does the writer finish.
        let scan = scan;
        read(&scan, &catalogue, &tables, &options, progress).await
    };
    let (read, written) = tokio::join!(reading, writer::write(lake, receiver));
    written?;
    let Read { regions, tally } = read;

    let usage = aws.usage();
    let summary = ScanSummary {
        scan_id: options.run.clone(),
        account_id: caller.account_id,
        partition: caller.partition,
        caller_arn: caller.arn,
        regions,
        started_at,
        finished_at: (options.clock)(),
        tables: count(tables.len()),
        resources: tally.resources(),
        calls: usage.calls.saturating_sub(before.calls),
        retries: usage.retries.saturating_sub(before.retries),
        not_seen: tally.causes.into_values().collect(),
        resources_by_table: tally.resources_by_table,
        outcomes: tally.outcomes,
        denied_actions: tally.denied_actions,
        cancelled: options.cancel.is_cancelled(),
    };
    lake.append(SCAN, &[Record::of(&summary, &options.version)]).await?;
    progress.finished(&summary);
    Ok(summary)
}

impl Scan {
    fn new(aws: &Aws, caller: &Caller, options: &ScanOptions, writer: mpsc::Sender<writer::Written>) -> Self {
        let concurrency = options.concurrency.max(1);
        Self {
            aws: aws.clone(),
            caller: caller.clone(),
            scan_id: options.run.to_string(),
            clock: options.clock.clone(),
            concurrency,
            permits: Semaphore::new(concurrency),
            // A child: the scan may stop itself without cancelling whatever else the caller's token stands for.
            stop: options.cancel.child_token(),
            writer,
            seen: Mutex::default(),
        }
    }
}

struct Read {
    regions: Vec<String>,
    tally: Tally,
}

async fn read(
    scan: &Scan,
    catalogue: &Catalogue,
    tables: &[&Table],
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Read {
    let mut tally = Tally::default();
    let regions = match options.regions.as_slice() {
        [] => all_regions(scan, catalogue, &mut tally).await,
        named => named.to_vec(),
    };
    let work = work::Work::new(scan, catalogue, tables, &regions);
    progress.started(&Plan {
        account_id: scan.caller.account_id.clone(),
        regions: regions.clone(),
        total: work.total(),
    });
    work.run(&mut tally, progress).await;
    Read { regions, tally }
}

/// The enabled regions. That they could not be listed is coverage; that they could is said by [`REGION_TABLE`]'s own visit.
async fn all_regions(scan: &Scan, catalogue: &Catalogue, tally: &mut Tally) -> Vec<String> {
    let Some(table) = catalogue.table(REGION_TABLE) else { return vec![scan.aws.default_region().to_owned()] };
    let visit = Visit::new(scan, table, GLOBAL);
    let regions = regions::enabled(&visit).await;
    let (_, mut coverage) = visit.finish();
    coverage.retain(|row| row.outcome != sightline_model::Outcome::Ok);
    tally.add(&table.name, 0, &coverage);
    work::send_coverage(scan, coverage).await;
    regions
}

/// The row of `scan`.
#[derive(Serialize)]
struct Record<'s> {
    scan_id: &'s str,
    account_id: &'s str,
    partition: &'s str,
    caller_arn: &'s str,
    regions: &'s [String],
    version: &'s str,
    started_at: Timestamp,
    finished_at: Timestamp,
    tables: u64,
    resources: u64,
    calls: u64,
    incomplete: u64,
}

impl<'s> Record<'s> {
    fn of(summary: &'s ScanSummary, version: &'s str) -> Self {
        Self {
            scan_id: summary.scan_id.as_str(),
            account_id: &summary.account_id,
            partition: &summary.partition,
            caller_arn: &summary.caller_arn,
            regions: &summary.regions,
            version,
            started_at: summary.started_at,
            finished_at: summary.finished_at,
            tables: summary.tables,
            resources: summary.resources,
            calls: summary.calls,
            incomplete: summary.incomplete(),
        }
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
