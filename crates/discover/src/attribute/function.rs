//! Lambda functions: the session of an execution role is named by the function.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::Attribution;
use crate::caller::Caller;
use crate::estate::Estate;

/// Name and role must both be the function's: a role may serve several, and names come again in every region.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    if caller.session_name.is_empty() {
        return None;
    }
    let mut fitting = estate.functions.iter().filter(|function| {
        function.name == caller.session_name
            && caller.has_role(&function.role_arn)
            && function.account_id == caller.account()
    });
    let function = fitting.next()?;
    let twins: Vec<&str> = fitting.map(|twin| twin.arn.as_str()).collect();
    let named = format!("the session is named {}, a function that runs as this role", caller.session_name);
    Some(if twins.is_empty() {
        Attribution::of(function, WorkloadKind::Function, Confidence::Exact, named)
    } else {
        let sentence = format!("{named}; so does {} of the same name", twins.join(", "));
        Attribution::of(function, WorkloadKind::Function, Confidence::Inferred, sentence)
    })
}
