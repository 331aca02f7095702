//! A caller of another account.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::Attribution;
use crate::caller::Caller;
use crate::estate::Estate;

/// The event's identity has another account than the trail that holds it, and nobody scanned that account. What a scan knows is told
/// by the other kinds.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let other = &caller.identity_account_id;
    if other.is_empty() || *other == caller.account_id || caller.account_id.is_empty() || estate.coverage.knows(other) {
        return None;
    }
    let root = || format!("arn:{}:iam::{other}:root", caller.partition());
    let arn = Some(caller.identity().to_owned()).filter(|arn| !arn.is_empty()).unwrap_or_else(root);
    let who = match caller.identity_type.as_str() {
        "IAMUser" => format!("; it is the user {}", caller.user_name),
        "AWSAccount" => "; the event names the account alone".to_owned(),
        "AWSService" => "; it is a service".to_owned(),
        _ => String::new(),
    };
    Some(Attribution {
        arn,
        kind: WorkloadKind::External,
        title: format!("account {other}"),
        confidence: Confidence::Exact,
        sentence: format!("the event's identity is of account {other}; what runs there is that account's to say{who}"),
        place: None,
    })
}
