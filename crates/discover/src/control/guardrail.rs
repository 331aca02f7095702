//! `guardrail_on_call`: was a guardrail named by every call?
//!
//! CloudTrail shows `guardrailIdentifier` among the request's parameters of `InvokeModel`, and `guardrailConfig` of `Converse`. A
//! call whose parameters stand in the log without one was unguarded; a call whose parameters the log withholds or cuts
//! tells nothing. A separate `ApplyGuardrail` of the same identity may guard a call, so it turns "no" into "unknown".

use super::{Judged, Subject};
use crate::calls::Plane;
use crate::estate::Estate;

pub(super) fn on_call(subject: &Subject, estate: &Estate) -> Judged {
    if let Some(guardrail) = estate.agent_guardrails.get(&subject.model_arn) {
        return of_agent(guardrail, subject, estate);
    }
    if !subject.calls_models() {
        return of_other_plane(subject);
    }
    if subject.events > 0 && subject.guarded == subject.events {
        let ids: Vec<&str> = subject.guardrail_ids.iter().map(String::as_str).collect();
        return Judged::yes(format!("all {} calls named a guardrail: {}", subject.events, ids.join(", ")));
    }
    if subject.unguarded == 0 {
        let untold = subject.events - subject.guarded;
        return Judged::unknown(format!(
            "the log does not show the parameters of {untold} of {} calls",
            subject.events
        ));
    }
    let unguarded = format!("{} of {} calls named no guardrail", subject.unguarded, subject.events);
    match estate.guardrail_calls.get(&(subject.region.clone(), subject.identity.clone())) {
        Some(applied) => {
            Judged::unknown(format!("{unguarded}, but the identity ran ApplyGuardrail {applied} times beside them"))
        }
        None => Judged::no(unguarded),
    }
}

fn of_agent(guardrail: &str, subject: &Subject, estate: &Estate) -> Judged {
    let proof = [subject.model_arn.clone()];
    if !guardrail.is_empty() {
        return Judged::yes(format!("the agent's working draft has the guardrail {guardrail}")).proved(proof);
    }
    match estate.coverage.gap("aws_bedrock_agent", &subject.account, &subject.region) {
        Some(gap) => Judged::unknown(gap),
        None => Judged::no("the agent's working draft has no guardrail").proved(proof),
    }
}

fn of_other_plane(subject: &Subject) -> Judged {
    if subject.is_only(Plane::Endpoint) {
        Judged::no("calls of a SageMaker endpoint take no guardrail")
    } else if subject.is_only(Plane::Foreign) {
        Judged::no("no guardrail of Bedrock sees calls of what AWS does not serve")
    } else {
        Judged::unknown("these calls name no guardrail themselves; what the called application applies is not read")
    }
}
