//! The steps of a way.

use crate::formula::Formula;
use crate::solve::{Tri, classify, phrase, ways};
use serde::Serialize;

/// How one gets to act as the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "how", content = "by")]
pub enum HopKind {
    /// `sts:AssumeRole`.
    AssumeRole,
    /// Hands the role to a service that runs the caller's code or orders as it: the route's id.
    PassRole(&'static str),
    /// Gets at what runs as the role already: the route's id.
    TakeOver(&'static str),
    /// Has a workload act, which answers to whoever calls it: the workload's id.
    Invoke(String),
    /// Makes itself a way into another principal: the route's id.
    Become(&'static str),
    /// Gives itself, or a role that it can assume, other permissions: the route's id.
    Edit(&'static str),
    /// Makes an API key that stands for a user: the route's id.
    Key(&'static str),
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// How.
    pub kind: HopKind,
    /// The ARN of who goes, or a caller from outside in words.
    pub from: String,
    /// The ARN of whom it then acts as.
    pub to: String,
    /// What it depends on.
    pub when: Formula,
}

impl Hop {
    /// The step in words: ``assumes `arn:…:role/ml`, with MFA``.
    pub fn words(&self) -> String {
        let to = sightline_model::untrusted::shortened(&self.to, 200);
        let what = match &self.kind {
            HopKind::AssumeRole => format!("assumes `{to}`"),
            HopKind::PassRole(route) => format!("hands `{to}` to a service ({route})"),
            HopKind::TakeOver(route) => format!("gets at what runs as `{to}` ({route})"),
            HopKind::Invoke(workload) => {
                format!("calls `{}`, which runs as `{to}`", sightline_model::untrusted::shortened(workload, 200))
            }
            HopKind::Become(route) => format!("makes itself a way into `{to}` ({route})"),
            HopKind::Edit(route) => format!("changes what `{to}` may do ({route})"),
            HopKind::Key(route) => format!("makes a key that stands for `{to}` ({route})"),
        };
        match residual_words(&self.when) {
            Some(when) => format!("{what}, {when}"),
            None => what,
        }
    }
}

/// Ways that are shown.
const SHOWN: usize = 4;

/// What a residual of one request says; none where it always holds.
pub(super) fn residual_words(when: &Formula) -> Option<String> {
    let any = |_: &str| true;
    if classify(when, &any) == Tri::Allow {
        return None;
    }
    let (found, complete) = ways(when, SHOWN, &any);
    if found.is_empty() {
        // Conditions of several requests, which rule each other out in one.
        return Some("if each of several requests meets conditions of its own".to_owned());
    }
    Some(phrase(&found, complete))
}
