//! What is known of the requests that a principal makes.

use super::{Organization, Principal, PrincipalKind, Question};
use crate::context::{Context, Fact, Values};
use crate::document::Effect;
use crate::policy::Statement;
use crate::request::Layer;

/// What requests are taken to bring beside what the inventory tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Assumptions {
    /// Nothing: every key that the inventory does not tell is open. What a scan knows.
    #[default]
    Open,
    /// Every other key is absent. What tests and plain questions of "as it stands" want.
    Closed,
}

/// The region of requests to services without regions, and what stands for it where nothing is left open.
const GLOBAL_REGION: &str = "us-east-1";

/// Services that have one endpoint, in [`GLOBAL_REGION`].
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion>.
const GLOBAL_SERVICES: [&str; 2] = ["iam", "organizations"];

/// The condition keys of `principal` asking `question`, whose resource belongs to `owner`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
pub fn context_of(organization: &Organization, principal: &Principal, question: &Question, owner: &str) -> Context {
    let mut context = match organization.assumptions {
        Assumptions::Open => Context::open(),
        Assumptions::Closed => Context::closed(),
    };
    context.set_value("aws:PrincipalArn", &principal.arn);
    context.set_value("aws:PrincipalAccount", &principal.account);
    // AWS's services answer over TLS alone, but S3, which the key is there for.
    context.set_value("aws:SecureTransport", "true");
    context.set_value("aws:RequestedRegion", region_of(&question.resource).unwrap_or(GLOBAL_REGION));
    if principal.kind == PrincipalKind::User {
        context.set_value("aws:username", principal.name());
    } else {
        context.set("aws:username", Fact::Absent);
    }
    for (key, value) in &principal.tags {
        context.set_value(&format!("aws:PrincipalTag/{key}"), value);
    }
    if let Some(id) = &organization.id {
        context.set_value("aws:PrincipalOrgID", id);
    }
    if organization.assumptions == Assumptions::Open {
        open(&mut context, organization, principal, question, owner);
    }
    for (key, value) in &question.context {
        context.set_value(key, value);
    }
    context
}

/// What the inventory tells beyond the plain keys.
fn open(context: &mut Context, organization: &Organization, principal: &Principal, question: &Question, owner: &str) {
    context.set_value("aws:PrincipalIsAWSService", "false");
    context.set_value("aws:ResourceAccount", owner);
    let kind = if principal.kind == PrincipalKind::User { "User" } else { "AssumedRole" };
    context.set_value("aws:PrincipalType", kind);
    if region_of(&question.resource).is_none() && !is_global(&question.action) {
        context.set("aws:RequestedRegion", Fact::Unknown);
    }
    if brings_tags(principal) {
        for key in principal.tags.keys() {
            context.set(&format!("aws:PrincipalTag/{key}"), Fact::Unknown);
        }
    } else {
        context.set_family("aws:PrincipalTag/", Fact::Absent);
    }
    if let Some(path) = organization.accounts.get(&principal.account).and_then(|account| account.path.clone()) {
        context.set("aws:PrincipalOrgPaths", Fact::Known(Values { values: vec![path], is_list: true }));
    }
    if let Some(tags) = organization.resource_tags.get(&question.resource) {
        for (key, value) in tags {
            context.set_value(&format!("aws:ResourceTag/{key}"), value);
        }
        context.set_family("aws:ResourceTag/", Fact::Absent);
    }
}

/// The region that a request for the resource goes to; none where the resource does not say it.
fn region_of(resource: &str) -> Option<&str> {
    resource.split(':').nth(3).filter(|region| !region.is_empty())
}

fn is_global(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    GLOBAL_SERVICES.iter().any(|global| global.eq_ignore_ascii_case(service))
}

/// Whether sessions of the role may bring tags of their own, which take the place of the role's: its trust policy says so,
/// or could not be read.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>.
fn brings_tags(principal: &Principal) -> bool {
    let allows = |statement: &Statement| {
        let tags = statement.actions.as_ref().is_none_or(|actions| actions.cover("sts:TagSession"));
        tags && statement.effect != Some(Effect::Deny)
    };
    match &principal.trust {
        Layer::Known(policies) => policies.iter().flat_map(|policy| &policy.statements).any(allows),
        Layer::Unknown(_) => principal.kind == PrincipalKind::Role,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use std::sync::Arc;

    fn role(trusted: &str) -> Principal {
        let trust = serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", trusted]}
        ]});
        Principal {
            arn: "arn:aws:iam::111111111111:role/app".into(),
            account: "111111111111".into(),
            kind: PrincipalKind::Role,
            identity: Layer::default(),
            boundary: Layer::default(),
            tags: [("team".to_owned(), "ml".to_owned())].into(),
            trust: Layer::Known(vec![Arc::new(Policy::read("trust", &trust))]),
        }
    }

    fn fact(principal: &Principal, action: &str, resource: &str, key: &str) -> Fact {
        let question = Question::new(action, resource, "");
        context_of(&Organization::default(), principal, &question, "111111111111").fact(key).clone()
    }

    #[test]
    fn tags_of_a_role_are_open_where_its_sessions_may_bring_others() {
        let (closed, open) = (role("sts:SetSourceIdentity"), role("sts:TagSession"));
        let of = |role: &Principal, key: &str| fact(role, "s3:GetObject", "arn:aws:s3:::b/k", key);
        assert_eq!(of(&closed, "aws:principaltag/team"), Fact::Known("ml".into()));
        assert_eq!(of(&closed, "aws:principaltag/other"), Fact::Absent);
        assert_eq!(of(&open, "aws:principaltag/team"), Fact::Unknown);
        assert_eq!(of(&open, "aws:principaltag/other"), Fact::Unknown);
    }

    #[test]
    fn the_region_is_open_where_neither_resource_nor_service_tells_it() {
        let role = role("sts:TagSession");
        let of = |action: &str, resource: &str| fact(&role, action, resource, "aws:requestedregion");
        assert_eq!(of("s3:GetObject", "arn:aws:s3:::b/k"), Fact::Unknown);
        assert_eq!(of("bedrock:ListFoundationModels", "*"), Fact::Unknown);
        assert_eq!(of("iam:CreateRole", "arn:aws:iam::111111111111:role/app"), Fact::Known("us-east-1".into()));
        let model = "arn:aws:bedrock:eu-west-1::foundation-model/m";
        assert_eq!(of("bedrock:InvokeModel", model), Fact::Known("eu-west-1".into()));
    }
}
