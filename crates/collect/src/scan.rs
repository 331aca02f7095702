//! Scans accounts: every table in every region, into the lake.
//!
//! A failing call stops nothing: it is a row of `coverage`, and the rest goes on. What is read is noted in a journal beside the lake, and
//! becomes rows when all is read: a scan that is cut off, however that happens, is not to be seen, and may be gone on with.
//!
//! ```text
//! members ──► door: accounts, entered by their roles, a few at a time ──► regions
//!                                                                            │
//!                       work: a queue of (account, region, table) ◄──────────┘
//!                         ▲          │
//!     tables below ───────┘        visit ──► declared, special ──► row ──┐
//!     a table                        └─────── ledger ──► coverage ───────┴─► notes (journal) ══ all done ══► commit ──► lake
//! ```

mod above;
mod ahead;
mod batch;
mod commit;
mod context;
mod declared;
mod detail;
mod enter;
mod ledger;
mod members;
mod notes;
mod options;
mod past;
mod plan;
mod record;
mod regions;
mod report;
mod row;
mod summary;
mod unfinished;
mod visit;
mod work;

pub use ahead::{AccountAhead, Ahead, ahead};
pub use members::{DEFAULT_MEMBER_ROLE, Members};
pub use options::{
    AccountDone, Clock, DEFAULT_CONCURRENCY, DEFAULT_TOTAL_CONCURRENCY, Progress, Quiet, Resume, ScanOptions, TableDone,
};
pub use summary::{AccountState, AccountSummary, NotSeen, ScanSummary};
pub use unfinished::{Unfinished, discard, unfinished};
pub use visit::{Found, Missed, Visit};

use crate::CollectError;
use crate::catalogue::{Catalogue, Table, catalogue};
use context::Scan;
use enter::Door;
use notes::Notes;
use past::Past;
use record::{Begun, FORM, Kind, Who};
use report::Report;
use sightline_aws::{Aws, Caller, Room};
use sightline_lake::{Journal, Lake};
use sightline_model::RunId;
use std::sync::{Mutex, PoisonError};
use work::{Bounds, Work};

/// The table whose coverage tells whether all enabled regions are known.
const REGION_TABLE: &str = "aws_region";

/// Scans the accounts that the options name, or goes on with a scan that was cut off.
///
/// A scan that is cancelled, or whose credentials expire, ends with [`ScanSummary::cancelled`] and may be gone on with.
///
/// # Errors
/// When it is not to be learned whose account this is (no or expired credentials, no way to STS) or which accounts there are, when
/// another scan writes to the lake, when the lake cannot be written, when a pattern names no table, or a region's name is none, when
/// there is no scan to go on with. Calls that fail later are coverage.
pub async fn scan(
    aws: &Aws,
    lake: &Lake,
    options: ScanOptions,
    progress: &dyn Progress,
) -> Result<ScanSummary, CollectError> {
    let catalogue = catalogue()?;
    plan::check_regions(&options.regions)?;
    let chosen = plan::tables(&catalogue, &options.include, &options.exclude)?;
    let _lock = lake.lock("scan", options.run.as_str())?;
    let caller = aws.caller().await.map_err(|error| CollectError::Caller { source: Box::new(error) })?;
    let run = match &options.resume {
        Some(which) => Run::resumed(lake, &catalogue, which, &caller, &options)?,
        None => Run::begun(aws, lake, &caller, &chosen, &options).await?,
    };
    run.finish(aws, lake, &catalogue, &caller, &options, progress).await
}

/// A scan that has begun, be it in an earlier process.
struct Run {
    id: RunId,
    begun: Begun,
    journal: Journal,
    past: Past,
}

impl Run {
    async fn begun(
        aws: &Aws,
        lake: &Lake,
        caller: &Caller,
        tables: &[&Table],
        options: &ScanOptions,
    ) -> Result<Self, CollectError> {
        let started_at = (options.clock)();
        let begun = Begun {
            form: FORM,
            version: options.version.clone(),
            started_at,
            caller: Who::from(caller),
            regions: options.regions.clone(),
            tables: tables.iter().map(|table| table.name.clone()).collect(),
            accounts: members::choose(aws, caller, options.members.as_ref()).await?,
        };
        let mut journal = lake.begin_journal(options.run.as_str())?;
        let body = serde_json::to_vec(&begun).unwrap_or_default();
        journal.append(&record::encode(Kind::Begun, 0, &body))?;
        Ok(Self { id: options.run.clone(), begun, journal, past: Past::default() })
    }

