//! Which workload a caller is. One file a kind: each looks at the caller and the estate and answers, or leaves it to the next.
//!
//! An answer is a workload, how sure it is, and one sentence that names what the join rests on. To add a kind: write
//! `fn attribute(&Caller, &Estate) -> Option<Attribution>` in a file of its own and put it into [`NAMED`] or [`DERIVED`],
//! before those that know less. A session's name is free to choose for whoever may take the role: it counts only beside something
//! that AWS says.

mod agent;
mod bound;
mod chain;
mod external;
mod federated;
mod function;
mod instance;
mod person;
pub(crate) mod pod;
mod role;
mod sagemaker;
mod service;
mod shared;
mod task;
mod user;

use sightline_model::edge::{Confidence, WorkloadKind};

use crate::binding::Bound;
use crate::caller::Caller;
use crate::estate::Estate;
use crate::group::Place;

/// Who made the calls.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Attribution {
    pub(crate) arn: String,
    pub(crate) kind: WorkloadKind,
    pub(crate) title: String,
    pub(crate) confidence: Confidence,
    pub(crate) sentence: String,
    /// the event that handed out the session, where the join rests on it
    pub(crate) place: Option<Place>,
}

type Kind = fn(&Caller, &Estate) -> Option<Attribution>;

/// Kinds that the log itself names, in order.
const NAMED: &[Kind] = &[
    external::attribute,
    agent::attribute,
    pod::by_session,
    instance::attribute,
    function::attribute,
    task::attribute,
    sagemaker::attribute,
    person::attribute,
    federated::attribute,
    user::attribute,
];

/// Then whoever asked for the session, then what the role is bound to, then the role.
const DERIVED: &[Kind] = &[chain::attribute, pod::by_role, bound::attribute, service::attribute, role::attribute];

/// The workload behind this caller.
pub(crate) fn attribute(caller: &Caller, estate: &Estate) -> Attribution {
    named(caller, estate).or_else(|| DERIVED.iter().find_map(|kind| kind(caller, estate))).unwrap_or_else(|| {
        Attribution {
            arn: caller.identity().to_owned(),
            kind: WorkloadKind::Unknown,
            title: caller.principal_id.clone(),
            confidence: Confidence::Inferred,
            sentence: format!("the event's identity of type `{}` names nobody", caller.identity_type),
            place: None,
        }
    })
}

fn named(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    NAMED.iter().find_map(|kind| kind(caller, estate))
}

impl Attribution {
    fn of(bound: &Bound, confidence: Confidence, sentence: String) -> Self {
        Self {
            arn: bound.arn.clone(),
            kind: bound.what.kind(),
            title: bound.title.clone(),
            confidence,
            sentence,
            place: None,
        }
    }
}
