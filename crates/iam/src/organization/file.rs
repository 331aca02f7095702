//! An organization in a file: what `--org FILE` reads.

use super::{Account, Assumptions, Organization, Principal, PrincipalKind, Workload};
use crate::policy::Policy;
use crate::request::{Layer, Level};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who can do `action` on `resource`?
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub struct Question {
    /// `service:Name`
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// Twelve digits; empty for resources that AWS owns.
    #[serde(default)]
    pub resource_account: String,
    /// Condition keys that the question settles, such as `bedrock:InferenceProfileArn` for a model that is reached through
    /// a profile, or another `aws:RequestedRegion` than the resource's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, String>,
}

impl Question {
    /// `action` on `resource`, which belongs to `resource_account`.
    pub fn new(action: &str, resource: &str, resource_account: &str) -> Self {
        let [action, resource, resource_account] = [action, resource, resource_account].map(str::to_owned);
        Self { action, resource, resource_account, context: BTreeMap::new() }
    }
}

/// Why a file is not an organization.
#[derive(Debug, thiserror::Error)]
pub enum OrganizationError {
    /// Not JSON, or not of the form.
    #[error("not an organization: {0}")]
    Form(#[from] serde_json::Error),
    /// A name that stands nowhere.
    #[error("{place} names {kind} `{name}`, which the file does not have")]
    Missing {
        /// Who names it.
        place: String,
        /// What it should be.
        kind: &'static str,
        /// The name.
        name: String,
    },
}

#[derive(Deserialize)]
struct Raw {
    org_id: Option<String>,
    accounts: Vec<String>,
    #[serde(default)]
    scps: BTreeMap<String, Vec<Value>>,
    #[serde(default)]
    scp_attachments: BTreeMap<String, Option<Vec<(String, String)>>>,
    #[serde(default)]
    managed_policies: BTreeMap<String, Value>,
    #[serde(default)]
    boundaries: BTreeMap<String, Value>,
    #[serde(default)]
    groups: BTreeMap<String, Vec<RawGroup>>,
    #[serde(default)]
    principals: Vec<RawPrincipal>,
    #[serde(default)]
    resource_policies: BTreeMap<String, Value>,
    #[serde(default)]
    workloads: Vec<Workload>,
    #[serde(default)]
    expected: Vec<Question>,
}

#[derive(Deserialize)]
struct RawGroup {
    name: String,
    #[serde(default)]
    managed: Vec<String>,
    #[serde(default)]
    inline: Vec<Value>,
}

#[derive(Deserialize)]
struct RawPrincipal {
    arn: String,
    account: String,
    kind: PrincipalKind,
    #[serde(default)]
    managed: Vec<String>,
    #[serde(default)]
    inline: Vec<Value>,
    #[serde(default)]
    groups: Vec<String>,
    boundary: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    trust: Option<Value>,
}

/// The file's documents, read once each.
struct Documents {
    managed: BTreeMap<String, Arc<Policy>>,
    boundaries: BTreeMap<String, Arc<Policy>>,
    levels: BTreeMap<String, Vec<Arc<Policy>>>,
}

impl Organization {
    /// Reads a file, and the questions that it asks.
    ///
    /// # Errors
    /// It is not of the form, or names what it does not have.
    pub fn read(text: &[u8]) -> Result<(Self, Vec<Question>), OrganizationError> {
        let raw: Raw = serde_json::from_slice(text)?;
        let documents = Documents::read(&raw);
        let mut accounts = BTreeMap::new();
        for account in &raw.accounts {
            let levels = documents.levels_of(account, raw.scp_attachments.get(account).and_then(Option::as_ref))?;
            accounts.insert(account.clone(), Account { scp: Layer::Known(levels), ..Account::default() });
        }
        let principals = raw.principals.iter().map(|principal| documents.principal(principal, &raw)).collect::<Result<_, _>>()?;
        let resource_policies = raw.resource_policies.iter().map(|(arn, document)| {
            (arn.clone(), Layer::Known(vec![Arc::new(Policy::read(&format!("policy of {arn}"), document))]))
        });
        let organization = Self {
            id: raw.org_id,
            accounts,
            principals,
            resource_policies: resource_policies.collect(),
            resource_tags: BTreeMap::new(),
            workloads: raw.workloads,
            assumptions: Assumptions::Closed,
        };
        Ok((organization, raw.expected))
    }
}

impl Documents {
    fn read(raw: &Raw) -> Self {
        let named = |documents: &BTreeMap<String, Value>| {
            documents.iter().map(|(name, document)| (name.clone(), Arc::new(Policy::read(name, document)))).collect()
        };
        let levels = raw.scps.iter().map(|(name, all)| {
            (name.clone(), all.iter().map(|document| Arc::new(Policy::read(name, document))).collect())
        });
        Self { managed: named(&raw.managed_policies), boundaries: named(&raw.boundaries), levels: levels.collect() }
    }

    fn levels_of(&self, account: &str, attached: Option<&Vec<(String, String)>>) -> Result<Vec<Level>, OrganizationError> {
        let levels = attached.into_iter().flatten().map(|(id, name)| {
            let policies = self.levels.get(name).cloned();
            policies.map(|policies| Level { id: id.clone(), policies }).ok_or_else(|| missing(account, "service control policy", name))
        });
        levels.collect()
    }

    fn principal(&self, raw: &RawPrincipal, all: &Raw) -> Result<Principal, OrganizationError> {
        let mut identity = self.attached(&raw.arn, &raw.managed, &raw.inline)?;
        let groups = all.groups.get(&raw.account);
        for name in &raw.groups {
            let group = groups.and_then(|groups| groups.iter().find(|group| group.name == *name));
            let group = group.ok_or_else(|| missing(&raw.arn, "group", name))?;
            identity.extend(self.attached(&format!("group {name}"), &group.managed, &group.inline)?);
        }
        let boundary = raw.boundary.iter().map(|name| {
            self.boundaries.get(name).or_else(|| self.managed.get(name)).cloned().ok_or_else(|| missing(&raw.arn, "boundary", name))
        });
        let trust = raw.trust.iter().map(|trust| Arc::new(Policy::read(&format!("trust policy of {}", raw.arn), trust)));
        Ok(Principal {
            arn: raw.arn.clone(),
            account: raw.account.clone(),
            kind: raw.kind,
            identity: Layer::Known(identity),
            boundary: Layer::Known(boundary.collect::<Result<_, _>>()?),
            tags: raw.tags.clone(),
            trust: Layer::Known(trust.collect()),
        })
    }

    fn attached(&self, place: &str, managed: &[String], inline: &[Value]) -> Result<Vec<Arc<Policy>>, OrganizationError> {
        let mut out = Vec::with_capacity(managed.len() + inline.len());
        for name in managed {
            out.push(self.managed.get(name).cloned().ok_or_else(|| missing(place, "managed policy", name))?);
        }
        let inline = inline.iter().enumerate();
        out.extend(inline.map(|(at, document)| Arc::new(Policy::read(&format!("inline policy {} of {place}", at + 1), document))));
        Ok(out)
    }
}

fn missing(place: &str, kind: &'static str, name: &str) -> OrganizationError {
    let short = |text: &str| sightline_model::untrusted::shortened(text, 200);
    OrganizationError::Missing { place: short(place), kind, name: short(name) }
}
