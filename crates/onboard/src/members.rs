//! The other accounts of the organization: which there are, and whether each can be entered.

use crate::context::{Asked, Context, text};
use crate::parameters::Parameters;
use futures::StreamExt as _;
use serde_json::{Value, json};
use sightline_aws::CallErrorKind;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Accounts entered at once. Entering is one call, and STS has a quota for the whole account.
const AT_ONCE: usize = 8;
/// Units that are walked through: more than an organization may have. Source:
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>.
const UNITS: usize = 5_000;

/// An account of the organization.
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `ACTIVE`, or why it cannot be entered
    pub(crate) state: String,
    /// the organizational unit, or root, that was asked for and holds it
    pub(crate) unit: String,
}

/// How entering an account ended.
pub(crate) enum Entered {
    Ok,
    /// the role is missing, or does not let us in, or we may not knock
    Refused(String),
    /// the credentials that came are another account's
    Elsewhere(String),
    Unanswered(Box<crate::verdict::Unanswered>),
}

/// The accounts below the given units, or all, by their ids.
pub(crate) async fn list(context: &Context) -> Asked<Vec<Member>> {
    let parameters = &context.parameters;
    let mut members = BTreeMap::new();
    if parameters.organizational_units.is_empty() {
        let key = ("Accounts", "organizations:ListAccounts");
        let accounts = context.ask_all(&parameters.home, "organizations", "ListAccounts", json!({}), key).await?;
        members.extend(accounts.iter().map(|account| member(account, "")));
    }
    for unit in &parameters.organizational_units {
        let accounts = below(context, unit).await?;
        members.extend(accounts.iter().map(|account| member(account, unit)));
    }
    Ok(members.into_values().collect())
}

/// Newer answers have `State`, older ones `Status`.
fn member(account: &Value, unit: &str) -> (String, Member) {
    let state = Some(text(account, "/State")).filter(|state| !state.is_empty()).unwrap_or(text(account, "/Status"));
    let own = |pointer| text(account, pointer).to_owned();
    let (id, unit) = (own("/Id"), unit.to_owned());
    (id.clone(), Member { id, name: own("/Name"), state: state.to_owned(), unit })
}

async fn below(context: &Context, unit: &str) -> Asked<Vec<Value>> {
    let home = &context.parameters.home;
    let (mut accounts, mut entered) = (Vec::new(), BTreeSet::new());
    let mut queue = VecDeque::from([unit.to_owned()]);
    while let Some(unit) = queue.pop_front() {
        // INVARIANT: each unit is entered once, and no more than there can be, whatever the answers say: the walk ends.
        if entered.len() >= UNITS || !entered.insert(unit.clone()) {
            continue;
        }
        let ask = |operation, key| context.ask_all(home, "organizations", operation, json!({"ParentId": unit}), key);
        let (own, units) = futures::join!(
            ask("ListAccountsForParent", ("Accounts", "organizations:ListAccountsForParent")),
            ask(
                "ListOrganizationalUnitsForParent",
                ("OrganizationalUnits", "organizations:ListOrganizationalUnitsForParent")
            ),
        );
        accounts.extend(own?);
        queue.extend(units?.iter().map(|unit| text(unit, "/Id").to_owned()));
    }
    Ok(accounts)
}

/// Tries to enter each, a few at once; the answers come in the order of the accounts.
pub(crate) async fn enter(context: &Context, accounts: &[&Member]) -> Vec<Entered> {
    let ids: Vec<String> = accounts.iter().map(|member| member.id.clone()).collect();
    futures::stream::iter(ids).map(|id| enter_one(context, id)).buffered(AT_ONCE).collect().await
}

/// Assumes the role and drops the credentials: that they were given is what is asked.
async fn enter_one(context: &Context, account: String) -> Entered {
    let parameters = &context.parameters;
    let mut input = json!({
        "RoleArn": role_arn(parameters, &account),
        "RoleSessionName": "sightline-verify",
        "DurationSeconds": 900,
    });
    if let (Some(id), Some(input)) = (&parameters.external_id, input.as_object_mut()) {
        input.insert("ExternalId".to_owned(), id.as_str().into());
    }
    match context.ask(&parameters.home, "sts", "AssumeRole", input, "sts:AssumeRole").await {
        Ok(answer) => {
            let session = text(&answer, "/AssumedRoleUser/Arn");
            let is_there = session.split(':').nth(4) == Some(account.as_str());
            if is_there { Entered::Ok } else { Entered::Elsewhere(session.to_owned()) }
        }
        Err(unanswered) if unanswered.error.kind == CallErrorKind::Denied => {
            Entered::Refused(format!("{}: {}", unanswered.error.code, unanswered.error.message))
        }
        Err(unanswered) => Entered::Unanswered(unanswered),
    }
}

/// The scanner's role in another account.
pub(crate) fn role_arn(parameters: &Parameters, account: &str) -> String {
    format!("arn:{}:iam::{account}:role/{}", parameters.partition, parameters.role)
}
