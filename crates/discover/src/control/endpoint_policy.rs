//! `endpoint_policy`: does the policy of the endpoint on the path restrict anything?
//!
//! An endpoint made without a policy gets one that allows everybody everything:
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>.

use serde_json::Value;
use sightline_iam::{Effect, PolicyDocument, Principal, Statement};
use sightline_model::edge::{PathClass, Tri};

use super::Subject;
use crate::estate::Estate;

pub(super) fn judge(subject: &Subject, estate: &Estate) -> (Tri, String) {
    match subject.path {
        PathClass::Internet => return (Tri::No, "the calls pass no VPC endpoint".to_owned()),
        PathClass::Vpc | PathClass::Peering | PathClass::TransitGateway | PathClass::OnPremises => {
            return (Tri::No, "the calls pass no VPC endpoint".to_owned());
        }
        PathClass::AwsInternal | PathClass::Unknown => {
            return (Tri::Unknown, "the log shows no VPC endpoint of ours".to_owned());
        }
        PathClass::InterfaceEndpoint => {}
    }
    // The worst of the endpoints that were used.
    let judged =
        subject.path_evidence.iter().map(|id| of_endpoint(id, estate.vpc_endpoints.get(id).and_then(Option::as_ref)));
    let rank = |state: Tri| match state {
        Tri::No => 0,
        Tri::Unknown => 1,
        Tri::Yes => 2,
    };
    judged.min_by_key(|(state, _)| rank(*state)).unwrap_or_else(|| (Tri::Unknown, "no endpoint is known".to_owned()))
}

fn of_endpoint(id: &str, document: Option<&Value>) -> (Tri, String) {
    let Some(document) = document else {
        return (Tri::Unknown, format!("the policy of {id} was not read"));
    };
    match serde_json::from_value::<PolicyDocument>(document.clone()) {
        Err(_) => (Tri::Unknown, format!("the policy of {id} could not be understood")),
        Ok(policy) if allows_all(&policy) => (Tri::No, format!("the policy of {id} allows everybody everything")),
        Ok(_) => (Tri::Yes, format!("the policy of {id} restricts who may call what through it")),
    }
}

fn allows_all(policy: &PolicyDocument) -> bool {
    let denies = policy.statement.iter().any(|statement| statement.effect == Effect::Deny);
    !denies && policy.statement.iter().any(is_unrestricted)
}

fn is_unrestricted(statement: &Statement) -> bool {
    let all = |patterns: &[String]| patterns.iter().any(|pattern| pattern == "*");
    statement.effect == Effect::Allow
        && all(&statement.action)
        && all(&statement.resource)
        && statement.condition.is_empty()
        && statement.principal.as_ref().is_some_and(is_everybody)
}

fn is_everybody(principal: &Principal) -> bool {
    match principal {
        Principal::Everybody(_) => true,
        Principal::Named(named) => named.get("AWS").is_some_and(|who| who.iter().any(|who| who == "*")),
    }
}
