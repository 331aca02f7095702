//! A time as users give it: an instant, or how long ago.

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::fmt;
use std::str::FromStr;

/// Since when.
#[derive(Debug, Clone)]
pub(crate) struct Since {
    text: String,
    from: From,
}

#[derive(Debug, Clone)]
enum From {
    At(Timestamp),
    Age(Span),
}

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
        let at = text.parse().or_else(|error| day().ok_or(error)).map(From::At);
        let age = || text.parse().map(From::Age);
        let from = at
            .or_else(|_| age())
            .map_err(|_| format!("`{text}` is neither a time (2026-11-01T00:00:00Z) nor an age (7d, 12h)"))?;
        Ok(Self { text: text.to_owned(), from })
    }
}

impl Since {
    /// The instant.
    ///
    /// # Errors
    /// The age is longer than there is time.
    pub(crate) fn before(&self, now: Timestamp) -> anyhow::Result<Timestamp> {
        match &self.from {
            From::At(at) => Ok(*at),
            From::Age(age) => {
                let zoned = now.to_zoned(TimeZone::UTC);
                let since = zoned.checked_sub(*age).with_context(|| format!("`{}` lies before all time", self.text))?;
                Ok(since.timestamp())
            }
        }
    }
}

impl fmt::Display for Since {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_ages() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let before = |text: &str| text.parse::<Since>().unwrap().before(now).unwrap().to_string();
        assert_eq!(before("2026-11-01T00:00:00Z"), "2026-11-01T00:00:00Z");
        assert_eq!(before("2026-11-01"), "2026-11-01T00:00:00Z");
        assert_eq!(before("7d"), "2026-11-15T12:00:00Z");
        assert_eq!(before("12h"), "2026-11-22T00:00:00Z");
        assert!("yesterday".parse::<Since>().unwrap_err().contains("nor an age"));
        assert!("19000y".parse::<Since>().unwrap().before(now).unwrap_err().to_string().contains("before all time"));
    }
}
