//! Who can use which AI: the lake as an organization of `sightline_iam`, and what its policies say.
//!
//! # What is not known is not absent
//! A table that could not be read makes the layer that it holds unknown, and so the answers that rest on it conditional: service
//! control policies that nobody may list, a managed policy without its document, the policy of a function that was denied. Whole
//! lists of users or roles that could not be read are [`Inventory::unlisted`]. Each such thing is a [`Problem`] too.

mod document;
mod endpoint;
mod function;
mod held;
mod identity;
mod inspected;
mod model;
mod pod;
mod resource;
mod row;
mod tree;
mod unused;
mod workload;

use std::collections::BTreeMap;

use jiff::Timestamp;
use sightline_iam::direct::{Direct, Interpreter};
use sightline_iam::organization::{Assumptions, Organization, PrincipalKind, Question};
use sightline_iam::reach::{Ask, Routes, Scope};
use sightline_lake::Session;
use sightline_model::{ModelAccess, RunId};

use crate::DiscoverError;
use document::Documents;
use inspected::Inspected;
use model::Usable;
use tree::Tree;

pub use document::Problem;
pub use endpoint::Endpoint;
pub use function::{FUNCTIONS, functions, register};
pub use identity::Unlisted;
pub use model::{UnknownGuardrails, UnlistedModels};
pub use unused::{ActionUse, Period, ServiceUse, Unused, Use, unused};
pub use workload::UnlistedWorkloads;

/// All that bears on who can use which AI, as the newest scans saw it.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Accounts, principals, policies, workloads.
    pub organization: Organization,
    /// Lists of principals that are not whole.
    pub unlisted: Vec<Unlisted>,
    /// Lists of workloads that are not whole.
    pub unlisted_workloads: Vec<UnlistedWorkloads>,
    /// What can be used as AI, with all that one use needs.
    pub asks: Vec<Ask>,
    /// Asked resource → `foundation-model`, `inference-profile`, `agent`, …
    pub model_kinds: BTreeMap<String, &'static str>,
    /// Lists of models that are not whole.
    pub unlisted_models: Vec<UnlistedModels>,
    /// Guardrails that may be enforced.
    pub guardrails: Vec<UnknownGuardrails>,
    /// VPC endpoints by id, whose policies count for requests that go through them, see [`Inventory::through`].
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Bucket → account, which its ARN does not tell.
    pub buckets: BTreeMap<String, String>,
    /// What could not be read or understood, each once, by place.
    pub problems: Vec<Problem>,
}

/// Reads the inventory of the newest scan of every account. Tables that the session does not have count as not inspected.
///
/// # Errors
/// A query fails. That something was not collected is no error.
pub async fn organization(session: &Session) -> Result<Inventory, DiscoverError> {
    let inspected = Inspected::read(session).await?;
    let mut documents = Documents::default();
    let (principals, unlisted) = identity::read(session, &inspected, &mut documents).await?;
    let tree = Tree::read(session).await?;
    let mut organization = Organization {
        id: tree.id(&inspected),
        accounts: tree.accounts(&inspected, &mut documents),
        principals,
        assumptions: Assumptions::Open,
        ..Organization::default()
    };
    for list in unlisted.iter().filter(|list| list.kind == PrincipalKind::Role) {
        organization.unread.push(resource::unlisted_roles(&list.account, &list.why));
    }
    let buckets = resource::read(session, &inspected, &mut documents, &mut organization).await?;
    let unlisted_workloads = workload::read(session, &inspected, &mut documents, &mut organization).await?;
    let endpoints = endpoint::read(session, &mut documents).await?;
    let usable = Usable::read(session, &inspected, &mut documents).await?;
    let mut problems = documents.problems;
    problems.sort();
    problems.dedup();
    Ok(Inventory {
        organization,
        unlisted,
        unlisted_workloads,
        asks: sightline_iam::ai::asks(&usable.models),
        model_kinds: usable.kinds,
        unlisted_models: usable.unlisted,
        guardrails: usable.guardrails,
        endpoints,
        buckets,
        problems,
    })
}

/// Principals and what binds their accounts, without resources and workloads: enough to ask what a caller of models may do.
pub(crate) async fn callers(session: &Session) -> Result<Organization, DiscoverError> {
    let inspected = Inspected::read(session).await?;
    let mut documents = Documents::default();
    let (principals, _) = identity::read(session, &inspected, &mut documents).await?;
    let tree = Tree::read(session).await?;
    let accounts = tree.accounts(&inspected, &mut documents);
    Ok(Organization {
        id: tree.id(&inspected),
        accounts,
        principals,
        assumptions: Assumptions::Open,
        ..Organization::default()
    })
}

/// Who can use which AI, directly and through others: one row for each principal, workload or caller from outside that is not
/// denied an action on a resource.
///
/// # Errors
/// A query fails. What could not be read makes rows conditional.
pub async fn model_access(session: &Session, run: RunId, now: Timestamp) -> Result<Vec<ModelAccess>, DiscoverError> {
    Ok(organization(session).await?.model_access(&run, now))
}

impl Inventory {
    /// See [`model_access`].
    pub fn model_access(&self, run: &RunId, now: Timestamp) -> Vec<ModelAccess> {
        let scope = Scope { routes: Routes::All, ..Scope::default() };
        self.model_access_by(&Interpreter { organization: &self.organization }, &scope, run, now)
    }

    /// The same, where `direct` says who may what itself, and `scope` which ways through others count.
    pub fn model_access_by(&self, direct: &dyn Direct, scope: &Scope, run: &RunId, now: Timestamp) -> Vec<ModelAccess> {
        row::of(self, direct, scope, run, now)
    }

    /// What is not known of the guardrails that a call of the account's must pass.
    fn unknown_guardrails<'a>(&'a self, ask: &'a Ask, account: &'a str) -> impl Iterator<Item = &'a UnknownGuardrails> {
        let calls_model = ask.action.starts_with("bedrock:InvokeModel");
        let region = ask.resource.split(':').nth(3).unwrap_or_default();
        let here = move |one: &&UnknownGuardrails| {
            calls_model && one.account == account && one.region.as_deref().is_none_or(|own| own == region)
        };
        self.guardrails.iter().filter(here)
    }

    /// `action` on `resource`, which belongs to the account that its ARN names or that was seen to have it. None where neither
    /// tells.
    pub fn question(&self, action: &str, resource: &str) -> Option<Question> {
        let account = resource.split(':').nth(4).unwrap_or_default();
        let bucket = || resource.split('/').next().and_then(|bucket| self.buckets.get(bucket));
        match account {
            "" if resource.contains(":s3:::") => Some(Question::new(action, resource, bucket()?)),
            account => Some(Question::new(action, resource, account)),
        }
    }
}
