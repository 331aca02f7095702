//! SageMaker: notebooks and endpoints run as an execution role in sessions that are all named `SageMaker`.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::{Attribution, shared};
use crate::caller::Caller;
use crate::estate::Estate;

const SESSION: &str = "SageMaker";

pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    if caller.session_name != SESSION {
        return None;
    }
    let of = |kind, things: &[crate::estate::Bound]| -> Vec<Attribution> {
        let fitting = things.iter().filter(|thing| caller.has_role(&thing.role_arn));
        let sentence = format!("the session is named {SESSION}, and its role is this one's alone");
        fitting.map(|thing| Attribution::of(thing, kind, Confidence::Session, sentence.clone())).collect()
    };
    let notebooks = of(WorkloadKind::Notebook, &estate.notebooks);
    shared::one_of(caller, [notebooks, of(WorkloadKind::Endpoint, &estate.endpoints)].concat())
}
