//! Who made a call, as the log tells it.

use serde::Deserialize;
use sightline_model::Arn;

/// The identity's fields of an event; empty text where the log has nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
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
    pub(crate) source_ip: String,
}

impl Caller {
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
