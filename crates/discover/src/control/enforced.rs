//! `guardrail_enforced`: must calls of this model by this identity pass a guardrail, whether they ask for one or not?
//!
//! Three things enforce: the account's configuration of the region, the organization's Bedrock policy, and policies that deny a call
//! which names no guardrail. Any one is enough.
//! Sources: <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-enforcements.html>,
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_bedrock_syntax.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html>.

mod asked;
mod configured;

use sightline_model::edge::Tri;

use super::{Judged, Subject};
use crate::calls::Plane;
use crate::estate::Estate;

pub(super) use asked::Asked;
pub(super) use configured::Enforced;

pub(super) fn judge(subject: &Subject, estate: &Estate) -> Judged {
    if subject.is_only(Plane::Foreign) {
        return Judged::no("no guardrail of Bedrock sees calls of what AWS does not serve");
    }
    if subject.is_only(Plane::Endpoint) || subject.is_only(Plane::Mantle) {
        return Judged::no("enforced guardrails are for calls of models on bedrock-runtime, which these are not");
    }
    let configured = configured::judge(subject, estate);
    if !subject.calls_models() {
        return of_application(configured);
    }
    if configured.state == Tri::Yes {
        return configured;
    }
    let asked = asked::judge(subject, estate);
    match (configured.state, asked.state) {
        (_, Tri::Yes) => asked,
        (Tri::No, Tri::No) => Judged::no(format!("{}, and {}", configured.reason, asked.reason)).proved(asked.proof),
        (Tri::Unknown, Tri::No) => configured,
        _ => asked,
    }
}

/// What an agent calls in turn is an edge of its own, and there a guardrail may be enforced.
fn of_application(configured: Judged) -> Judged {
    match configured.state {
        Tri::Yes => {
            Judged::unknown(format!("{}; it is for the models that the called application calls", configured.reason))
                .proved(configured.proof)
        }
        _ => configured,
    }
}
