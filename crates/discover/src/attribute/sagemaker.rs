//! SageMaker: notebooks, Studio, endpoints and jobs run as an execution role in sessions that are all named `SageMaker`.

use sightline_model::edge::Confidence;

use super::{Attribution, shared};
use crate::binding::What;
use crate::caller::Caller;
use crate::estate::Estate;

const SESSION: &str = "SageMaker";
const SERVICES: &[&str] = &["sagemaker.amazonaws.com"];

const KINDS: &[What] =
    &[What::Notebook, What::StudioUser, What::Endpoint, What::TrainingJob, What::ProcessingJob, What::Pipeline];

const TABLES: &[&str] = &[
    "aws_sagemaker_domain",
    "aws_sagemaker_endpoint",
    "aws_sagemaker_endpoint_config",
    "aws_sagemaker_model",
    "aws_sagemaker_notebook_instance",
    "aws_sagemaker_pipeline",
    "aws_sagemaker_processing_job",
    "aws_sagemaker_training_job",
    "aws_sagemaker_user_profile",
];

pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    if caller.session_name != SESSION || caller.issuer_arn.is_empty() {
        return None;
    }
    let fitting = estate.bindings.of_role(&caller.issuer_arn, KINDS);
    let candidates = fitting.into_iter().map(|thing| {
        let sentence = format!("the session is named {SESSION}, and its role is this {}'s alone", thing.what.word());
        shared::unless_others(caller, estate, SERVICES, Attribution::of(thing, Confidence::Session, sentence))
    });
    shared::one_of(caller, estate, TABLES, candidates.collect())
}
