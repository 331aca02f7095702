//! A role whose session tells no workload.

use sightline_model::edge::{Confidence, WorkloadKind};
use sightline_model::untrusted::shortened;

use super::{Attribution, shared};
use crate::caller::Caller;
use crate::estate::Estate;

/// Tables whose gaps may hide the workload.
const BINDINGS: &[&str] = &[
    "aws_bedrock_agent",
    "aws_bedrock_agentcore_runtime",
    "aws_codebuild_project",
    "aws_ec2_instance",
    "aws_ecs_service",
    "aws_ecs_task",
    "aws_eks_pod_identity_association",
    "aws_lambda_function",
    "aws_sagemaker_endpoint",
    "aws_sagemaker_notebook_instance",
];

/// A session's name is free to choose: the sentence tells it, and the role stays the workload. So it does where the event is lost that
/// handed out a session of a role that others take.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    if caller.issuer_arn.is_empty() {
        return None;
    }
    let session = shortened(&caller.session_name, 80);
    let gaps = estate.coverage.gaps(BINDINGS, caller.account());
    let doubt =
        if gaps.is_empty() { String::new() } else { format!("; it may be hidden, could not read {}", gaps.join(", ")) };
    Some(Attribution {
        arn: caller.issuer_arn.clone(),
        kind: WorkloadKind::Role,
        title: shared::role_name(caller),
        confidence: Confidence::Session,
        sentence: format!("a session of the role, named `{session}`, tells no workload{doubt}"),
        place: None,
    })
}
