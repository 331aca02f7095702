//! What a scan is told, and whom it tells how far it is.

use super::ScanSummary;
use jiff::Timestamp;
use sightline_model::RunId;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Reads the time: libraries have no clock of their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How many calls are in flight where nothing else is said.
pub const DEFAULT_CONCURRENCY: usize = 16;

/// What to scan, and how.
#[derive(Clone)]
pub struct ScanOptions {
    /// the scan's id
    pub run: RunId,
    /// reads the time
    pub clock: Clock,
    /// the product's version, kept with the scan
    pub version: String,
    /// the regions; none for all that are enabled
    pub regions: Vec<String>,
    /// names of tables, `*` for any text; none for all. Parents of what is chosen are scanned too.
    pub include: Vec<String>,
    /// likewise, to be left out; a table whose parent is left out is left out
    pub exclude: Vec<String>,
    /// calls in flight at most, at least 1
    pub concurrency: usize,
    /// ends the scan early; what was not read is then coverage
    pub cancel: CancellationToken,
}

impl ScanOptions {
    /// All tables in all enabled regions.
    pub fn new(run: RunId, clock: Clock, version: impl Into<String>) -> Self {
        Self {
            run,
            clock,
            version: version.into(),
            regions: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            concurrency: DEFAULT_CONCURRENCY,
            cancel: CancellationToken::new(),
        }
    }
}

/// What lies before a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// twelve digits
    pub account_id: String,
    /// the regions that are scanned
    pub regions: Vec<String>,
    /// pairs of table and region, [`sightline_model::resource::GLOBAL`] among the regions
    pub total: usize,
}

/// One table in one region is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDone {
    /// the table
    pub table: String,
    /// the region's name, or `global`
    pub region: String,
    /// resources found
    pub rows: u64,
    /// rows of coverage that say something is missing
    pub incomplete: u64,
}

/// Is told how far a scan is. Called from the scan's own task: it must not block.
pub trait Progress: Sync {
    /// The scan begins.
    fn started(&self, _plan: &Plan) {}
    /// One of [`Plan::total`] is done.
    fn table_done(&self, _done: &TableDone) {}
    /// The scan is in the lake.
    fn finished(&self, _summary: &ScanSummary) {}
}

/// Tells nobody.
pub struct Quiet;

impl Progress for Quiet {}
