//! Lambda functions: the session of an execution role is named by the function, and says what it was handed to.

use sightline_model::Arn;
use sightline_model::edge::{Confidence, WorkloadKind};

use super::Attribution;
use crate::binding::What;
use crate::caller::Caller;
use crate::estate::Estate;

pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    handed_to(caller, estate).or_else(|| by_name(caller, estate))
}

/// CloudTrail writes what AWS handed the session to. <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
fn handed_to(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let issued: Arn = caller.credentials_issued_to.parse().ok()?;
    let (service, name) = (issued.service(), issued.resource().strip_prefix("function:")?);
    if service != "lambda" || issued.account_id() != caller.account() {
        return None;
    }
    // Behind the name a version or an alias may stand.
    let name = name.split(':').next().unwrap_or(name);
    let arn = format!("arn:{}:lambda:{}:{}:function:{name}", issued.partition(), issued.region(), issued.account_id());
    let sentence = "the event says that AWS handed the session to this function".to_owned();
    Some(match estate.bindings.of_arn(&arn) {
        Some(function) => Attribution::of(function, Confidence::Exact, sentence),
        None => Attribution {
            arn,
            kind: WorkloadKind::Function,
            title: name.to_owned(),
            confidence: Confidence::Exact,
            sentence: format!("{sentence}; the inventory does not have it"),
            place: None,
        },
    })
}

/// Name and role must both be the function's: a role may serve several, and names come again in every region.
fn by_name(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    if caller.session_name.is_empty() {
        return None;
    }
    let named = estate.bindings.named(What::Function, &caller.session_name);
    let mut fitting =
        named.filter(|function| caller.has_role(&function.role_arn) && function.account_id == caller.account());
    let function = fitting.next()?;
    let twins: Vec<&str> = fitting.map(|twin| twin.arn.as_str()).collect();
    let named = format!("the session is named {}, a function that runs as this role", caller.session_name);
    Some(if twins.is_empty() {
        Attribution::of(function, Confidence::Exact, named)
    } else {
        let sentence = format!("{named}; so does {} of the same name", twins.join(", "));
        Attribution::of(function, Confidence::Inferred, sentence)
    })
}
