//! A role that one thing runs as whose sessions no log names after it: builds, state machines, jobs.

use sightline_model::edge::Confidence;

use super::{Attribution, shared};
use crate::binding::{Bound, What};
use crate::caller::Caller;
use crate::estate::Estate;

/// A kind, the services that take its role, and how they name sessions where they keep to a name.
struct Habit {
    what: What,
    services: &'static [&'static str],
    session: Option<&'static str>,
}

const HABITS: &[Habit] = &[
    Habit { what: What::BuildProject, services: &["codebuild.amazonaws.com"], session: Some("AWSCodeBuild-") },
    Habit { what: What::GlueJob, services: &["glue.amazonaws.com"], session: Some("GlueJobRunnerSession") },
    Habit { what: What::StateMachine, services: &["states.amazonaws.com"], session: None },
    Habit { what: What::Pipeline, services: &["sagemaker.amazonaws.com"], session: Some("SageMaker") },
    Habit { what: What::Gateway, services: &["bedrock-agentcore.amazonaws.com"], session: None },
];

const KINDS: &[What] = &[What::BuildProject, What::GlueJob, What::StateMachine, What::Pipeline, What::Gateway];

const TABLES: &[&str] = &[
    "aws_bedrock_agentcore_gateway",
    "aws_codebuild_project",
    "aws_glue_job",
    "aws_sagemaker_pipeline",
    "aws_sfn_state_machine",
];

/// The role's trust policy or the session's name must be the service's: whoever else may take the role calls as well.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    if caller.issuer_arn.is_empty() {
        return None;
    }
    let things = estate.bindings.of_role(&caller.issuer_arn, KINDS);
    let candidates = things.into_iter().filter_map(|thing| candidate(thing, caller, estate)).collect();
    shared::one_of(caller, estate, TABLES, candidates)
}

fn candidate(thing: &Bound, caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let habit = HABITS.iter().find(|habit| habit.what == thing.what)?;
    let is_named = habit.session.is_some_and(|name| caller.session_name.starts_with(name));
    let word = thing.what.word();
    let (confidence, sentence) = match (estate.trusts.only(&caller.issuer_arn, habit.services), is_named) {
        (Some(true), _) => {
            (Confidence::Session, format!("the role is this {word}'s, and nobody but its service may take it"))
        }
        (None, true) => {
            (Confidence::Session, format!("the role is this {word}'s, and the session is named as its service does"))
        }
        (Some(false), true) => (
            Confidence::Inferred,
            format!(
                "the role is this {word}'s, and the session is named as its service does; others may take the role too"
            ),
        ),
        (Some(false) | None, false) => return None,
    };
    Some(Attribution::of(thing, confidence, sentence))
}
