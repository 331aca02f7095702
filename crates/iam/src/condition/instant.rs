//! Moments: W3C ISO 8601, or seconds since 1970.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A moment: nanoseconds since 1970. Wider than any calendar, as epoch seconds may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i128);

const SECOND: i128 = 1_000_000_000;

impl Instant {
    /// Reads `2026`, `2026-01`, `2026-01-31`, `2026-01-31T10:00[:00[.5]][Z|+01:00]` or epoch seconds. Four digits are a year;
    /// without an offset it is UTC.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_year = text.len() == 4 && are_digits(text);
        if !is_year && are_digits(&digits.replacen('.', "", 1)) {
            return epoch(text);
        }
        let whole = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.to_owned(),
        };
        let local = || whole.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
        whole.parse::<Timestamp>().ok().or_else(local).map(|moment| Self(moment.as_nanosecond()))
    }

    /// The moments right before and right after, as epoch seconds: none lies between.
    pub(crate) fn neighbours(self) -> [String; 2] {
        [self.0.saturating_sub(1), self.0.saturating_add(1)].map(|nanoseconds| {
            let sign = if nanoseconds < 0 { "-" } else { "" };
            let size = nanoseconds.unsigned_abs();
            let second = SECOND.unsigned_abs();
            format!("{sign}{}.{:09}", size / second, size % second)
        })
    }
}

fn epoch(text: &str) -> Option<Instant> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (seconds, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let nanoseconds: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
    let seconds: i128 = if seconds.is_empty() { 0 } else { seconds.parse().ok()? };
    let whole = seconds.checked_mul(SECOND)?.checked_add(nanoseconds.parse().ok()?)?;
    Some(Instant(sign * whole))
}
