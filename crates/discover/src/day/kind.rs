//! What is kept of a day.

use jiff::SignedDuration;

/// The form of what is kept. Another form makes every day anew.
const FORM: u32 = 2;

/// A kind of rows that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// as in `day_group`
    pub(crate) name: &'static str,
    /// sources of logs that it is made of
    pub(super) sources: &'static [Source],
    /// the tables and their columns of time, for lakes whose list of objects does not tell days
    pub(super) tables: &'static [(&'static str, &'static str)],
    /// how far the queries read before the day, and after it
    pub(crate) before: SignedDuration,
    pub(crate) after: SignedDuration,
    /// whether it is joined with the inventory: every scan makes all days anew
    pub(super) of_inventory: bool,
}

/// Logs that take part in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) name: &'static str,
    /// how far those of before the day take part, and those of after it
    pub(super) before: SignedDuration,
    pub(super) after: SignedDuration,
    /// whether a day has something to tell because these logs are of it
    pub(super) makes_days: bool,
}

impl Source {
    const fn of_day(name: &'static str) -> Self {
        Self { name, before: SignedDuration::ZERO, after: SignedDuration::ZERO, makes_days: true }
    }

    const fn reaching(self, before: SignedDuration, after: SignedDuration) -> Self {
        Self { before, after, ..self }
    }

    /// Only what it tells of days that others make.
    const fn beside(self) -> Self {
        Self { makes_days: false, ..self }
    }
}

/// The tokens of a call are told by another log, whose clock is not quite the same.
const TWIN: SignedDuration = SignedDuration::from_mins(10);
/// A session lives for up to twelve hours, and those that it came from as long.
const CHAIN: SignedDuration = SignedDuration::from_hours(36);
/// As long as an answer of a name server holds.
const NAMED: SignedDuration = SignedDuration::from_hours(6);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Longer than there are logs.
const EVER: SignedDuration = SignedDuration::from_hours(24 * 366 * 100);

impl Kind {
    /// Calls of models.
    pub(crate) const CALL: Self = Self {
        name: "call",
        sources: &[Source::of_day("cloudtrail"), Source::of_day("bedrock_invocation").reaching(TWIN, TWIN)],
        tables: &[("api_call", "event_time"), ("model_invocation", "event_time")],
        before: TWIN,
        after: TWIN,
        of_inventory: false,
    };
    /// Sessions that calls of models were made with.
    pub(crate) const ISSUED: Self = Self {
        name: "issued",
        sources: &[Source::of_day("cloudtrail").reaching(CHAIN, SignedDuration::ZERO)],
        tables: &[("api_call", "event_time")],
        before: CHAIN,
        after: SignedDuration::ZERO,
        of_inventory: false,
    };
    /// Guardrails that were applied beside calls.
    pub(crate) const APPLIED: Self = Self {
        name: "applied",
        sources: &[Source::of_day("cloudtrail")],
        tables: &[("api_call", "event_time")],
        before: SignedDuration::ZERO,
        after: SignedDuration::ZERO,
        of_inventory: false,
    };
    /// Invocations that no trail tells of.
    pub(crate) const USAGE: Self = Self {
        name: "usage",
        sources: &[Source::of_day("cloudtrail").reaching(TWIN, TWIN), Source::of_day("bedrock_invocation")],
        tables: &[("model_invocation", "event_time")],
        before: TWIN,
        after: TWIN,
        of_inventory: false,
    };
    /// Connections. Of pods, audit logs tell whose an address was: all of before, and of a day after, for the lives of pods are told late.
    pub(crate) const LINK: Self = Self {
        name: "link",
        sources: &[
            Source::of_day("vpc_flow"),
            Source::of_day("transit_gateway_flow"),
            Source::of_day("resolver_query").reaching(NAMED, SignedDuration::ZERO).beside(),
            Source::of_day("eks_audit").reaching(EVER, DAY).beside(),
        ],
        tables: &[("flow", "hour")],
        before: NAMED,
        after: SignedDuration::ZERO,
        of_inventory: true,
    };

    pub(super) fn form(&self) -> String {
        format!("{FORM}:{}", self.name)
    }

    pub(super) fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }
}