    fn resumed(
        lake: &Lake,
        catalogue: &Catalogue,
        which: &Resume,
        caller: &Caller,
        options: &ScanOptions,
    ) -> Result<Self, CollectError> {
        let resumed = unfinished::resume(lake, catalogue, which, &options.version)?;
        let (began, now) = (&resumed.begun.caller.account_id, &caller.account_id);
        if began != now {
            let reason = format!("it was begun with credentials of account {began}, and these are of {now}");
            return Err(CollectError::CannotResume { scan_id: resumed.scan_id, reason });
        }
        let id = RunId::from(resumed.scan_id);
        Ok(Self { id, begun: resumed.begun, journal: resumed.journal, past: resumed.past })
    }

    async fn finish(
        self,
        aws: &Aws,
        lake: &Lake,
        catalogue: &Catalogue,
        caller: &Caller,
        options: &ScanOptions,
        progress: &dyn Progress,
    ) -> Result<ScanSummary, CollectError> {
        let Self { id, begun, journal, mut past } = self;
        progress.started(begun.accounts.len());
        let resumed_jobs = work::resumed(&past);
        let closed = past.closed.take();
        // A child: the scan may stop itself without cancelling whatever else the caller's token stands for.
        let stop = options.cancel.child_token();
        let scan = Scan {
            scan_id: id.to_string(),
            clock: options.clock.clone(),
            concurrency: options.concurrency.max(1),
            notes: Notes::new(journal, past.jobs, stop.clone())?,
            stop,
            seen: std::mem::take(&mut past.seen),
            stopped_by: Mutex::default(),
        };
        let tables: Vec<&Table> = begun.tables.iter().filter_map(|name| catalogue.table(name)).collect();
        let own = options.concurrency.max(1);
        let total = options.total_concurrency.max(own);
        let door = Door {
            aws,
            caller,
            room: Room::new(total),
            places: own,
            session: format!("sightline-{id}"),
            clusters: options.clusters.clone(),
            catalogue,
            regions: &begun.regions,
            tables: &tables,
        };
        let earlier = past.tally.clone();
        let mut work = Work::new(&scan, &door, &begun.accounts, catalogue, past);
        match closed {
            Some(_) => work.told_all(),
            None => work.run(bounds(own, total), progress).await,
        }
        let read = std::mem::take(&mut work.outcome);
        drop(work);
        if let Some(failure) = scan.notes.failure() {
            return Err(failure.into());
        }
        let report = Report { id, begun: &begun, caller, resumed_jobs, earlier, read };
        let closed = match closed {
            None if report.is_whole() => Some(report.close(&scan)?),
            closed => closed,
        };
        let accounts = report.accounts(closed.as_ref());
        match &closed {
            Some(closed) => {
                progress.writing();
                let numbers = past::numbers(lake, &scan.scan_id)?;
                commit::commit(lake, &scan.scan_id, closed, &numbers, &report.rows(&accounts, closed)).await?;
                lake.drop_journal(&scan.scan_id)?;
            }
            None => scan.notes.sync(),
        }
        let stopped_by = scan.stopped_by.into_inner().unwrap_or_else(PoisonError::into_inner);
        let summary = report.summary(accounts, closed.as_ref(), stopped_by, (options.clock)());
        progress.finished(&summary);
        Ok(summary)
    }
}

/// Few accounts are open at once: as many as keep the room full while some of them wait.
fn bounds(own: usize, total: usize) -> Bounds {
    // More jobs than requests, so that no place is free while rows are made; not all of them, so that few pages are in memory.
    Bounds { accounts: (2 * total).div_ceil(own).clamp(2, 16), account_jobs: own * 2, jobs: total * 2 }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
