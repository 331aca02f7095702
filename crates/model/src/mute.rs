//! Findings that somebody decided to live with, for a time.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Why a finding does not count, who answers for that, and until when. The finding itself is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// why it is all right
    pub reason: String,
    /// who answers for it
    pub owner: String,
    /// the last day, UTC, on which it holds
    pub expires: Date,
}
