//! What a principal is granted beside what it is seen to use, and a policy of what it uses.
//!
//! Of AI services every action is looked at, of other services whether it is used at all. Logs show what trails record: data
//! events of a service are shown only where a trail of the account asks for them, see [`shown`]. What logs cannot show is kept.

mod grant;
mod right_size;
mod shown;
mod used;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use sightline_iam::PolicyDocument;
use sightline_iam::catalogue::{ai_actions, catalogue};
use sightline_lake::Session;

use super::inspected::Inspected;
use crate::DiscoverError;
use grant::Grants;
use shown::Shown;
use used::Used;

/// What a principal is granted and uses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unused {
    /// The user's or role's ARN.
    pub principal: String,
    /// The time that the account's logs cover; none: there are none, and so nothing to propose.
    pub period: Option<Period>,
    /// Actions of AI services that its policies grant, by name.
    pub actions: Vec<ActionUse>,
    /// Other services that its policies grant something of, and that it used or that a policy names, by prefix.
    pub services: Vec<ServiceUse>,
    /// A document in place of all its policies; none where a policy was not read or there are no logs.
    pub proposal: Option<PolicyDocument>,
    /// What the proposal takes away: actions, and other services as `service:*`.
    pub removed: Vec<String>,
    /// What it keeps although no use was seen, for logs do not show it.
    pub kept: Vec<String>,
    /// What the answer rests on, a sentence each.
    pub rests_on: Vec<String>,
}

/// From when to when logs tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The account's first event.
    pub first: Timestamp,
    /// Its last.
    pub last: Timestamp,
    /// Days from the one to the other of which there is no event at all.
    pub empty_days: i64,
    /// Log objects that could not be read whole.
    pub unread_objects: i64,
}

/// Whether something granted is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// A call was seen.
    Used,
    /// Logs would show a call, and show none.
    Unused,
    /// Logs do not show such calls.
    NotShown,
}

/// An action of an AI service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionUse {
    /// `service:Name`
    pub action: String,
    /// Whether it lets its holder use AI, beside configuring it.
    pub uses_ai: bool,
    /// Whether it is used.
    pub seen: Use,
    /// How often.
    pub calls: i64,
    /// When last.
    pub last_seen: Option<Timestamp>,
    /// On what, where every call told.
    pub resources: Vec<String>,
}

/// Another service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceUse {
    /// The prefix of its actions.
    pub service: String,
    /// Whether anything of it is used.
    pub seen: Use,
    /// How often.
    pub calls: i64,
    /// When last.
    pub last_seen: Option<Timestamp>,
}

/// Compares what `principal`, a user's or role's ARN, is granted with what it uses.
///
/// # Errors
/// A query fails, or no scan saw the principal.
pub async fn unused(session: &Session, principal: &str) -> Result<Unused, DiscoverError> {
    let inspected = Inspected::read(session).await?;
    let grants = Grants::read(session, principal).await?;
    let period = used::period(session, &grants.account).await?;
    let used = Used::read(session, principal).await?;
    let shown = Shown::read(session, &inspected, &grants.account).await?;
    let actions = actions(&grants, &used, &shown);
    let services = services(&grants, &used, &shown);
    let sized = right_size::propose(&grants, &actions, &services, &used);
    let proposal = (period.is_some() && grants.unread.is_empty()).then_some(sized.document);
    let mut out = Unused {
        principal: principal.to_owned(),
        removed: if proposal.is_some() { sized.removed } else { Vec::new() },
        kept: sized.kept,
        rests_on: Vec::new(),
        period,
        actions,
        services,
        proposal,
    };
    out.rests_on = rests_on(&out, &grants, &shown);
    Ok(out)
}

/// Prefixes of the services that actions of AI are of.
fn ai_services() -> BTreeSet<&'static str> {
    ai_actions().iter().filter_map(|action| Some(action.name.split_once(':')?.0)).collect()
}

fn actions(grants: &Grants, used: &Used, shown: &Shown) -> Vec<ActionUse> {
    let named: BTreeSet<&str> = ai_actions().iter().map(|action| action.name.as_str()).collect();
    let known =
        ai_services().into_iter().flat_map(|service| catalogue().actions_of(service)).map(|action| action.full_name());
    let all: BTreeSet<String> = known.chain(named.iter().map(|&name| name.to_owned())).collect();
    let granted = all.into_iter().filter(|action| grants.covers(action));
    let of = |action: String| {
        let calls = used.action(&action);
        let seen = match calls {
            Some(_) => Use::Used,
            None if shown.shows(&action) => Use::Unused,
            None => Use::NotShown,
        };
        ActionUse {
            uses_ai: named.contains(action.as_str()),
            seen,
            calls: calls.map_or(0, |calls| calls.count),
            last_seen: calls.and_then(|calls| calls.last),
            resources: calls.and_then(used::Calls::on).unwrap_or_default(),
            action,
        }
    };
    granted.map(of).collect()
}

fn services(grants: &Grants, used: &Used, shown: &Shown) -> Vec<ServiceUse> {
    let ai = ai_services();
    let named = grants.services().into_iter().chain(used.services());
    let all: BTreeSet<String> = named.filter(|service| !ai.contains(service.as_str())).collect();
    let granted = all.into_iter().filter(|service| grants.touches(service));
    let of = |service: String| {
        let calls = used.service(&service);
        let seen = match calls {
            Some(_) => Use::Used,
            None if shown.shows_service(&service, grants) => Use::Unused,
            None => Use::NotShown,
        };
        ServiceUse {
            seen,
            calls: calls.map_or(0, |calls| calls.count),
            last_seen: calls.and_then(|calls| calls.last),
            service,
        }
    };
    granted.map(of).collect()
}

fn rests_on(unused: &Unused, grants: &Grants, shown: &Shown) -> Vec<String> {
    let mut out = Vec::new();
    match &unused.period {
        None => out.push(format!(
            "no log of account {} was read, so nothing is known of use and nothing is proposed",
            grants.account
        )),
        Some(period) => {
            out.push(format!(
                "use is what the logs of account {} show from {} to {}; what is rarer is not in it",
                grants.account, period.first, period.last
            ));
            if period.empty_days > 0 {
                out.push(format!("of {} days in between there is no event at all", period.empty_days));
            }
            if period.unread_objects > 0 {
                out.push(format!("{} log objects could not be read whole", period.unread_objects));
            }
        }
    }
    out.extend(shown.words.iter().cloned());
    if !unused.kept.is_empty() {
        out.push(format!(
            "{} grants are kept because logs do not show their use: {}",
            unused.kept.len(),
            few(&unused.kept)
        ));
    }
    if unused.proposal.is_some() {
        out.push(
            "what the principal does by way of other roles, and calls that other accounts' logs hold, is not in it"
                .to_owned(),
        );
        if grants.grants_everything() {
            out.push("a policy grants every service: those of which no call was seen are taken away, whether or not logs would show their data events".to_owned());
        }
    }
    out.extend(
        grants.unread.iter().map(|policy| format!("nothing is proposed: `{policy}` was not read or not understood")),
    );
    let length = unused.proposal.as_ref().map_or(0, PolicyDocument::length);
    if length > sightline_iam::document::MANAGED_POLICY_LIMIT {
        out.push(format!("the proposal has {length} characters, more than one managed policy may: split it"));
    }
    out
}

/// The first few of many.
fn few(all: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<&str> = all.iter().take(SHOWN).map(String::as_str).collect();
    let more = all.len().saturating_sub(SHOWN);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// Text for a place between single quotes of SQL.
fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

/// Prefix → something.
type ByName<T> = BTreeMap<String, T>;
