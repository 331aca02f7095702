//! Which protections an edge has: each is yes, no or unknown, with a reason and the smallest change that brings it. One file a
//! control; add it to [`ALL`], and its change to [`fix`].

mod data_events;
mod endpoint_policy;
mod enforced;
mod facts;
mod fix;
mod guardrail;
mod inspected_path;
mod logging;
mod memo;
mod private_path;
mod subject;
mod trail;

use sightline_model::edge::{Control, Tri};

use crate::estate::Estate;
pub(crate) use facts::Facts;
pub(crate) use subject::Subject;

/// What is said of a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) state: Tri,
    pub(crate) reason: String,
    /// ARNs of resources that it rests on
    pub(crate) proof: Vec<String>,
}

type Judge = fn(&Subject, &Estate) -> Judged;

const ALL: &[(&str, Judge)] = &[
    ("guardrail_on_call", guardrail::on_call),
    ("guardrail_enforced", enforced::judge),
    ("private_path", private_path::judge),
    ("endpoint_policy", endpoint_policy::judge),
    ("inspected_path", inspected_path::judge),
    ("invocation_logged", logging::judge),
    ("data_events_logged", data_events::judge),
];

/// Every control of the edge, in a fixed order, with the ARNs of the resources that each answer rests on.
pub(crate) fn judged(subject: &Subject, estate: &Estate) -> Vec<(Control, Vec<String>)> {
    let judged = ALL.iter().map(|(name, judge)| (*name, judge(subject, estate)));
    judged
        .map(|(name, judged)| {
            let fix = fix::of(name, &judged, subject, estate);
            let Judged { state, reason, proof } = judged;
            (Control { name: name.to_owned(), state, reason, fix }, proof)
        })
        .collect()
}

impl Judged {
    fn yes(reason: impl Into<String>) -> Self {
        Self { state: Tri::Yes, reason: reason.into(), proof: vec![] }
    }

    fn no(reason: impl Into<String>) -> Self {
        Self { state: Tri::No, reason: reason.into(), proof: vec![] }
    }

    fn unknown(reason: impl Into<String>) -> Self {
        Self { state: Tri::Unknown, reason: reason.into(), proof: vec![] }
    }

    fn proved(mut self, by: impl IntoIterator<Item = String>) -> Self {
        self.proof.extend(by.into_iter().filter(|arn| !arn.is_empty()));
        self
    }

    /// The one that speaks for several of which all count: no, then unknown, then yes.
    fn worst(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        all.into_iter().min_by_key(|judged| match judged.state {
            Tri::No => 0,
            Tri::Unknown => 1,
            Tri::Yes => 2,
        })
    }
}
