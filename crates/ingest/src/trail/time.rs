//! `eventTime`.

use jiff::Timestamp;

/// Microseconds since 1970 of an ISO 8601 time with a zone; `None` for all else.
pub(crate) fn microseconds(text: &str) -> Option<i64> {
    plain(text.as_bytes()).or_else(|| text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond))
}

/// The one form that CloudTrail writes, `2026-11-22T03:04:05Z`.
fn plain(text: &[u8]) -> Option<i64> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1, b'Z'] = text else {
        return None;
    };
    let pair = |tens: &u8, ones: &u8| {
        let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
    };
    let within = |value: i64, most: i64| (value <= most).then_some(value);
    let year = pair(y0, y1)? * 100 + pair(y2, y3)?;
    let (month, day) = (pair(m0, m1)?, pair(d0, d1)?);
    let (hour, minute, second) = (within(pair(h0, h1)?, 23)?, within(pair(n0, n1)?, 59)?, within(pair(s0, s1)?, 59)?);
    // Days 29 to 31 of a month are left to the calendar, where there may be none.
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day) && (day <= 28 || day <= days_of(year, month));
    is_day.then(|| ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)?.checked_mul(1_000_000)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970 of a day of the Gregorian calendar; the year is counted from March, so that the leap day is its last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leaps + (153 * month + 2) / 5 + day - 719_469
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_forms_are_read_too() {
        assert_eq!(microseconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(microseconds("1970-01-01T01:00:00.25+01:00"), Some(250_000));
        assert_eq!(microseconds("yesterday"), None);
        assert_eq!(microseconds("Mar 20, 2024, 11:16:09 PM"), None);
    }

    proptest! {
        #[test]
        fn agrees_with_the_library(year in 0..=9999_i64, month in 0..=13_i64, day in 0..=32_i64, time in "[0-2][0-9]:[0-6][0-9]:[0-6][0-9]") {
            let text = format!("{year:04}-{month:02}-{day:02}T{time}Z");
            let expected = text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond);
            prop_assert_eq!(microseconds(&text), expected);
            // Leap seconds alone are left to it.
            prop_assert!(expected.is_none() || plain(text.as_bytes()).is_some() || text.ends_with(":60Z"));
        }
    }
}
