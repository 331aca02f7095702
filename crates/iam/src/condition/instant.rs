//! Moments: W3C ISO 8601, or seconds since 1970.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A moment, by the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Timestamp);

impl Instant {
    /// Reads `2026`, `2026-01`, `2026-01-31`, `2026-01-31T10:00[:00[.5]][Z|+01:00]` or epoch seconds. Four digits are a year;
    /// without an offset it is UTC.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.strip_prefix('-').unwrap_or(text);
        if text.len() != 4 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return epoch(text);
        }
        let whole = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.to_owned(),
        };
        let local = || whole.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
        whole.parse::<Timestamp>().ok().or_else(local).map(Self)
    }

    /// The whole second that follows, as epoch seconds.
    pub(crate) fn next_second(self) -> String {
        (self.0.as_nanosecond().div_euclid(1_000_000_000) + 1).to_string()
    }

    /// A whole second before, as epoch seconds.
    pub(crate) fn second_before(self) -> String {
        (self.0.as_nanosecond().div_euclid(1_000_000_000) - 1).to_string()
    }
}

fn epoch(text: &str) -> Option<Instant> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let nanoseconds: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
    let nanoseconds: i32 = nanoseconds.parse().ok()?;
    let sign = if text.starts_with('-') { -1 } else { 1 };
    Timestamp::new(seconds.parse().ok()?, sign * nanoseconds).ok().map(Instant)
}
