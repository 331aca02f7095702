//! What is known of the requests that a principal makes.

use super::{Organization, Principal, PrincipalKind, Question};
use crate::context::{Context, Fact, Values};

/// What requests are taken to bring beside what the inventory tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Assumptions {
    /// Nothing: every key that the inventory does not tell is open. What a scan knows.
    #[default]
    Open,
    /// Every other key is absent. What tests and plain questions of "as it stands" want.
    Closed,
}

/// The region of actions on resources without one.
const GLOBAL_REGION: &str = "us-east-1";

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
    context.set_value("aws:RequestedRegion", region_of(&question.resource));
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
    // A user has the tags that it has; a role's session may bring more.
    if principal.kind == PrincipalKind::User {
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

/// The region that a request for the resource goes to.
fn region_of(resource: &str) -> &str {
    match resource.split(':').nth(3) {
        Some("") | None => GLOBAL_REGION,
        Some(region) => region,
    }
}
