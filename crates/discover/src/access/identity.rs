//! Users and roles with all that is attached to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};
use sightline_iam::organization::{Principal, PrincipalKind};
use sightline_iam::policy::Policy;
use sightline_iam::request::Layer;
use sightline_lake::Session;

use super::document::Documents;
use super::held::{Attached, Group, Held, Inline, Managed};
use super::inspected::Inspected;
use crate::DiscoverError;
use crate::query::query;

/// Users or roles of an account that could not be listed, or not all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// Twelve digits.
    pub account: String,
    /// Which of the two.
    pub kind: PrincipalKind,
    /// `denied: iam:GetAccountAuthorizationDetails`
    pub why: String,
}

/// Reads identities.
pub(crate) struct Identities<'a> {
    documents: &'a mut Documents,
    /// ARN → document; AWS's own say the same in every account.
    managed: BTreeMap<String, Value>,
    /// ARN → policy
    read: BTreeMap<String, Arc<Policy>>,
    /// (account, name)
    groups: BTreeMap<(String, String), Group>,
}

/// All principals, and which could not be listed.
pub(crate) async fn read(
    session: &Session,
    inspected: &Inspected,
    documents: &mut Documents,
) -> Result<(Vec<Principal>, Vec<Unlisted>), DiscoverError> {
    let managed: Vec<Managed> = query!("access/policy").rows(session).await?;
    let groups: Vec<Group> = query!("access/group").rows(session).await?;
    let users: Vec<Held> = query!("access/user").rows(session).await?;
    let roles: Vec<Held> = query!("access/role").rows(session).await?;
    let mut identities = Identities {
        documents,
        managed: managed.into_iter().map(|row| (row.arn, row.document)).collect(),
        read: BTreeMap::new(),
        groups: groups.into_iter().map(|group| ((group.account_id.clone(), group.name.clone()), group)).collect(),
    };
    let users = users.into_iter().map(|row| (PrincipalKind::User, row));
    let roles = roles.into_iter().map(|row| (PrincipalKind::Role, row));
    let mut principals: Vec<Principal> =
        users.chain(roles).map(|(kind, row)| identities.principal(kind, &row)).collect();
    let mut seen = BTreeSet::new();
    principals.retain(|principal| seen.insert(principal.arn.clone()));
    Ok((principals, unlisted(inspected, documents)))
}

fn unlisted(inspected: &Inspected, documents: &mut Documents) -> Vec<Unlisted> {
    let kinds = [(PrincipalKind::User, "aws_iam_user", "users"), (PrincipalKind::Role, "aws_iam_role", "roles")];
    let mut out = Vec::new();
    for account in inspected.accounts() {
        for (kind, table, plural) in kinds {
            if let Some(why) = inspected.gap(account, table) {
                documents.problem(account, &format!("its {plural} could not be listed ({why})"));
                out.push(Unlisted { account: account.to_owned(), kind, why });
            }
        }
    }
    out
}

impl Identities<'_> {
    fn principal(&mut self, kind: PrincipalKind, row: &Held) -> Principal {
        let mut identity = self.attached(&row.arn, &row.inline_policies, &row.attached_policies);
        for name in &row.groups {
            identity.extend(self.group(&row.account_id, name));
        }
        let boundary = Some(row.boundary.as_str()).filter(|arn| !arn.is_empty());
        let boundary = boundary.map(|arn| self.managed(arn)).into_iter().collect();
        let trust = match kind {
            PrincipalKind::User => Vec::new(),
            PrincipalKind::Role => {
                vec![self.documents.policy(&format!("trust policy of {}", row.arn), Some(&row.trust))]
            }
        };
        Principal {
            arn: row.arn.clone(),
            account: row.account_id.clone(),
            kind,
            identity: Layer::Known(identity),
            boundary: Layer::Known(boundary),
            tags: texts(&row.tags),
            trust: Layer::Known(trust),
        }
    }

    fn group(&mut self, account: &str, name: &str) -> Vec<Arc<Policy>> {
        match self.groups.remove_entry(&(account.to_owned(), name.to_owned())) {
            Some((key, group)) => {
                let policies = self.attached(&group.arn, &group.inline_policies, &group.attached_policies);
                self.groups.insert(key, group);
                policies
            }
            None => {
                let id = format!("policies of group {name} of {account}");
                vec![self.documents.unread(&id, "the group was not read")]
            }
        }
    }

    fn attached(&mut self, owner: &str, inline: &[Inline], attached: &[Attached]) -> Vec<Arc<Policy>> {
        let mut out: Vec<Arc<Policy>> = attached.iter().map(|one| self.managed(&one.policy_arn)).collect();
        for one in inline {
            let id = format!("inline policy {} of {owner}", one.policy_name);
            out.push(self.documents.policy(&id, Some(&one.policy_document)));
        }
        out
    }

    fn managed(&mut self, arn: &str) -> Arc<Policy> {
        if let Some(policy) = self.read.get(arn) {
            return Arc::clone(policy);
        }
        let policy = self.documents.policy(arn, self.managed.get(arn));
        self.read.insert(arn.to_owned(), Arc::clone(&policy));
        policy
    }
}

/// Tags as texts; what is no text is none.
pub(crate) fn texts(tags: &Map<String, Value>) -> BTreeMap<String, String> {
    tags.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
