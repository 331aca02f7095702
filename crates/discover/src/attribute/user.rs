//! People and programs with keys of their own.

use sightline_model::Arn;
use sightline_model::edge::{Confidence, WorkloadKind};

use super::Attribution;
use crate::caller::Caller;
use crate::estate::Estate;

/// IAM users, federated users, the root user. A person of IAM Identity Center holds a role's session and goes by that role.
pub(super) fn attribute(caller: &Caller, _: &Estate) -> Option<Attribution> {
    let sentence = match caller.identity_type.as_str() {
        "IAMUser" => "the event names the user",
        "FederatedUser" => "the event names the federated user",
        "Root" => "the event names the account's root user",
        _ => return None,
    };
    let arn = caller.identity_arn.clone();
    let name = arn.parse::<Arn>().map_or_else(|_| arn.clone(), |arn| arn.name().to_owned());
    let title = if caller.user_name.is_empty() { name } else { caller.user_name.clone() };
    Some(Attribution {
        arn,
        kind: WorkloadKind::User,
        title,
        confidence: Confidence::Exact,
        sentence: sentence.to_owned(),
    })
}
