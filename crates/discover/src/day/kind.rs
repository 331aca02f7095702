//! What is kept of a day.

use jiff::SignedDuration;

/// The form of what is kept. Another form makes every day anew.
const FORM: u32 = 1;

/// A kind of rows that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// as in `day_group`
    pub(crate) name: &'static str,
    /// sources of logs that it is made of
    pub(crate) sources: &'static [&'static str],
    /// the tables and their columns of time, for lakes whose list of objects does not tell days
    pub(crate) tables: &'static [(&'static str, &'static str)],
    /// how far logs of before the day, and after it, take part
    pub(crate) before: SignedDuration,
    pub(crate) after: SignedDuration,
}

/// The tokens of a call are told by another log, whose clock is not quite the same.
pub(crate) const TWIN: SignedDuration = SignedDuration::from_mins(10);

impl Kind {
    /// Calls of models.
    pub(crate) const CALL: Self = Self {
        name: "call",
        sources: &["cloudtrail", "bedrock_invocation"],
        tables: &[("api_call", "event_time"), ("model_invocation", "event_time")],
        before: TWIN,
        after: TWIN,
    };
    /// Sessions that calls of models were made with: a session lives for up to twelve hours, and those that it came from as long.
    pub(crate) const ISSUED: Self = Self {
        name: "issued",
        sources: &["cloudtrail"],
        tables: &[("api_call", "event_time")],
        before: SignedDuration::from_hours(36),
        after: SignedDuration::ZERO,
    };
    /// Guardrails that were applied beside calls.
    pub(crate) const APPLIED: Self = Self {
        name: "applied",
        sources: &["cloudtrail"],
        tables: &[("api_call", "event_time")],
        before: SignedDuration::ZERO,
        after: SignedDuration::ZERO,
    };
    /// Invocations that no trail tells of.
    pub(crate) const USAGE: Self = Self {
        name: "usage",
        sources: &["cloudtrail", "bedrock_invocation"],
        tables: &[("model_invocation", "event_time")],
        before: TWIN,
        after: TWIN,
    };

    pub(super) fn form(&self) -> String {
        format!("{FORM}:{}", self.name)
    }
}
