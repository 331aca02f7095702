//! Instants as text that sorts as they do.

use jiff::Timestamp;

/// An instant of the state file.
pub(crate) trait Stamp {
    /// RFC 3339 in UTC, always to the microsecond.
    fn stamp(&self) -> String;
}

impl Stamp for Timestamp {
    fn stamp(&self) -> String {
        self.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
    }
}
