//! An organization as the engine sees it: accounts, principals, resources with policies, workloads.

mod context;
mod file;
mod unread;

pub use context::{Assumptions, context_of};
pub use file::{OrganizationError, Question};
pub use unread::UnreadPolicies;

use crate::caller::Caller;
use crate::policy::Policy;
use crate::request::{Layer, Level, Policies, Request};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All that bears on who can do what.
#[derive(Debug, Clone, Default)]
pub struct Organization {
    /// `o-…`; none where the accounts belong to none or it is not known.
    pub id: Option<String>,
    /// By twelve digits.
    pub accounts: BTreeMap<String, Account>,
    /// Users and roles, in the order in which they came.
    pub principals: Vec<Principal>,
    /// By ARN: what resources' own policies say. A resource that is not here has none, if its account is here.
    pub resource_policies: BTreeMap<String, Layer<Vec<Arc<Policy>>>>,
    /// Where policies of resources were not read: there the former does not hold.
    pub unread: Vec<UnreadPolicies>,
    /// Tags of resources, by ARN.
    pub resource_tags: BTreeMap<String, BTreeMap<String, String>>,
    /// What runs, and as whom.
    pub workloads: Vec<Workload>,
    /// What requests are taken to bring.
    pub assumptions: Assumptions,
}

/// An account.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Service control policies from the root down; empty: none apply, as in the management account.
    pub scp: Layer<Vec<Level>>,
    /// Resource control policies from the root down; empty: none apply.
    pub rcp: Layer<Vec<Level>>,
    /// `o-…/r-…/ou-…/…/`, where it is known.
    pub path: Option<String>,
}

/// A user or role.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Its ARN.
    pub arn: String,
    /// Twelve digits.
    pub account: String,
    /// Which of the two.
    pub kind: PrincipalKind,
    /// Its policies, with those of its groups.
    pub identity: Layer<Vec<Arc<Policy>>>,
    /// Its boundary; empty: none.
    pub boundary: Layer<Vec<Arc<Policy>>>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Who may assume the role; empty for users.
    pub trust: Layer<Vec<Arc<Policy>>>,
}

/// Users and roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A user.
    User,
    /// A role.
    Role,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Workload {
    /// Its ARN, or another id.
    pub id: String,
    /// `ec2-instance`, `lambda`, …
    pub kind: String,
    /// Twelve digits.
    pub account: String,
    /// The role that it runs as.
    pub role: String,
    /// Actions on [`Workload::id`] that make it act for the caller, such as `lambda:InvokeFunction`.
    #[serde(default)]
    pub invoked_by: Vec<String>,
    /// Callers that need no permission to make it act, in words: anybody by a function URL without authentication, the
    /// bearers of an issuer's tokens.
    #[serde(default)]
    pub open_to: Vec<String>,
}

impl Principal {
    /// The principal as a caller.
    pub fn caller(&self) -> Caller {
        match self.kind {
            PrincipalKind::User => Caller::User { arn: self.arn.clone() },
            PrincipalKind::Role => Caller::Role { arn: self.arn.clone() },
        }
    }

    /// The name behind the path.
    pub fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or(&self.arn)
    }
}

impl Organization {
    /// A principal by its ARN.
    pub fn principal(&self, arn: &str) -> Option<&Principal> {
        self.principals.iter().find(|principal| principal.arn == arn)
    }

    /// The policy of a resource: for roles their trust policy.
    pub fn resource_policy(&self, resource: &str, account: &str) -> Layer<Vec<Arc<Policy>>> {
        if let Some(role) = resource.contains(":role/").then(|| self.principal(resource)).flatten() {
            return role.trust.clone();
        }
        match self.stated_policy(resource, account) {
            Layer::Known(policies) => Layer::Known(policies.to_vec()),
            Layer::Unknown(why) => Layer::Unknown(why),
        }
    }

    /// The policy of a resource that is no role of the organization.
    pub(crate) fn stated_policy(&self, resource: &str, account: &str) -> Layer<&[Arc<Policy>]> {
        let unread = || self.unread.iter().find(|unread| unread.covers(resource, account));
        match self.resource_policies.get(owner_of_policy(resource)) {
            Some(Layer::Known(policies)) => Layer::Known(policies),
            Some(Layer::Unknown(why)) => Layer::Unknown(Arc::clone(why)),
            None if let Some(unread) = unread() => {
                Layer::Unknown(format!("the policy of `{resource}`, which {}, allows", unread.why).into())
            }
            None if account.is_empty() || self.accounts.contains_key(account) => Layer::default(),
            None => Layer::Unknown(
                format!("the policy of `{resource}` in account {account}, which was not read, allows").into(),
            ),
        }
    }

    /// A question as a request of `principal`, and the policies that decide it. Without an account in it, a resource counts
    /// as the caller's own.
    pub fn ask(&self, principal: &Principal, question: &Question) -> (Request, Policies) {
        let owner = owner_of(principal, question).to_owned();
        let request = Request {
            caller: principal.caller(),
            action: question.action.clone(),
            resource: question.resource.clone(),
            context: context_of(self, principal, question, &owner),
            resource_account: owner.clone(),
        };
        let none = Layer::Known(Vec::new());
        let policies = Policies {
            identity: principal.identity.clone(),
            boundary: principal.boundary.clone(),
            session: Layer::default(),
            scp: self.accounts.get(&principal.account).map_or(none.clone(), |account| account.scp.clone()),
            rcp: self.accounts.get(&owner).map_or(none, |account| account.rcp.clone()),
            resource: self.resource_policy(&question.resource, &owner),
            vpce: Layer::default(),
        };
        (request, policies)
    }
}

/// The resource whose policy speaks for `resource`: of an object in a bucket, the bucket.
fn owner_of_policy(resource: &str) -> &str {
    let is_object = resource.contains(":s3:::");
    resource.split_once('/').filter(|_| is_object).map_or(resource, |(bucket, _)| bucket)
}

/// The account that owns what the question is about: the caller's, where AWS owns it or the question does not say.
pub(crate) fn owner_of<'a>(principal: &'a Principal, question: &'a Question) -> &'a str {
    if is_callers(question) { &principal.account } else { &question.resource_account }
}

/// Whether what the question is about counts as the caller's own.
pub(crate) fn is_callers(question: &Question) -> bool {
    question.resource_account.is_empty() || is_of_aws(&question.resource)
}

/// Whether AWS owns the resource, such as a foundation model: its ARN names no account, and it is not a bucket.
pub fn is_of_aws(resource: &str) -> bool {
    let mut parts = resource.splitn(6, ':');
    let (service, account) = (parts.nth(2), parts.nth(1));
    account == Some("") && service != Some("s3")
}
