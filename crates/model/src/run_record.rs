//! Runs that made something, and over which time: what is newest is told by them, also where a run found nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One row of `run`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// the run
    pub run_id: String,
    /// one of this module's constants
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
    /// 32 hexadecimal digits of all that it rested on; empty where that could not be told
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub inputs: String,
    /// likewise, of the scans
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub inventory: String,
}

/// [`RunRecord::kind`] of a discovery.
pub const MAP: &str = "map";
/// [`RunRecord::kind`] of a look at what cannot be seen; one beside a discovery is part of that.
pub const BLIND_SPOTS: &str = "blind_spots";
/// [`RunRecord::kind`] of a run of the detections.
pub const DETECT: &str = "detect";
