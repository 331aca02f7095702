//! The account's roles with their policies: what instances and pods get.

use crate::context::{Asked, Context, list, text};
use crate::trust;
use crate::verdict::{Judge, Unanswered, Verdict};
use futures::StreamExt as _;
use serde_json::{Value, json};
use sightline_iam::PolicyDocument;

/// Where roles come from, and the action that allows it.
pub(crate) const ACTION: &str = "iam:GetAccountAuthorizationDetails";

/// A role.
#[derive(Debug, Clone, Default)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) arn: String,
    /// the trust policy
    pub(crate) trust: String,
    inline: Vec<(String, String)>,
    attached: Vec<String>,
    /// the ARN of its permissions boundary, or empty
    boundary: String,
    /// ARNs of its instance profiles
    pub(crate) profiles: Vec<String>,
}

/// A policy that a role holds.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) name: String,
    /// of a managed policy
    pub(crate) arn: Option<String>,
    pub(crate) document: PolicyDocument,
}

/// Why a role's policies are not known.
#[derive(Debug)]
pub(crate) enum NotRead {
    Unanswered(Box<Unanswered>),
    Unreadable(String),
}

impl NotRead {
    pub(crate) fn verdict(&self, judge: &Judge) -> Verdict {
        match self {
            Self::Unanswered(unanswered) => judge.unanswered(unanswered),
            Self::Unreadable(reason) => judge.cannot_tell("iam:GetPolicyVersion", reason),
        }
    }
}

/// All roles of the account, without the texts of their managed policies.
pub(crate) async fn all(context: &Context) -> Asked<Vec<Role>> {
    let input = json!({"Filter": ["Role"]});
    let key = ("RoleDetailList", ACTION);
    let found = context.ask_all(&context.parameters.home, "iam", "GetAccountAuthorizationDetails", input, key).await?;
    Ok(found.iter().map(Role::read).collect())
}

impl Role {
    #[cfg(test)]
    pub(crate) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    fn read(detail: &Value) -> Self {
        let texts = |pointer: &str, field: &str| list(detail, pointer).map(|one| text(one, field).to_owned()).collect();
        let inline = list(detail, "/RolePolicyList")
            .map(|policy| (text(policy, "/PolicyName").to_owned(), text(policy, "/PolicyDocument").to_owned()));
        Self {
            name: text(detail, "/RoleName").to_owned(),
            arn: text(detail, "/Arn").to_owned(),
            trust: text(detail, "/AssumeRolePolicyDocument").to_owned(),
            inline: inline.collect(),
            attached: texts("/AttachedManagedPolicies", "/PolicyArn"),
            boundary: text(detail, "/PermissionsBoundary/PermissionsBoundaryArn").to_owned(),
            profiles: texts("/InstanceProfileList", "/Arn"),
        }
    }

    /// The texts of all its policies.
    pub(crate) async fn policies(&self, context: &Context) -> Result<Vec<Held>, NotRead> {
        let mut held = Vec::new();
        for (name, document) in &self.inline {
            held.push(Held { name: name.clone(), arn: None, document: self.parsed(name, document)? });
        }
        let managed: Vec<_> = self.attached.iter().map(|arn| managed(context, arn)).collect();
        let mut managed = futures::stream::iter(managed).buffered(4);
        while let Some(read) = managed.next().await {
            held.push(self.held(read)?);
        }
        Ok(held)
    }

    /// The text of its permissions boundary, if it has one.
    pub(crate) async fn boundary(&self, context: &Context) -> Result<Option<Held>, NotRead> {
        match self.boundary.as_str() {
            "" => Ok(None),
            arn => self.held(managed(context, arn).await).map(Some),
        }
    }

    fn held(&self, read: Asked<(String, String)>) -> Result<Held, NotRead> {
        let (arn, document) = read.map_err(NotRead::Unanswered)?;
        let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(Held { document: self.parsed(&name, &document)?, name, arn: Some(arn) })
    }

    fn parsed(&self, name: &str, document: &str) -> Result<PolicyDocument, NotRead> {
        let unreadable =
            |error| NotRead::Unreadable(format!("the policy `{name}` of `{}` could not be read: {error}", self.name));
        trust::document(document).map_err(unreadable)
    }
}

/// The ARN and the text of a managed policy.
async fn managed(context: &Context, arn: &str) -> Asked<(String, String)> {
    let region = &context.parameters.home;
    let answer = context.ask(region, "iam", "GetPolicy", json!({"PolicyArn": arn}), "iam:GetPolicy").await?;
    let input = json!({"PolicyArn": arn, "VersionId": text(&answer, "/Policy/DefaultVersionId")});
    let answer = context.ask(region, "iam", "GetPolicyVersion", input, "iam:GetPolicyVersion").await?;
    Ok((arn.to_owned(), text(&answer, "/PolicyVersion/Document").to_owned()))
}
