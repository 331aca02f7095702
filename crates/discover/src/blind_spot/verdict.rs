//! What is made, as the configuration says, against what was read.

use jiff::{SignedDuration, Timestamp};
use sightline_model::Sight;

use super::row::INGEST;
use super::seen::Span;

/// A log whose newest record is older is not read any more.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// What the inventory says of a kind of telemetry; the text is what told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Made {
    /// all of it
    Yes(String),
    /// not all; the text says what is left out
    Part(String),
    /// nothing that could be read
    No(String),
    /// nobody could look; the text names the call
    Unknown(String),
}

/// How both go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict<'f> {
    pub(super) sight: Sight,
    pub(super) blind_from: Option<Timestamp>,
    pub(super) reason: String,
    pub(super) fix: &'f str,
}

impl Made {
    pub(super) fn weigh<'f>(&self, span: Option<Span>, now: Timestamp, fix: &'f str) -> Verdict<'f> {
        let verdict = |sight, blind_from, reason, fix| Verdict { sight, blind_from, reason, fix };
        let is_late = |span: Span| now.duration_since(span.last) > LATE;
        match (self, span) {
            (Self::No(why), None) => verdict(Sight::Blind, None, why.clone(), fix),
            (Self::No(why), Some(span)) => {
                let reason = format!("{why}; yet records were read: what was made is not made any more");
                verdict(Sight::Partial, Some(span.last), reason, fix)
            }
            (Self::Unknown(why), None) => verdict(Sight::Unknown, None, format!("{why}, and nothing was read"), fix),
            (Self::Unknown(why), Some(_)) => verdict(Sight::Unknown, None, format!("{why}; records were read"), fix),
            (Self::Yes(what) | Self::Part(what), None) => {
                verdict(Sight::Blind, None, format!("{what}; nothing of it was read"), INGEST)
            }
            (Self::Yes(what), Some(span)) if is_late(span) => {
                let reason = format!("{what}; nothing of the last day was read");
                verdict(Sight::Partial, Some(span.last), reason, INGEST)
            }
            (Self::Part(what), Some(span)) if is_late(span) => {
                let reason = format!("{what}; and nothing of the last day was read");
                verdict(Sight::Partial, None, reason, fix)
            }
            (Self::Yes(what), Some(_)) => verdict(Sight::Seen, None, what.clone(), ""),
            (Self::Part(what), Some(_)) => verdict(Sight::Partial, None, what.clone(), fix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_weighed() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = time("2026-11-22T00:00:00Z");
        let span = Span { first: time("2026-11-01T00:00:00Z"), last: time("2026-11-21T12:00:00Z"), records: 1 };
        let stale = Some(Span { last: time("2026-11-10T00:00:00Z"), ..span });
        let fresh = Some(span);
        let made = |made: fn(String) -> Made| made("w".into());
        for (made, span, sight, fix) in [
            (made(Made::Yes), fresh, Sight::Seen, ""),
            (made(Made::Yes), stale, Sight::Partial, INGEST),
            (made(Made::Yes), None, Sight::Blind, INGEST),
            (made(Made::Part), fresh, Sight::Partial, "f"),
            (made(Made::Part), stale, Sight::Partial, "f"),
            (made(Made::Part), None, Sight::Blind, INGEST),
            (made(Made::No), fresh, Sight::Partial, "f"),
            (made(Made::No), None, Sight::Blind, "f"),
            (made(Made::Unknown), fresh, Sight::Unknown, "f"),
            (made(Made::Unknown), None, Sight::Unknown, "f"),
        ] {
            let verdict = made.weigh(span, now, "f");
            assert_eq!((verdict.sight, verdict.fix), (sight, fix), "{made:?} {span:?}");
        }
        assert_eq!(Made::No("w".into()).weigh(stale, now, "f").blind_from, stale.map(|span| span.last));
    }
}
