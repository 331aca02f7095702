//! Who made a call: `userIdentity`, in all its types.
//!
//! Format: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>.

use super::node::Node;
use sightline_model::log::ApiCall;

/// Fills the identity's fields.
pub(crate) fn fill(call: &mut ApiCall, identity: Node<'_>) {
    let context = identity.at("sessionContext");
    let issuer = context.at("sessionIssuer");
    call.identity_type = identity.at("type").text();
    call.identity_arn = identity.at("arn").text();
    call.identity_account_id = identity.at("accountId").text();
    call.principal_id = identity.at("principalId").text();
    call.access_key_id = identity.at("accessKeyId").text();
    call.invoked_by = identity.at("invokedBy").text();
    call.issuer_arn = issuer.at("arn").text();
    call.ec2_role_delivery = context.at("ec2RoleDelivery").text();
    call.session_name = session_name(&call.identity_arn, &call.principal_id, &call.identity_type);
    // In this order: the user itself, the role behind the session, the person of IAM Identity Center.
    let names = [identity.at("userName"), issuer.at("userName"), identity.at("onBehalfOf").at("userId")];
    call.user_name = names.iter().map(|name| name.text()).find(|name| !name.is_empty()).unwrap_or_default();
}

/// The session's name: behind the role's name in `assumed-role/<role>/<session>`, or behind the colon of the principal id.
fn session_name(arn: &str, principal_id: &str, identity_type: &str) -> String {
    let of_arn = arn.split_once(":assumed-role/").and_then(|(_, resource)| resource.rsplit_once('/'));
    let of_principal = || principal_id.split_once(':').filter(|_| identity_type == "AssumedRole");
    of_arn.or_else(of_principal).map(|(_, session)| session.to_owned()).unwrap_or_default()
}
