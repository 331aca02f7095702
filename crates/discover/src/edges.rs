//! Groups of calls → edges.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sightline_model::edge::{Edge, PathClass};
use sightline_model::untrusted::shortened;
use sightline_model::{RunId, finding};

use crate::attribute::{Attribution, attribute};
use crate::calls;
use crate::control::{self, Subject};
use crate::estate::Estate;
use crate::group::{Group, Place};
use crate::model::Model;
use crate::path;

/// Places that an edge keeps.
const MOST_EVIDENCE: usize = 3;
/// Different endpoints or addresses that an edge names.
const MOST_PATHS: usize = 3;

/// What makes two groups the same edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    account: String,
    workload: String,
    identity: String,
    model: String,
    region: String,
    path: PathClass,
}

/// An edge in the making.
struct Draft {
    attribution: Attribution,
    model: Model,
    subject: Subject,
    calls: i64,
    errors: i64,
    bearer_token: bool,
    first_seen: Timestamp,
    last_seen: Timestamp,
    places: Vec<Place>,
}

/// The edges, sorted by workload, model, path and region.
pub(crate) fn of(run: &RunId, groups: &[Group], estate: &Estate) -> Vec<Edge> {
    let mut drafts: BTreeMap<Key, Draft> = BTreeMap::new();
    for group in groups {
        let draft = Draft::of(group, estate);
        match drafts.entry(draft.key(group)) {
            std::collections::btree_map::Entry::Vacant(vacant) => {
                vacant.insert(draft);
            }
            std::collections::btree_map::Entry::Occupied(mut occupied) => occupied.get_mut().merge(draft),
        }
    }
    let mut edges: Vec<Edge> = drafts.into_iter().map(|(key, draft)| draft.finish(run, key, estate)).collect();
    edges.sort_by(|a, b| {
        (&a.workload_arn, &a.model_arn, a.path, &a.region, &a.identity_arn).cmp(&(
            &b.workload_arn,
            &b.model_arn,
            b.path,
            &b.region,
            &b.identity_arn,
        ))
    });
    edges
}

impl Draft {
    fn of(group: &Group, estate: &Estate) -> Self {
        let caller = &group.caller;
        let model = estate.models.resolve(&group.model_id, &caller.region);
        let (path, evidence) = path::of(group, estate);
        let subject = Subject {
            account: caller.account_id.clone(),
            region: caller.region.clone(),
            identity: caller.identity().to_owned(),
            model_arn: model.arn.clone(),
            planes: BTreeSet::from([calls::plane(&group.event_source, &group.event_name)]),
            path,
            path_evidence: BTreeSet::from([evidence]),
            events: group.calls + group.errors,
            guarded: group.guarded,
            unguarded: group.unguarded,
            guardrail_ids: Some(group.guardrail_id.clone()).into_iter().filter(|id| !id.is_empty()).collect(),
        };
        Self {
            attribution: attribute(caller, estate),
            model,
            subject,
            calls: group.calls,
            errors: group.errors,
            bearer_token: group.bearer_token,
            first_seen: group.first_seen,
            last_seen: group.last_seen,
            places: group.places().cloned().collect(),
        }
    }

    fn key(&self, group: &Group) -> Key {
        Key {
            account: group.caller.account().to_owned(),
            workload: self.attribution.arn.clone(),
            identity: self.subject.identity.clone(),
            model: self.model.arn.clone(),
            region: self.subject.region.clone(),
            path: self.subject.path,
        }
    }

    fn merge(&mut self, other: Self) {
        // The weakest join is the edge's: a reader may rely on every call of it.
        if other.attribution.confidence > self.attribution.confidence {
            self.attribution = other.attribution;
        }
        let subject = &mut self.subject;
        subject.planes.extend(other.subject.planes);
        subject.path_evidence.extend(other.subject.path_evidence);
        subject.guardrail_ids.extend(other.subject.guardrail_ids);
        subject.events += other.subject.events;
        subject.guarded += other.subject.guarded;
        subject.unguarded += other.subject.unguarded;
        self.calls += other.calls;
        self.errors += other.errors;
        self.bearer_token |= other.bearer_token;
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.places.extend(other.places);
        self.places.sort_by(|a, b| (a.at, &a.evidence.event_id).cmp(&(b.at, &b.evidence.event_id)));
        self.places.truncate(MOST_EVIDENCE);
    }

    fn finish(self, run: &RunId, key: Key, estate: &Estate) -> Edge {
        let bearer = if self.bearer_token { "; calls were made with a Bedrock API key" } else { "" };
        Edge {
            run_id: run.as_str().to_owned(),
            edge_id: key.id(),
            account_id: key.account,
            region: key.region,
            workload_arn: key.workload,
            workload_kind: self.attribution.kind,
            workload_title: shortened(&self.attribution.title, 200),
            identity_arn: key.identity,
            target_arn: key.model.clone(),
            target_kind: self.model.kind.clone(),
            target_title: shortened(&self.model.title, 200),
            model_arn: key.model,
            model_kind: self.model.kind,
            model_title: shortened(&self.model.title, 200),
            path: key.path,
            path_evidence: named(&self.subject.path_evidence),
            calls: self.calls,
            errors: self.errors,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            confidence: self.attribution.confidence,
            attribution: shortened(&format!("{}{bearer}", self.attribution.sentence), 1_000),
            controls: control::all(&self.subject, estate),
            evidence: self.places.into_iter().map(|place| place.evidence).collect(),
            ..Edge::default()
        }
    }
}

impl Key {
    /// INVARIANT: the same parts give the same id in every run; NUL stands in none of them.
    fn id(&self) -> String {
        let path = serde_json::to_string(&self.path).unwrap_or_default();
        let parts = [self.workload.as_str(), &self.identity, &self.model, &path].join("\0");
        finding::fingerprint("edge", &self.account, &self.region, &parts)
    }
}

fn named(paths: &BTreeSet<String>) -> String {
    let shown = paths.iter().take(MOST_PATHS).map(String::as_str).collect::<Vec<_>>().join("; ");
    let more = paths.len().saturating_sub(MOST_PATHS);
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}
