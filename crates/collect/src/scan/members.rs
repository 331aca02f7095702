//! Which accounts a scan reads, and how each is entered.

use super::record::{By, Chosen};
use crate::CollectError;
use futures::TryStreamExt;
use serde_json::{Value, json};
use sightline_aws::{Aws, CallError, Caller};
use sightline_model::untrusted::shortened;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The name of the role that `sightline onboard` makes in an account.
pub const DEFAULT_MEMBER_ROLE: &str = "sightline-scanner";

/// Accounts to read beside, or instead of, the caller's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// all accounts of the caller's organization
    pub organization: bool,
    /// these; of an organization's, where that is asked for as well, no others
    pub accounts: Vec<String>,
    /// not these
    pub exclude_accounts: Vec<String>,
    /// accounts below these organizational units or roots
    pub units: Vec<String>,
    /// none below these
    pub exclude_units: Vec<String>,
    /// name of the role to assume in each, with its path where it has one
    pub role: String,
    /// the external id that the roles' trust policies ask for
    pub external_id: Option<String>,
}

impl Default for Members {
    fn default() -> Self {
        Self {
            organization: false,
            accounts: Vec::new(),
            exclude_accounts: Vec::new(),
            units: Vec::new(),
            exclude_units: Vec::new(),
            role: DEFAULT_MEMBER_ROLE.to_owned(),
            external_id: None,
        }
    }
}

/// An account as the organization knows it.
struct Known {
    name: String,
    state: String,
}

/// States in which nobody can enter an account. Newer answers have `State`, older ones `Status`.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html>
const CLOSED: [&str; 3] = ["SUSPENDED", "CLOSED", "PENDING_ACTIVATION"];

/// The accounts, sorted by their ids.
pub(super) async fn choose(aws: &Aws, caller: &Caller, members: Option<&Members>) -> Result<Vec<Chosen>, CollectError> {
    let Some(members) = members else {
        let account_id = caller.account_id.clone();
        return Ok(vec![Chosen { account_id, name: String::new(), by: By::Own }]);
    };
    check(members)?;
    let of_organization = members.organization || !members.units.is_empty() || !members.exclude_units.is_empty();
    let mut known = if of_organization { organization(aws, members).await? } else { BTreeMap::new() };
    if let Some(missing) = members.accounts.iter().find(|id| of_organization && !known.contains_key(*id)) {
        return Err(CollectError::NotInOrganization(missing.clone()));
    }
    if !members.accounts.is_empty() {
        known.retain(|id, _| members.accounts.contains(id));
        for id in &members.accounts {
            known.entry(id.clone()).or_insert_with(|| Known { name: String::new(), state: String::new() });
        }
    }
    known.retain(|id, _| !members.exclude_accounts.contains(id));
    if known.is_empty() {
        return Err(CollectError::NoAccounts);
    }
    Ok(known.into_iter().map(|(account_id, known)| chosen(caller, members, account_id, known)).collect())
}

fn chosen(caller: &Caller, members: &Members, account_id: String, known: Known) -> Chosen {
    let by = if CLOSED.contains(&known.state.as_str()) {
        By::Nothing(format!("the organization says that it is {}", known.state.to_lowercase().replace('_', " ")))
    } else if !is_account(&account_id) {
        By::Nothing("its id is none of an account".to_owned())
    } else if account_id == caller.account_id {
        By::Own
    } else {
        let arn = format!("arn:{}:iam::{account_id}:role/{}", caller.partition, members.role);
        By::Role { arn, external_id: members.external_id.clone() }
    };
    Chosen { account_id, name: known.name, by }
}

fn check(members: &Members) -> Result<(), CollectError> {
    let named = members.accounts.iter().chain(&members.exclude_accounts);
    if let Some(wrong) = named.into_iter().find(|id| !is_account(id)) {
        return Err(CollectError::NoSuchAccount(shortened(wrong, 60)));
    }
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&byte);
    if members.role.is_empty() || members.role.len() > 512 || !members.role.bytes().all(plain) {
        return Err(CollectError::NoSuchRole(shortened(&members.role, 60)));
    }
    Ok(())
}

fn is_account(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())
}

async fn organization(aws: &Aws, members: &Members) -> Result<BTreeMap<String, Known>, CollectError> {
    let failed = |error: CallError| CollectError::Organization { source: Box::new(error) };
    let mut known = BTreeMap::new();
    if members.units.is_empty() {
        for page in pages(aws, "ListAccounts", json!({})).await.map_err(failed)? {
            known.extend(accounts(&page));
        }
    } else {
        for unit in &members.units {
            known.extend(below(aws, unit).await.map_err(failed)?);
        }
    }
    for unit in &members.exclude_units {
        let excluded = below(aws, unit).await.map_err(failed)?;
        known.retain(|id, _| !excluded.contains_key(id));
    }
    Ok(known)
}

/// All accounts below a unit or root.
async fn below(aws: &Aws, unit: &str) -> Result<BTreeMap<String, Known>, CallError> {
    let (mut known, mut entered) = (BTreeMap::new(), BTreeSet::new());
    let mut queue = VecDeque::from([unit.to_owned()]);
    while let Some(unit) = queue.pop_front() {
        // INVARIANT: each unit is entered once, whatever the answers say, so that the walk ends.
        if !entered.insert(unit.clone()) {
            continue;
        }
        let input = json!({ "ParentId": unit });
        for page in pages(aws, "ListAccountsForParent", input.clone()).await? {
            known.extend(accounts(&page));
        }
        for page in pages(aws, "ListOrganizationalUnitsForParent", input).await? {
            let units = page.get("OrganizationalUnits").and_then(Value::as_array).into_iter().flatten();
            queue.extend(units.filter_map(|unit| text(unit, "Id")));
        }
    }
    Ok(known)
}

async fn pages(aws: &Aws, operation: &str, input: Value) -> Result<Vec<Value>, CallError> {
    aws.pages(aws.default_region(), "organizations", operation, input).try_collect().await
}

fn accounts(page: &Value) -> impl Iterator<Item = (String, Known)> {
    let accounts = page.get("Accounts").and_then(Value::as_array).into_iter().flatten();
    accounts.filter_map(|account| {
        let state = text(account, "State").or_else(|| text(account, "Status")).unwrap_or_default();
        Some((text(account, "Id")?, Known { name: text(account, "Name").unwrap_or_default(), state }))
    })
}

fn text(value: &Value, member: &str) -> Option<String> {
    value.get(member).and_then(Value::as_str).map(str::to_owned)
}
