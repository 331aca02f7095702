//! Which protections an edge has: each is yes, no or unknown, with a reason. One file a control; add it to [`ALL`].

mod endpoint_policy;
mod guardrail;
mod logging;
mod not_read;
mod private_path;

use std::collections::BTreeSet;

use sightline_model::edge::{Control, PathClass, Tri};

use crate::calls::Plane;
use crate::estate::Estate;

/// What the controls of an edge are judged by.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// account of the log, which is the model's
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) identity: String,
    pub(crate) model_arn: String,
    pub(crate) planes: BTreeSet<Plane>,
    pub(crate) path: PathClass,
    pub(crate) path_evidence: BTreeSet<String>,
    pub(crate) events: i64,
    pub(crate) guarded: i64,
    pub(crate) unguarded: i64,
    pub(crate) guardrail_ids: BTreeSet<String>,
}

type Judge = fn(&Subject, &Estate) -> (Tri, String);

const ALL: &[(&str, Judge)] = &[
    ("guardrail_on_call", guardrail::on_call),
    ("guardrail_enforced", not_read::guardrail_enforced),
    ("private_path", private_path::judge),
    ("endpoint_policy", endpoint_policy::judge),
    ("inspected_path", not_read::inspected_path),
    ("invocation_logged", logging::judge),
];

/// Every control of the edge, in a fixed order.
pub(crate) fn all(subject: &Subject, estate: &Estate) -> Vec<Control> {
    let judged = ALL.iter().map(|(name, judge)| (*name, judge(subject, estate)));
    judged.map(|(name, (state, reason))| Control { name: name.to_owned(), state, reason, fix: vec![] }).collect()
}
