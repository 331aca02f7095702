//! Models, workloads, identities and applications, each put together out of the map and of who may use what.

use super::held::Allowed;
use super::page::Rows;
use super::schema;
use jiff::Timestamp;
use serde::Serialize;
use sightline_discover::protected::Protected;
use sightline_model::edge::{Edge, Tri};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What the map knows of a model, a workload, an identity or an application together.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Use {
    /// Edges
    pub(crate) edges: usize,
    /// Edges that are not protected
    pub(crate) unprotected: usize,
    /// Edges of which nobody can tell
    pub(crate) unknown: usize,
    /// Calls that succeeded
    pub(crate) calls: i64,
    /// Calls that were refused or failed
    pub(crate) errors: i64,
    /// Tokens of the prompts, where invocation logs tell
    pub(crate) input_tokens: i64,
    /// Tokens of the answers
    pub(crate) output_tokens: i64,
    /// What the counted calls cost by the list price, an estimate
    pub(crate) cost_usd: f64,
    /// First call
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) first_seen: Option<Timestamp>,
    /// Last call
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) last_seen: Option<Timestamp>,
}

impl Use {
    fn add(&mut self, edge: &Edge, protected: Tri) {
        self.edges += 1;
        self.unprotected += usize::from(protected == Tri::No);
        self.unknown += usize::from(protected == Tri::Unknown);
        self.calls = self.calls.saturating_add(edge.calls);
        self.errors = self.errors.saturating_add(edge.errors);
        self.input_tokens = self.input_tokens.saturating_add(edge.input_tokens.unwrap_or_default());
        self.output_tokens = self.output_tokens.saturating_add(edge.output_tokens.unwrap_or_default());
        self.cost_usd += edge.cost_usd.unwrap_or_default();
        self.first_seen = Some(self.first_seen.map_or(edge.first_seen, |seen| seen.min(edge.first_seen)));
        self.last_seen = Some(self.last_seen.map_or(edge.last_seen, |seen| seen.max(edge.last_seen)));
    }
}

/// A model, a workload, an identity or an application, with what it is joined to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Member {
    /// Its ARN, or the application's name
    pub(crate) arn: String,
    /// Its kind: `foundation-model`, `pod`, `role` …
    pub(crate) kind: String,
    /// Its name for people
    pub(crate) title: String,
    /// Twelve digits; empty where it is AWS's or nobody's
    pub(crate) account_id: String,
    /// The application that it belongs to
    pub(crate) application: String,
    /// Regions that were called
    pub(crate) regions: BTreeSet<String>,
    /// Whether all its edges are protected; `no` where one is not; nothing where it has none
    #[schema(value_type = Option<schema::Tri>)]
    pub(crate) protected: Option<Tri>,
    /// What was seen
    pub(crate) used: Use,
    /// The other ends of its edges, their ARNs, the first hundred
    pub(crate) others: BTreeSet<String>,
    /// For a model, how many principals may use it; for an identity or workload, how many models it may use; nothing where who may
    /// was not evaluated (`sightline access`)
    pub(crate) allowed: Option<usize>,
}

/// The other ends that are named.
const NAMED: usize = 100;

/// What is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Models,
    Workloads,
    Identities,
    Applications,
}

/// An end of an edge.
struct End<'e> {
    arn: &'e str,
    kind: String,
    title: &'e str,
    account: &'e str,
    application: &'e str,
    other: &'e str,
}

impl Of {
    fn end(self, edge: &Edge) -> Option<End<'_>> {
        let owner = edge.target_arn.split(':').nth(4).unwrap_or_default();
        let (arn, kind, title, account, application, other) = match self {
            Self::Models => {
                let title = edge.target_title.as_str();
                let of = edge.target_application.as_str();
                (edge.target_arn.as_str(), edge.target_kind.clone(), title, owner, of, edge.workload_arn.as_str())
            }
            Self::Workloads => {
                let kind = word(edge.workload_kind);
                let title = edge.workload_title.as_str();
                (
                    edge.workload_arn.as_str(),
                    kind,
                    title,
                    edge.account_id.as_str(),
                    edge.application.as_str(),
                    edge.target_arn.as_str(),
                )
            }
            Self::Identities => {
                let arn = edge.identity_arn.as_str();
                (arn, identity_kind(arn), last(arn), edge.account_id.as_str(), "", edge.workload_arn.as_str())
            }
            Self::Applications => {
                let name = edge.application.as_str();
                (name, "application".to_owned(), name, "", name, edge.target_arn.as_str())
            }
        };
        let is_meant = !arn.is_empty() && (self == Self::Applications || edge.is_of_model());
        is_meant.then_some(End { arn, kind, title, account, application, other })
    }
}

/// All members of a kind, those with most calls first.
pub(crate) fn members(of: Of, edges: &Rows<Edge>, allowed: &Allowed, protected: &Protected) -> Rows<Member> {
    let mut all: BTreeMap<String, Member> = BTreeMap::new();
    for edge in edges.iter() {
        let Some(End { arn, kind, title, account, application, other }) = of.end(edge) else { continue };
        let member = all.entry(arn.to_owned()).or_insert_with(|| Member {
            title: title.to_owned(),
            account_id: account.to_owned(),
            application: application.to_owned(),
            ..empty(arn, &kind)
        });
        let state = protected.of(edge);
        member.protected = Some(member.protected.map_or(state, |before| worse(before, state)));
        member.used.add(edge, state);
        if !edge.region.is_empty() {
            member.regions.insert(edge.region.clone());
        }
        if member.others.len() < NAMED {
            member.others.insert(other.to_owned());
        }
    }
    let counted = match of {
        Of::Models => allowed.models.as_slice(),
        Of::Workloads => &allowed.workloads,
        Of::Identities => &allowed.identities,
        Of::Applications => &[],
    };
    if allowed.is_evaluated && of != Of::Applications {
        all.values_mut().for_each(|member| member.allowed = Some(0));
    }
    for one in counted {
        let member = all.entry(one.arn.clone()).or_insert_with(|| empty(&one.arn, &one.kind));
        member.allowed = Some(usize::try_from(one.others).unwrap_or(usize::MAX));
    }
    let key = |member: &Member| format!("{:020}{}", u64::MAX - member.used.calls.unsigned_abs(), member.arn);
    Rows::new(all.into_values().collect(), key)
}

fn empty(arn: &str, kind: &str) -> Member {
    Member {
        arn: arn.to_owned(),
        kind: kind.to_owned(),
        title: last(arn).to_owned(),
        account_id: arn.split(':').nth(4).unwrap_or_default().to_owned(),
        application: String::new(),
        regions: BTreeSet::new(),
        protected: None,
        used: Use::default(),
        others: BTreeSet::new(),
        allowed: None,
    }
}

fn identity_kind(arn: &str) -> String {
    let name = arn.splitn(6, ':').nth(5).unwrap_or_default();
    name.split('/').next().unwrap_or_default().to_owned()
}

fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// `no` is worse than `unknown`.
pub(crate) fn worse(one: Tri, other: Tri) -> Tri {
    match (one, other) {
        (Tri::No, _) | (_, Tri::No) => Tri::No,
        (Tri::Unknown, _) | (_, Tri::Unknown) => Tri::Unknown,
        (Tri::Yes, Tri::Yes) => Tri::Yes,
    }
}

/// How an enumeration's value is written in JSON.
pub(crate) fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
