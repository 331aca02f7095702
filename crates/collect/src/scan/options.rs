//! What a scan is told, and whom it tells how far it is.

use super::{Members, ScanSummary};
use jiff::Timestamp;
use sightline_model::RunId;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Reads the time: libraries have no clock of their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How many requests of one account are on the wire where nothing else is said.
pub const DEFAULT_CONCURRENCY: usize = 24;

/// How many requests of all accounts are on the wire where nothing else is said.
pub const DEFAULT_TOTAL_CONCURRENCY: usize = 64;

/// What to scan, and how.
#[derive(Clone)]
pub struct ScanOptions {
    /// the scan's id; of a scan that is gone on with, the id it began with is taken
    pub run: RunId,
    /// reads the time
    pub clock: Clock,
    /// the product's version, kept with the scan
    pub version: String,
    /// the accounts; none for the caller's own alone
    pub members: Option<Members>,
    /// the regions; none for all that are enabled
    pub regions: Vec<String>,
    /// names of tables, `*` for any text; none for all. Parents of what is chosen are scanned too.
    pub include: Vec<String>,
    /// likewise, to be left out; a table whose parent is left out is left out
    pub exclude: Vec<String>,
    /// requests of one account on the wire at most, at least 1
    pub concurrency: usize,
    /// requests of all accounts on the wire at most, at least 1
    pub total_concurrency: usize,
    /// clusters that the account does not tell of, and how to enter them
    pub clusters: crate::kubernetes::Clusters,
    /// a scan that was cut off is gone on with: accounts, regions and tables are those that it began with
    pub resume: Option<Resume>,
    /// ends the scan early; it may be gone on with
    pub cancel: CancellationToken,
}

/// Which scan is gone on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resume {
    /// the newest that was cut off
    Newest,
    /// the one of this id
    Id(String),
}

impl ScanOptions {
    /// All tables in all enabled regions of the caller's own account.
    pub fn new(run: RunId, clock: Clock, version: impl Into<String>) -> Self {
        Self {
            run,
            clock,
            version: version.into(),
            members: None,
            regions: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            concurrency: DEFAULT_CONCURRENCY,
            total_concurrency: DEFAULT_TOTAL_CONCURRENCY,
            clusters: crate::kubernetes::Clusters::default(),
            resume: None,
            cancel: CancellationToken::new(),
        }
    }
}

/// One table in one region is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDone {
    /// twelve digits
    pub account_id: String,
    /// the table
    pub table: String,
    /// the region's name, or `global`
    pub region: String,
    /// resources found
    pub rows: u64,
    /// rows of coverage that say something is missing
    pub incomplete: u64,
}

/// An account is read to its end, or was not entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDone {
    /// twelve digits
    pub account_id: String,
    /// whether it was entered
    pub entered: bool,
}

/// Is told how far a scan is. Called from the scan's own task: it must not block.
pub trait Progress: Sync {
    /// The scan begins, of so many accounts.
    fn started(&self, _accounts: usize) {}
    /// An account is entered: pairs of table and region, [`sightline_model::resource::GLOBAL`] among the regions, and how many of them
    /// an earlier process had read.
    fn account_entered(&self, _account_id: &str, _regions: &[String], _total: usize, _done: usize) {}
    /// One pair of an account's is done.
    fn table_done(&self, _done: &TableDone) {}
    /// An account is done with.
    fn account_done(&self, _done: &AccountDone) {}
    /// Everything is read, and is brought into the lake.
    fn writing(&self) {}
    /// The scan is over.
    fn finished(&self, _summary: &ScanSummary) {}
}

/// Tells nobody.
pub struct Quiet;

impl Progress for Quiet {}
