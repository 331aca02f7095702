//! An organization in a file: what `--org FILE` reads.

mod each;
mod raw;

use super::{Account, Assumptions, Organization, Principal};
use crate::policy::Policy;
use crate::request::{Layer, Level};
use raw::{Document, Raw, RawPrincipal};
use serde::{Deserialize, Serialize};
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

impl Organization {
    /// Reads a file, and the questions that it asks.
    ///
    /// # Errors
    /// It is not of the form, or names what it does not have.
    pub fn read(text: &[u8]) -> Result<(Self, Vec<Question>), OrganizationError> {
        Self::of(serde_json::from_slice(text)?)
    }

    /// Reads a file as it comes: slower than from memory, and without the text in it.
    ///
    /// # Errors
    /// It cannot be read, is not of the form, or names what it does not have.
    pub fn read_from(text: impl std::io::Read) -> Result<(Self, Vec<Question>), OrganizationError> {
        Self::of(serde_json::from_reader(text)?)
    }

    fn of(mut raw: Raw) -> Result<(Self, Vec<Question>), OrganizationError> {
        let mut accounts = BTreeMap::new();
        for account in &raw.accounts {
            let scp = Layer::Known(raw.levels_of(account)?);
            accounts.insert(account.clone(), Account { scp, ..Account::default() });
        }
        let principals = std::mem::take(&mut raw.principals);
        let principals = principals.into_iter().map(|principal| raw.principal(principal)).collect::<Result<_, _>>()?;
        let resource_policies = raw.resource_policies.into_iter();
        let organization = Self {
            id: raw.org_id,
            accounts,
            principals,
            resource_policies: resource_policies.map(|(arn, policy)| (arn, Layer::Known(vec![policy]))).collect(),
            unread: Vec::new(),
            resource_tags: BTreeMap::new(),
            workloads: raw.workloads,
            assumptions: Assumptions::Closed,
        };
        Ok((organization, raw.expected))
    }
}

impl Raw {
    fn levels_of(&self, account: &str) -> Result<Vec<Level>, OrganizationError> {
        let attached = self.scp_attachments.get(account).and_then(Option::as_ref);
        let levels = attached.into_iter().flatten().map(|(id, name)| {
            let policies = self.scps.get(name).cloned();
            policies
                .map(|policies| Level { id: id.clone(), policies })
                .ok_or_else(|| missing(account, "service control policy", name))
        });
        levels.collect()
    }

    fn principal(&self, raw: RawPrincipal<Document>) -> Result<Principal, OrganizationError> {
        let mut identity = self.managed(&raw.arn, &raw.managed)?;
        identity.extend(raw::inline(raw.inline, &raw.arn));
        let groups = self.groups.get(&raw.account);
        for name in &raw.groups {
            let group = groups.and_then(|groups| groups.iter().find(|group| group.name == *name));
            let group = group.ok_or_else(|| missing(&raw.arn, "group", name))?;
            identity.extend(self.managed(&format!("group {name}"), &group.managed)?);
            identity.extend(group.inline.iter().cloned());
        }
        let boundary = raw.boundary.iter().map(|name| {
            let known = self.boundaries.get(name).or_else(|| self.managed_policies.get(name));
            known.cloned().ok_or_else(|| missing(&raw.arn, "boundary", name))
        });
        let boundary = boundary.collect::<Result<_, _>>()?;
        let trust = raw.trust.map(|trust| trust.named(&format!("trust policy of {}", raw.arn)));
        Ok(Principal {
            arn: raw.arn,
            account: raw.account,
            kind: raw.kind,
            identity: Layer::Known(identity),
            boundary: Layer::Known(boundary),
            tags: raw.tags,
            trust: Layer::Known(trust.into_iter().collect()),
        })
    }

    fn managed(&self, place: &str, names: &[String]) -> Result<Vec<Arc<Policy>>, OrganizationError> {
        let policies = names
            .iter()
            .map(|name| self.managed_policies.get(name).cloned().ok_or_else(|| missing(place, "managed policy", name)));
        policies.collect()
    }
}

fn missing(place: &str, kind: &'static str, name: &str) -> OrganizationError {
    let short = |text: &str| sightline_model::untrusted::shortened(text, 200);
    OrganizationError::Missing { place: short(place), kind, name: short(name) }
}
