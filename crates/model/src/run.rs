//! The id of one run of a stage: a scan, a discovery, an evaluation of checks, a probe run.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// `20261122T031500Z-1a2b3c`: sorts by the time the run began, unique by its random tail.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    /// `entropy` comes from the caller: libraries have no source of randomness of their own.
    pub fn new(began: Timestamp, entropy: u32) -> Self {
        Self(format!("{}-{:06x}", began.strftime("%Y%m%dT%H%M%SZ"), entropy & 0xff_ffff))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for RunId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time() {
        let earlier = RunId::new("2026-01-02T03:04:05Z".parse().unwrap(), 0xffff_ffff);
        let later = RunId::new("2026-01-02T03:04:06Z".parse().unwrap(), 1);
        assert_eq!(earlier.as_str(), "20260102T030405Z-ffffff");
        assert!(earlier < later);
    }
}
