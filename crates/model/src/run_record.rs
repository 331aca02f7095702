//! Runs that made something, and over which time: what is newest is told by them, also where a run found nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One row of `run`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// the run
    pub run_id: String,
    /// `map` or `detect`
    pub kind: String,
    /// the product's version
    pub version: String,
    /// the first moment that it looked at; nothing where it looked at all that there is
    pub window_from: Option<Timestamp>,
    /// the moment that it looked up to
    pub window_until: Timestamp,
    /// rows that it made in its main table
    pub rows: i64,
    /// when it ended
    pub finished_at: Timestamp,
}

/// [`RunRecord::kind`] of a discovery.
pub const MAP: &str = "map";
/// [`RunRecord::kind`] of a run of the detections.
pub const DETECT: &str = "detect";
