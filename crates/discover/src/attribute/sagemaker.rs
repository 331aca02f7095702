//! SageMaker: notebooks and endpoints run as an execution role in sessions that are all named `SageMaker`.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::{Attribution, shared};
use crate::caller::Caller;
use crate::estate::{Bound, Estate};

const SESSION: &str = "SageMaker";

const TABLES: &[&str] = &[
    "aws_sagemaker_endpoint",
    "aws_sagemaker_endpoint_config",
    "aws_sagemaker_model",
    "aws_sagemaker_notebook_instance",
];

pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    if caller.session_name != SESSION {
        return None;
    }
    let of = |kind, things: &[Bound]| -> Vec<Attribution> {
        let fitting = things.iter().filter(|thing| caller.has_role(&thing.role_arn));
        let sentence = format!("the session is named {SESSION}, and its role is this one's alone");
        fitting.map(|thing| Attribution::of(thing, kind, Confidence::Session, sentence.clone())).collect()
    };
    let notebooks = of(WorkloadKind::Notebook, &estate.notebooks);
    shared::one_of(caller, estate, TABLES, [notebooks, of(WorkloadKind::Endpoint, &estate.endpoints)].concat())
}
