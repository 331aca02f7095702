//! People of a company's own directory, who took a role with an assertion of it.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::Attribution;
use crate::caller::Caller;
use crate::estate::Estate;

/// `AssumeRoleWithSAML` names the person by whose assertion the key was issued.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let issued = estate.sessions.get(&caller.access_key_id)?;
    let assumed = issued.iter().find(|issued| issued.event_name == "AssumeRoleWithSAML")?;
    let name = [&assumed.caller.user_name, &caller.session_name].into_iter().find(|name| !name.is_empty())?;
    Some(Attribution {
        arn: caller.identity_arn.clone(),
        kind: WorkloadKind::User,
        title: name.clone(),
        confidence: Confidence::Exact,
        sentence: format!("the key was issued by AssumeRoleWithSAML to {name}"),
        place: assumed.place.clone(),
    })
}
