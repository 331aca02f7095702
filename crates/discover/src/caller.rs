//! Who made a call, as the log tells it.

use serde::{Deserialize, Serialize};
use sightline_model::Arn;

/// The identity's fields of an event; empty text where the log has nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Caller {
    /// the account whose trail has it
    pub(crate) account_id: String,
    pub(crate) region: String,
    pub(crate) identity_type: String,
    pub(crate) identity_arn: String,
    pub(crate) identity_account_id: String,
    pub(crate) user_name: String,
    pub(crate) principal_id: String,
    /// the role behind a session
    pub(crate) issuer_arn: String,
    pub(crate) session_name: String,
    pub(crate) access_key_id: String,
    pub(crate) ec2_role_delivery: String,
    pub(crate) invoked_by: String,
    /// the ARN of what AWS handed the session to
    pub(crate) credentials_issued_to: String,
    pub(crate) source_ip: String,
}

impl Caller {
    /// The caller that an ARN names, where nothing else is known of it. `role_arn` gives the ARN of a role by account and name: that of a
    /// session lacks the role's path.
    pub(crate) fn of_arn(seen: &Self, role_arn: impl Fn(&str, &str) -> Option<String>) -> Self {
        let mut caller = seen.clone();
        let Ok(arn) = seen.identity_arn.parse::<Arn>() else { return caller };
        caller.identity_account_id = arn.account_id().to_owned();
        let resource = arn.resource();
        if let Some((role, session)) = resource.strip_prefix("assumed-role/").and_then(|rest| rest.split_once('/')) {
            let pathless = || format!("arn:{}:iam::{}:role/{role}", arn.partition(), arn.account_id());
            caller.identity_type = "AssumedRole".to_owned();
            caller.issuer_arn = role_arn(arn.account_id(), role).unwrap_or_else(pathless);
            caller.user_name = role.to_owned();
            caller.session_name = session.to_owned();
        } else if resource.starts_with("user/") {
            caller.identity_type = "IAMUser".to_owned();
            caller.user_name = arn.name().to_owned();
        } else if resource.starts_with("federated-user/") {
            caller.identity_type = "FederatedUser".to_owned();
        } else if resource == "root" {
            caller.identity_type = "Root".to_owned();
        }
        caller
    }

    /// The role or user whose permissions were used.
    pub(crate) fn identity(&self) -> &str {
        if self.issuer_arn.is_empty() { &self.identity_arn } else { &self.issuer_arn }
    }

    /// Whether this role's permissions were used.
    pub(crate) fn has_role(&self, role_arn: &str) -> bool {
        !role_arn.is_empty() && self.issuer_arn == role_arn
    }

    /// The caller's account; that of the trail where the event does not tell.
    pub(crate) fn account(&self) -> &str {
        if self.identity_account_id.is_empty() { &self.account_id } else { &self.identity_account_id }
    }

    /// `aws`, `aws-cn`, …
    pub(crate) fn partition(&self) -> String {
        self.identity().parse::<Arn>().map_or_else(|_| "aws".to_owned(), |arn| arn.partition().to_owned())
    }

    /// Whether Bedrock called on behalf of an agent, a flow or a knowledge base.
    pub(crate) fn is_bedrock(&self) -> bool {
        ["bedrock.amazonaws.com", "bedrock-agentcore.amazonaws.com"]
            .iter()
            .any(|service| self.invoked_by == *service || self.source_ip == *service)
    }
}
