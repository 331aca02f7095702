//! What was counted while one object was decoded.

use sightline_model::log::Reject;
use sightline_model::untrusted::shortened;

/// How many rejects of an object are kept; the rest is only counted.
const SAMPLES: usize = 20;
/// Characters of a rejected line that are kept.
const SAMPLE_LENGTH: usize = 200;

/// Counts of one object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// records that were understood: those that became rows, and those that say that nothing happened or that something is missing
    pub records: u64,
    /// lines and records that could not be read, and one for each fault of the object as a whole
    pub rejects: u64,
    /// the first twenty rejects
    pub reject_samples: Vec<Reject>,
    /// records that say that there was nothing to record (`NODATA`)
    pub no_data: u64,
    /// records that say that something is missing (`SKIPDATA`)
    pub gaps: u64,
    /// bytes after decompression
    pub bytes: u64,
    /// the fault of the object as a whole, empty when there is none
    pub error: String,
}

/// The word for an object as a whole, as in [`sightline_model::log::LogObject::status`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// all of it
    Read,
    /// some of it was rejected
    Partial,
    /// nothing of it
    Unreadable,
    /// no log of ours
    Ignored,
}

impl Status {
    /// The word used in the lake and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Partial => "partial",
            Self::Unreadable => "unreadable",
            Self::Ignored => "ignored",
        }
    }
}

impl Stats {
    /// Counts a line or record that could not be read. `line` is its place from 1; `sample` is shortened to 200 characters.
    pub fn reject(&mut self, line: i64, reason: impl Into<String>, sample: &str) {
        self.rejects += 1;
        if self.reject_samples.len() < SAMPLES {
            self.reject_samples.push(Reject { line, reason: reason.into(), sample: shortened(sample, SAMPLE_LENGTH) });
        }
    }

    /// Counts a fault of the object as a whole.
    pub fn fault(&mut self, reason: &str) {
        reason.clone_into(&mut self.error);
        self.reject(0, reason, "");
    }

    /// The word for the object, given that a source recognised it.
    pub fn status(&self) -> Status {
        match (self.records, self.rejects) {
            (_, 0) => Status::Read,
            (0, _) => Status::Unreadable,
            _ => Status::Partial,
        }
    }
}
