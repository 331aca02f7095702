//! `guardrail_on_call`: was a guardrail named by every call?
//!
//! CloudTrail shows `guardrailIdentifier` among the request's parameters of `InvokeModel`, and `guardrailConfig` of `Converse`. A
//! call whose parameters stand in the log without one was unguarded; a call whose parameters the log withholds or cuts
//! tells nothing. A separate `ApplyGuardrail` of the same identity may guard a call, so it turns "no" into "unknown".

use sightline_model::edge::Tri;

use super::Subject;
use crate::calls::Plane;
use crate::estate::Estate;

pub(super) fn on_call(subject: &Subject, estate: &Estate) -> (Tri, String) {
    if let Some(guardrail) = estate.agent_guardrails.get(&subject.model_arn) {
        return of_agent(guardrail, subject, estate);
    }
    if !subject.planes.contains(&Plane::Model) {
        return of_other_plane(subject);
    }
    if subject.guarded == subject.events {
        let ids: Vec<&str> = subject.guardrail_ids.iter().map(String::as_str).collect();
        return (Tri::Yes, format!("all {} calls named a guardrail: {}", subject.events, ids.join(", ")));
    }
    if subject.unguarded == 0 {
        let told = subject.events - subject.guarded;
        return (Tri::Unknown, format!("the log does not show the parameters of {told} of {} calls", subject.events));
    }
    let unguarded = format!("{} of {} calls named no guardrail", subject.unguarded, subject.events);
    match estate.guardrail_calls.get(&(subject.region.clone(), subject.identity.clone())) {
        Some(applied) => {
            (Tri::Unknown, format!("{unguarded}, but the identity ran ApplyGuardrail {applied} times beside them"))
        }
        None => (Tri::No, unguarded),
    }
}

fn of_agent(guardrail: &str, subject: &Subject, estate: &Estate) -> (Tri, String) {
    if !guardrail.is_empty() {
        return (Tri::Yes, format!("the agent's working draft has the guardrail {guardrail}"));
    }
    match estate.coverage.gap("aws_bedrock_agent", &subject.account, &subject.region) {
        Some(gap) => (Tri::Unknown, gap),
        None => (Tri::No, "the agent's working draft has no guardrail".to_owned()),
    }
}

fn of_other_plane(subject: &Subject) -> (Tri, String) {
    if subject.planes.iter().all(|plane| *plane == Plane::Endpoint) {
        (Tri::No, "calls of a SageMaker endpoint take no guardrail".to_owned())
    } else {
        (
            Tri::Unknown,
            "these calls name no guardrail themselves; what the called application applies is not read".to_owned(),
        )
    }
}
