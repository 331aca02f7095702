//! People of IAM Identity Center: its roles' sessions are named by the person.

use sightline_model::edge::{Confidence, WorkloadKind};
use sightline_model::untrusted::shortened;

use super::Attribution;
use crate::caller::Caller;
use crate::estate::Estate;

/// The path of the roles that Identity Center makes. Nobody else may make one there, and nobody may edit their trust policy but
/// Identity Center: <https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html>. A role of the same name
/// elsewhere is anybody's.
const PATH: &str = ":role/aws-reserved/sso.amazonaws.com/";

pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    if !caller.issuer_arn.contains(PATH) || caller.session_name.is_empty() || caller.identity_arn.is_empty() {
        return None;
    }
    let person = shortened(&caller.session_name, 80);
    let named = format!("the session's role is IAM Identity Center's, which names sessions by the person: {person}");
    let (confidence, sentence) = match estate.trusts.only_identity_center(&caller.issuer_arn) {
        Some(false) => (Confidence::Session, format!("{named}; its trust policy lets others take it too")),
        Some(true) | None => (Confidence::Exact, named),
    };
    Some(Attribution {
        arn: caller.identity_arn.clone(),
        kind: WorkloadKind::User,
        title: person,
        confidence,
        sentence,
        place: None,
    })
}
