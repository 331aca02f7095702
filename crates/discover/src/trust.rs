//! Who may take a role: what makes a session's name a person's or a service's word.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value;
use sightline_iam::{Effect, PolicyDocument, Principal};
use sightline_lake::Session;

use crate::DiscoverError;
use crate::query::query;

/// How the SAML providers begin that IAM Identity Center makes.
const IDENTITY_CENTER: &str = ":saml-provider/AWSSSO_";

/// Whom a role's trust policy lets in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trust {
    services: BTreeSet<String>,
    identity_center: bool,
    /// accounts, roles, users, other providers, everybody
    others: bool,
}

/// Roles of the inventory.
#[derive(Debug, Default)]
pub(crate) struct Trusts {
    /// `None` where the policy was not read
    by_arn: HashMap<String, Option<Trust>>,
    /// account and name → ARN
    by_name: HashMap<(String, String), String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    arn: String,
    account_id: String,
    name: String,
    trust: Option<Value>,
}

impl Trusts {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let mut trusts = Self::default();
        for row in query!("trust").rows::<Row>(session).await? {
            let trust =
                row.trust.and_then(|policy| serde_json::from_value(policy).ok()).map(|policy| Trust::of(&policy));
            trusts.by_arn.insert(row.arn.clone(), trust);
            trusts.by_name.insert((row.account_id, row.name), row.arn);
        }
        Ok(trusts)
    }

    /// The ARN of a role of this name, with its path.
    pub(crate) fn role_arn(&self, account: &str, name: &str) -> Option<String> {
        self.by_name.get(&(account.to_owned(), name.to_owned())).cloned()
    }

    /// Whether nobody but these services may take the role; nothing where that was not read.
    pub(crate) fn only(&self, role_arn: &str, services: &[&str]) -> Option<bool> {
        let trust = self.by_arn.get(role_arn)?.as_ref()?;
        let known = trust.services.iter().all(|service| services.contains(&service.as_str()));
        Some(known && !trust.others && !trust.identity_center && !trust.services.is_empty())
    }

    /// Whether nobody but IAM Identity Center may take the role; nothing where that was not read.
    pub(crate) fn only_identity_center(&self, role_arn: &str) -> Option<bool> {
        let trust = self.by_arn.get(role_arn)?.as_ref()?;
        Some(trust.identity_center && !trust.others && trust.services.is_empty())
    }
}

impl Trust {
    fn of(policy: &PolicyDocument) -> Self {
        let mut trust = Self::default();
        for statement in policy.statement.iter().filter(|statement| statement.effect == Effect::Allow) {
            match &statement.principal {
                Some(Principal::Named(named)) => {
                    named.iter().for_each(|(kind, who)| who.iter().for_each(|who| trust.add(kind, who)));
                }
                Some(Principal::Everybody(_)) | None => trust.others = true,
            }
        }
        trust
    }

    fn add(&mut self, kind: &str, who: &str) {
        match kind {
            "Service" => {
                self.services.insert(who.to_owned());
            }
            "Federated" if who.contains(IDENTITY_CENTER) => self.identity_center = true,
            _ => self.others = true,
        }
    }
}
