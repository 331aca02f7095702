//! Controls whose evidence is not collected yet: unknown, and the reason says what is missing.

use sightline_model::edge::Tri;

use super::Subject;
use crate::estate::Estate;

/// Enforced by the account, the organisation, or a condition on the identity.
pub(super) fn guardrail_enforced(_: &Subject, _: &Estate) -> (Tri, String) {
    let missing = "enforced guardrails of the account and organisation, and conditions of the identity's policies, are not read yet";
    (Tri::Unknown, missing.to_owned())
}

/// Through a gateway load balancer or a network firewall.
pub(super) fn inspected_path(_: &Subject, _: &Estate) -> (Tri, String) {
    (Tri::Unknown, "gateway load balancers and network firewalls on the route are not read yet".to_owned())
}
