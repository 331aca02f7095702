//! What `doctor` says of one thing.

use super::proxy;
use crate::exit::Exit;
use crate::table::Tone;
use serde::Serialize;
use sightline_model::untrusted::shortened;

/// The longest sentence, in characters.
const LONGEST: usize = 700;

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    /// as it should be
    Ok,
    /// it works, and is worth a look
    Warning,
    /// it does not work
    Wrong,
    /// could not look, or what was seen does not decide
    CannotTell,
}

/// One line of `doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    /// the check, such as `clock`
    pub check: &'static str,
    /// how it stands
    pub status: Status,
    /// one sentence: what was seen. It may quote what others wrote: it is made safe where it is shown
    pub told: String,
    /// what puts it right; empty where there is nothing to put right
    pub fix: String,
}

impl Status {
    /// All, as they are counted.
    pub(super) const ALL: [Self; 4] = [Self::Ok, Self::Warning, Self::Wrong, Self::CannotTell];

    /// The words for people.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
            Self::CannotTell => "cannot tell",
        }
    }

    pub(super) fn tone(self) -> Tone {
        match self {
            Self::Ok => Tone::Good,
            Self::Wrong => Tone::Bad,
            Self::Warning | Self::CannotTell => Tone::Doubt,
        }
    }

    pub(super) fn exit(self) -> Exit {
        match self {
            Self::Ok | Self::Warning => Exit::Clean,
            Self::Wrong => Exit::Findings,
            Self::CannotTell => Exit::Incomplete,
        }
    }
}

impl Line {
    pub(super) fn ok(check: &'static str, told: impl AsRef<str>) -> Self {
        Self::new(check, Status::Ok, told.as_ref(), "")
    }

    pub(super) fn warning(check: &'static str, told: impl AsRef<str>, fix: impl AsRef<str>) -> Self {
        Self::new(check, Status::Warning, told.as_ref(), fix.as_ref())
    }

    pub(super) fn wrong(check: &'static str, told: impl AsRef<str>, fix: impl AsRef<str>) -> Self {
        Self::new(check, Status::Wrong, told.as_ref(), fix.as_ref())
    }

    pub(super) fn cannot_tell(check: &'static str, told: impl AsRef<str>, fix: impl AsRef<str>) -> Self {
        Self::new(check, Status::CannotTell, told.as_ref(), fix.as_ref())
    }

    // INVARIANT: no line is made elsewhere, so that none shows the password of a URL, whoever quoted it.
    fn new(check: &'static str, status: Status, told: &str, fix: &str) -> Self {
        let safe = |text: &str| shortened(&proxy::without_passwords(text), LONGEST);
        Self { check, status, told: safe(told), fix: safe(fix) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_shows_a_password() {
        let line = Line::wrong("network", "http://jane:s3cret@proxy:3128 refused", "unset http://a:b@c");
        assert_eq!(line.told, "http://…@proxy:3128 refused");
        assert_eq!(line.fix, "unset http://…@c");
    }

    #[test]
    fn a_warning_fails_nothing_and_what_was_not_seen_is_not_clean() {
        let exits = Status::ALL.map(Status::exit);
        assert_eq!(exits, [Exit::Clean, Exit::Clean, Exit::Findings, Exit::Incomplete]);
    }
}
