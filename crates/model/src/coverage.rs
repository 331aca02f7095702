//! What was inspected and what could not be. Coverage is data: a call that failed is a row here, never an absence.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How the calls for one table, account, region and operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// everything was read
    Ok,
    /// the service or operation does not exist in this region, or the account has opted out of it: nothing to inspect
    Unsupported,
    /// refused: the action is missing, or a policy denies it
    Denied,
    /// the service kept asking for patience after all retries
    Throttled,
    /// anything else: timeout, unreachable, server error, an answer that could not be read
    Failed,
    /// not asked: it depends on something that failed, or the run was cancelled
    Skipped,
}

impl Outcome {
    /// Whether an answer drawn from this table may be trusted to be whole.
    pub fn is_complete(self) -> bool {
        matches!(self, Self::Ok | Self::Unsupported)
    }

    /// The word used in the lake and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unsupported => "unsupported",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One row of `coverage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// the scan
    pub scan_id: String,
    /// twelve digits
    pub account_id: String,
    /// the region's name, or `global`
    pub region: String,
    /// the inventory table
    pub table_name: String,
    /// `service:Operation` as in the API model, such as `s3:ListBuckets`
    pub operation: String,
    /// the IAM action that allows it, such as `s3:ListAllMyBuckets`
    pub action: String,
    /// the ARN of the one resource whose detail could not be read; empty when the row speaks of the whole list
    pub target: String,
    /// how it ended
    pub outcome: Outcome,
    /// AWS's error code, empty when ok
    pub error_code: String,
    /// AWS's message, shortened to 500 characters
    pub error_message: String,
    /// rows that came of it
    pub rows: i64,
    /// calls that were answered or gave up
    pub calls: i64,
    /// when the last of them ended
    pub collected_at: Timestamp,
}
