//! Parts of a day that are read one after the other, so that memory does not grow with the day.

use jiff::{SignedDuration, Timestamp};

use crate::day::{Day, Kind};

/// Events of a part, about: what they are joined with is held in memory, and leaves grouping less of it. A million at once spills
/// so often that it takes minutes instead of seconds.
const MOST_EVENTS: i64 = 500_000;
/// Likewise where events came twice and must be told apart first.
const MOST_TWICE: i64 = 250_000;
const MOST_SLICES: i64 = 96;

/// A part of a day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    from: Timestamp,
    until: Timestamp,
}

impl Slice {
    /// The day in as many equal parts as its events ask for.
    pub(crate) fn of(day: &Day, events: i64, twice: bool) -> Vec<Self> {
        let most = if twice { MOST_TWICE } else { MOST_EVENTS };
        let parts = (events / most + 1).min(MOST_SLICES);
        let length = day.until.as_microsecond() - day.from.as_microsecond();
        let at = |part: i64| {
            let cut = i128::from(length) * i128::from(part) / i128::from(parts);
            let offset = SignedDuration::from_micros(i64::try_from(cut).unwrap_or_default());
            day.from.checked_add(offset).unwrap_or(day.until)
        };
        let end = |part: i64| if part == parts { day.until } else { at(part) };
        (0..parts).map(|part| Self { from: at(part), until: end(part + 1) }).collect()
    }

    /// The condition on a column of time that holds inside.
    pub(crate) fn condition(&self, column: &str) -> String {
        format!("({column} >= TIMESTAMP '{}' AND {column} < TIMESTAMP '{}')", self.from, self.until)
    }

    /// Likewise, wider by what the kind reads beside the day.
    pub(crate) fn wide_condition(&self, column: &str, kind: &Kind) -> String {
        let from = self.from.checked_sub(kind.before).unwrap_or(Timestamp::MIN);
        let until = self.until.checked_add(kind.after).unwrap_or(Timestamp::MAX);
        format!("({column} >= TIMESTAMP '{from}' AND {column} < TIMESTAMP '{until}')")
    }
}
