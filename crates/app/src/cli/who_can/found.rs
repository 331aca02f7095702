//! Who can do what was asked, from wherever that is known.

use crate::stage::access::words;
use crate::stage::names::short;
use serde::Serialize;
use serde_json::Value;
use sightline_iam::formula::Formula;
use sightline_iam::organization::Organization;
use sightline_iam::reach::{Access, Ask, Hop, HopKind, Reached};
use sightline_iam::solve::Tri;
use sightline_model::ModelAccess;
use sightline_model::model_access::AccessDecision;
use sightline_model::untrusted::shortened;

/// What is said of a workload whose role nobody knows.
const NOT_READ: &str = "if its role, which was not read, may";

/// The longest way in words, in characters; `--json` has all.
const LONGEST: usize = 300;

/// Somebody who can.
#[derive(Serialize)]
pub(super) struct Found {
    #[serde(flatten)]
    pub who: Who,
    pub action: String,
    pub resource: String,
    pub resource_account: String,
    #[serde(serialize_with = "as_word")]
    pub decision: Tri,
    /// On what it depends, in words
    pub residual: Option<String>,
    pub hops: u32,
    pub path: Vec<Step>,
    /// The way and on what it depends, in short
    #[serde(skip)]
    pub way: String,
}

/// Who it is.
#[derive(Serialize, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[serde(untagged)]
pub(super) enum Who {
    /// A user or role
    Principal { principal: String },
    /// What runs as a role
    Workload { workload: String, role: String },
    /// Somebody without an account, in words
    Outside { outside: String },
}

/// A step of a way.
#[derive(Serialize)]
pub(in crate::cli) struct Step {
    from: String,
    to: String,
    #[serde(flatten)]
    kind: Value,
    words: String,
}

impl From<&Hop> for Step {
    fn from(hop: &Hop) -> Self {
        let kind = serde_json::to_value(&hop.kind).unwrap_or_default();
        Self { from: hop.from.clone(), to: hop.to.clone(), kind, words: hop.words() }
    }
}

/// Everybody who can do what was asked, ask by ask.
pub(super) fn reached(organization: &Organization, asks: &[Ask], reached: &Reached<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for (at, ask) in asks.iter().enumerate() {
        for access in reached.rows(at).filter_map(|row| reached.access(at, row.principal)) {
            let Some(principal) = organization.principals.get(access.principal) else { continue };
            let who = Who::Principal { principal: principal.arn.clone() };
            out.push(Found::of(ask, who, &access, &principal.account));
        }
        for found in reached.workloads(at) {
            let Some(workload) = organization.workloads.get(found.workload) else { continue };
            let who = Who::Workload { workload: workload.id.clone(), role: workload.role.clone() };
            out.push(match &found.access {
                Some(access) => Found::of(ask, who, access, &workload.account),
                None => Found::open(ask, who, NOT_READ),
            });
        }
        for found in reached.outside(at) {
            let way = way(&found.witness, &found.allowed, "");
            out.push(Found {
                decision: found.tri,
                residual: words(&found.allowed),
                hops: found.hops,
                path: found.witness.iter().map(Step::from).collect(),
                way,
                ..Found::open(ask, Who::Outside { outside: found.who }, "")
            });
        }
    }
    out
}

/// The same of rows of `model_access`.
pub(super) fn rows(rows: Vec<ModelAccess>) -> Vec<Found> {
    rows.into_iter().map(Found::from).collect()
}

impl Found {
    fn of(ask: &Ask, who: Who, access: &Access, home: &str) -> Self {
        Self {
            decision: access.tri,
            residual: words(&access.allowed),
            hops: access.hops,
            path: access.witness.iter().map(Step::from).collect(),
            way: way(&access.witness, &access.last, home),
            ..Self::open(ask, who, "")
        }
    }

    fn open(ask: &Ask, who: Who, why: &str) -> Self {
        Self {
            who,
            action: ask.action.clone(),
            resource: ask.resource.clone(),
            resource_account: ask.resource_account.clone(),
            decision: Tri::Conditional,
            residual: Some(why.to_owned()),
            hops: 0,
            path: Vec::new(),
            way: why.to_owned(),
        }
    }

    /// What is asked.
    pub(super) fn asked(&self) -> (&str, &str, &str) {
        (&self.action, &self.resource, &self.resource_account)
    }
}

impl From<ModelAccess> for Found {
    fn from(row: ModelAccess) -> Self {
        let who = match (row.principal_kind.as_str(), row.workload_arn) {
            ("outside", _) => Who::Outside { outside: row.principal_arn },
            (_, none) if none.is_empty() => Who::Principal { principal: row.principal_arn },
            (_, workload) => Who::Workload { workload, role: row.principal_arn },
        };
        let text = |hop: &Value, name: &str| hop.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let hops = row.witness.as_array().map(Vec::as_slice).unwrap_or_default();
        let step = |hop: &Value| Step {
            from: text(hop, "from"),
            to: text(hop, "to"),
            kind: hop.get("kind").cloned().unwrap_or_default(),
            words: text(hop, "words"),
        };
        let path: Vec<Step> = hops.iter().map(step).collect();
        let ways = row.residual_ways.as_array().map(Vec::as_slice).unwrap_or_default();
        let parts = |way: &Value| {
            way.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(" and ")
        };
        let when = ways.iter().map(parts).collect::<Vec<_>>().join(", or ");
        let through = path.iter().map(|step| format!("→ {}", step.short(&row.account_id)));
        let way: Vec<String> = through.chain(Some(when).filter(|when| !when.is_empty())).collect();
        let decision = if row.decision == AccessDecision::Allow { Tri::Allow } else { Tri::Conditional };
        Self {
            who,
            action: row.action,
            resource: row.resource_arn,
            resource_account: row.resource_account_id,
            decision,
            residual: Some(row.residual).filter(|_| decision == Tri::Conditional),
            hops: u32::try_from(row.hops).unwrap_or(u32::MAX),
            way: shortened(&way.join(" "), LONGEST),
            path,
        }
    }
}

impl Step {
    /// Whom it leads to, and how where that is no assumed role.
    fn short(&self, home: &str) -> String {
        let to = short(&self.to, home);
        match self.kind.get("by").and_then(Value::as_str) {
            Some(by) => format!("{to} by {}", short(by, home)),
            None => to.into_owned(),
        }
    }
}

/// On what it depends, and through whom it goes.
pub(in crate::cli) fn way(witness: &[Hop], last: &Formula, home: &str) -> String {
    let mut out: Vec<String> = witness.iter().map(|hop| format!("→ {}", hop_words(hop, home))).collect();
    if let Some(when) = words(last) {
        out.push(if out.is_empty() { when } else { format!("then {when}") });
    }
    shortened(&out.join(" "), LONGEST)
}

fn hop_words(hop: &Hop, home: &str) -> String {
    let to = short(&hop.to, home);
    let what = match &hop.kind {
        HopKind::AssumeRole => to.into_owned(),
        HopKind::Invoke(workload) => format!("{to} by {}", short(workload, home)),
        HopKind::PassRole(route)
        | HopKind::TakeOver(route)
        | HopKind::Become(route)
        | HopKind::Edit(route)
        | HopKind::Key(route) => {
            format!("{to} by {route}")
        }
    };
    match words(&hop.when) {
        Some(when) => format!("{what} ({when})"),
        None => what,
    }
}

fn as_word<S: serde::Serializer>(decision: &Tri, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(decision.as_str())
}
