//! The time that a discovery looks at.

use jiff::Timestamp;

/// From a moment, or from the first event that there is, up to another, which belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// the first moment
    pub from: Option<Timestamp>,
    /// the last
    pub until: Timestamp,
}

impl Window {
    /// The condition on a column of time that holds inside.
    pub(crate) fn condition(&self, column: &str) -> String {
        let until = format!("{column} <= TIMESTAMP '{}'", self.until);
        match self.from {
            Some(from) => format!("({column} >= TIMESTAMP '{from}' AND {until})"),
            None => until,
        }
    }
}
