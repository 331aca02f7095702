//! An AWS service that calls without a role of the account.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::Attribution;
use crate::caller::Caller;
use crate::estate::Estate;

pub(super) fn attribute(caller: &Caller, _: &Estate) -> Option<Attribution> {
    let alone = caller.identity().is_empty() && !caller.invoked_by.is_empty();
    let is_service = caller.identity_type == "AWSService" || alone;
    is_service.then(|| Attribution {
        arn: caller.invoked_by.clone(),
        kind: WorkloadKind::Service,
        title: caller.invoked_by.clone(),
        confidence: Confidence::Exact,
        sentence: "the event names the service".to_owned(),
        place: None,
    })
}
