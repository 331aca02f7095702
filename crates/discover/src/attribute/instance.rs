//! EC2 instances: the session of an instance profile is named by the instance's id.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::Attribution;
use crate::binding::{Bound, What};
use crate::caller::Caller;
use crate::estate::Estate;

/// Whoever may assume a role may name the session as he likes. So the id counts only where the event says that the
/// metadata service delivered the keys (`ec2RoleDelivery`), or where the instance is in the inventory and its profile holds no
/// other role.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let id = caller.session_name.as_str();
    if !id.starts_with("i-") || caller.issuer_arn.is_empty() {
        return None;
    }
    let known = estate.bindings.named(What::Instance, id).find(|instance| instance.account_id == caller.account());
    let delivered = !caller.ec2_role_delivery.is_empty();
    match known {
        Some(instance) if delivered || fits(instance, caller) => {
            let sentence = format!(
                "the session is named {id}, an instance of the inventory{}{}",
                delivery(caller),
                pods(instance)
            );
            Some(Attribution::of(instance, Confidence::Exact, sentence))
        }
        None if delivered => Some(Attribution {
            arn: format!("arn:{}:ec2:{}:{}:instance/{id}", caller.partition(), caller.region, caller.account()),
            kind: WorkloadKind::Instance,
            title: id.to_owned(),
            confidence: Confidence::Exact,
            sentence: format!(
                "the session is named {id}{}; the inventory does not have it, so its region is the call's",
                delivery(caller)
            ),
            place: None,
        }),
        _ => None,
    }
}

fn fits(instance: &Bound, caller: &Caller) -> bool {
    instance.role_arn.is_empty() || caller.has_role(&instance.role_arn)
}

fn delivery(caller: &Caller) -> &'static str {
    match caller.ec2_role_delivery.as_str() {
        "" => "",
        "1.0" => ", and its keys came from the metadata service (version 1)",
        _ => ", and its keys came from the metadata service",
    }
}

/// Pods reach the metadata service of their node unless somebody keeps them from it, and call in the node's name.
fn pods(instance: &Bound) -> String {
    match instance.node_of.as_str() {
        "" => String::new(),
        cluster => format!("; it is a node of {cluster}, so a pod of it may be behind the calls"),
    }
}
