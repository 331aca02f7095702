//! What was counted while one object was decoded.

use sightline_model::log::Reject;
use sightline_model::untrusted::shortened;
use std::collections::BTreeMap;

/// How many rejects of an object are kept; the rest is only counted.
const SAMPLES: usize = 20;
/// Characters of a rejected line that are kept.
const SAMPLE_LENGTH: usize = 200;
/// Reasons of an object that are told apart; the rest is counted together.
const REASONS: usize = 50;
/// The reason of rejects whose own is one too many.
const OTHER: &str = "other reasons";

/// Counts of one object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// account that the object is of, by its key or its first record; empty where neither tells
    pub account_id: String,
    /// likewise the region
    pub region: String,
    /// records that were understood: those that became rows or part of rows, and those that say that nothing happened or that something
    /// is missing
    pub records: u64,
    /// rows that were made of them; those of rollups are not counted
    pub rows: u64,
    /// lines and records that could not be read, and one for each fault of the object as a whole
    pub rejects: u64,
    /// how many rejects had which reason; what varies between records is left out of it
    pub reject_reasons: BTreeMap<String, u64>,
    /// the first twenty rejects
    pub reject_samples: Vec<Reject>,
    /// records that are understood and of no interest, by the source's rules
    pub passed_over: u64,
    /// records that say that there was nothing to record (`NODATA`)
    pub no_data: u64,
    /// records that say that something is missing (`SKIPDATA`)
    pub gaps: u64,
    /// bytes after decompression
    pub bytes: u64,
    /// time of the earliest record, in microseconds since 1970
    pub first_seen: Option<i64>,
    /// time of the latest record, likewise
    pub last_seen: Option<i64>,
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
    /// Counts a line or record that could not be read. `line` is its place from 1; what varies between records stands in backticks in
    /// `reason`; `sample` is shortened to 200 characters.
    pub fn reject(&mut self, line: i64, reason: impl Into<String>, sample: &str) {
        self.rejects += 1;
        let reason = reason.into();
        let kind = kind(&reason);
        let known = self.reject_reasons.len() < REASONS || self.reject_reasons.contains_key(&kind);
        *self.reject_reasons.entry(if known { kind } else { OTHER.to_owned() }).or_default() += 1;
        if self.reject_samples.len() < SAMPLES {
            self.reject_samples.push(Reject { line, reason, sample: shortened(sample, SAMPLE_LENGTH) });
        }
    }

    /// Counts a fault of the object as a whole.
    pub fn fault(&mut self, reason: &str) {
        reason.clone_into(&mut self.error);
        self.reject(0, reason, "");
    }

    /// Widens the time that the object's records span, in microseconds since 1970.
    #[inline]
    pub fn saw(&mut self, first: i64, last: i64) {
        self.first_seen = Some(self.first_seen.map_or(first, |seen| seen.min(first)));
        self.last_seen = Some(self.last_seen.map_or(last, |seen| seen.max(last)));
    }

    /// The word for the object, given that a source recognised it.
    pub fn status(&self) -> Status {
        match (self.records + self.passed_over, self.rejects) {
            (_, 0) => Status::Read,
            (0, _) => Status::Unreadable,
            _ => Status::Partial,
        }
    }
}

/// The reason by which a reject is counted in [`Stats::reject_reasons`]: its own without what varies.
pub fn reason_kind(reason: &str) -> String {
    kind(reason)
}

/// The reason without what varies: text in backticks and numbers.
fn kind(reason: &str) -> String {
    let mut kind = String::with_capacity(reason.len());
    for (place, part) in reason.split('`').enumerate() {
        match place % 2 {
            0 => part.split_inclusive(|character: char| !character.is_ascii_digit()).for_each(|word| {
                let text = word.trim_start_matches(|character: char| character.is_ascii_digit());
                kind.push_str(if text.len() < word.len() { "…" } else { "" });
                kind.push_str(text);
            }),
            _ => kind.push_str("`…`"),
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_by_kind() {
        let mut stats = Stats::default();
        stats.reject(1, "`34.X` is no address", "");
        stats.reject(2, "`a b` is no address", "");
        stats.reject(3, "12 fields where the header names 29", "");
        stats.reject(4, "the line does not end", "");
        let counted: Vec<_> = stats.reject_reasons.iter().map(|(reason, count)| format!("{reason}: {count}")).collect();
        assert_eq!(
            counted,
            ["`…` is no address: 2", "the line does not end: 1", "… fields where the header names …: 1"]
        );
        assert_eq!(stats.reject_samples[0].reason, "`34.X` is no address");
    }

    #[test]
    fn reasons_are_bounded() {
        let mut stats = Stats::default();
        for number in 0..200_u8 {
            let letters: String = number.to_string().chars().map(|digit| char::from(digit as u8 + 50)).collect();
            stats.reject(1, letters, "");
        }
        assert_eq!((stats.reject_reasons.len(), stats.reject_reasons[OTHER]), (51, 150));
        assert_eq!((stats.reject_samples.len(), stats.rejects), (20, 200));
    }
}
