//! An edge in the making: what its calls, tokens and connections add up to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sightline_model::edge::{Confidence, Control, Edge, EdgeEvidence, PathClass, TrafficClass};
use sightline_model::untrusted::shortened;
use sightline_model::{RunId, finding};

use crate::attribute::{Attribution, attribute};
use crate::caller::Caller;
use crate::calls;
use crate::control::{self, Subject};
use crate::estate::Estate;
use crate::group::{Group, Place};
use crate::model::Model;
use crate::path;
use crate::places::Places;
use crate::traffic::Link;
use crate::usage::Usage;

/// Different endpoints or addresses that an edge names.
const MOST_PATHS: usize = 3;
/// Resources that its controls rest on.
const MOST_RESOURCES: usize = 20;
/// Different endpoints or addresses of an edge that are kept.
const MOST_KEPT_PATHS: usize = 1_000;

/// What makes two groups the same edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) account: String,
    pub(crate) workload: String,
    pub(crate) identity: String,
    pub(crate) model: String,
    pub(crate) region: String,
    pub(crate) path: PathClass,
}

#[derive(Debug)]
pub(crate) struct Draft {
    attribution: Attribution,
    model: Model,
    pub(crate) subject: Subject,
    /// account of the trail → calls and errors: a call of another account stands in the trails of both
    counts: BTreeMap<String, (i64, i64)>,
    usage: Usage,
    bearer_token: bool,
    hosts: BTreeSet<String>,
    /// interface endpoint and address behind it that calls came from → when
    sources: BTreeMap<(String, String), (Timestamp, Timestamp)>,
    first_seen: Timestamp,
    last_seen: Timestamp,
    calls: Places,
    /// events that handed out the sessions
    sessions: Places,
    /// lines of the model's own log
    records: Places,
    connections: Option<Connections>,
    untrailed: bool,
}

/// What flow logs say of an edge.
#[derive(Debug, Default)]
struct Connections {
    flows: i64,
    bytes_out: i64,
    bytes_in: i64,
    shared: i64,
    places: Places,
    ports: BTreeSet<i64>,
}

impl Draft {
    pub(crate) fn of(group: &Group, estate: &Estate) -> (Key, Self) {
        let named = group
            .untrailed
            .then(|| Caller::of_arn(&group.caller, |account, name| estate.trusts.role_arn(account, name)));
        let caller = named.as_ref().unwrap_or(&group.caller);
        let model = estate.models.resolve(&group.model_id, &caller.region);
        let (path, evidence) = path::of(group, estate);
        let attribution = attribute(caller, estate);
        let sources = match path {
            PathClass::InterfaceEndpoint => {
                BTreeMap::from([((evidence.clone(), caller.source_ip.clone()), (group.first_seen, group.last_seen))])
            }
            _ => BTreeMap::new(),
        };
        let subject = Subject {
            account: caller.account_id.clone(),
            region: caller.region.clone(),
            workload: attribution.arn.clone(),
            identity: caller.identity().to_owned(),
            model_arn: model.arn.clone(),
            planes: BTreeSet::from([calls::plane(&group.event_source, &group.event_name)]),
            apis: BTreeSet::from([group.event_name.clone()]),
            path,
            path_evidence: BTreeSet::from([evidence]),
            events: group.calls + group.errors,
            guarded: group.guarded,
            unguarded: group.unguarded,
            guardrail_ids: Some(group.guardrail_id.clone()).into_iter().filter(|id| !id.is_empty()).collect(),
        };
        let key = Key {
            account: caller.account().to_owned(),
            workload: attribution.arn.clone(),
            identity: subject.identity.clone(),
            model: model.arn.clone(),
            region: subject.region.clone(),
            path,
        };
        let (mut calls, mut sessions, mut records) = (Places::default(), Places::default(), Places::default());
        sessions.extend(attribution.place.clone());
        records.extend(group.record.clone());
        let seen = if group.untrailed { &mut records } else { &mut calls };
        seen.extend(group.places().cloned());
        let draft = Self {
            usage: Usage::of(&group.tokens, &model, estate),
            attribution,
            model,
            subject,
            counts: BTreeMap::from([(caller.account_id.clone(), (group.calls, group.errors))]),
            bearer_token: group.bearer_token,
            hosts: Some(group.host.clone()).into_iter().filter(|host| !host.is_empty()).collect(),
            sources,
            first_seen: group.first_seen,
            last_seen: group.last_seen,
            calls,
            sessions,
            records,
            connections: None,
            untrailed: group.untrailed,
        };
        (key, draft)
    }

    fn rank(&self) -> (Reverse<Confidence>, &str) {
        (Reverse(self.attribution.confidence), &self.attribution.sentence)
    }

    pub(crate) fn merge(&mut self, other: Self) {
        // The weakest join is the edge's: a reader may rely on every call of it. Of several that are as weak, the order of texts says
        // which is told, not the order that they come in.
        if other.rank() < self.rank() {
            self.attribution = other.attribution;
        }
        let subject = &mut self.subject;
        subject.planes.extend(other.subject.planes);
        subject.apis.extend(other.subject.apis);
        if subject.path_evidence.len() < MOST_KEPT_PATHS {
            subject.path_evidence.extend(other.subject.path_evidence);
        }
        subject.guardrail_ids.extend(other.subject.guardrail_ids);
        subject.events += other.subject.events;
        subject.guarded += other.subject.guarded;
        subject.unguarded += other.subject.unguarded;
        for (trail, (calls, errors)) in other.counts {
            let count = self.counts.entry(trail).or_default();
            *count = (count.0 + calls, count.1 + errors);
        }
        self.usage.add(&other.usage);
        self.bearer_token |= other.bearer_token;
        self.hosts.extend(other.hosts);
        for (source, (first, last)) in other.sources {
            if self.sources.len() < MOST_KEPT_PATHS || self.sources.contains_key(&source) {
                let seen = self.sources.entry(source).or_insert((first, last));
                *seen = (seen.0.min(first), seen.1.max(last));
            }
        }
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.calls.extend(other.calls);
        self.sessions.extend(other.sessions);
        self.records.extend(other.records);
        self.untrailed &= other.untrailed;
    }

    /// The path as flow logs show it, where no event told one.
    pub(crate) fn take_path(&mut self, path: PathClass, evidence: &BTreeSet<String>) {
        self.subject.path = path;
        self.subject.path_evidence = evidence.clone();
    }

    /// Where calls through interface endpoints came from, and when: endpoint, address, first and last.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&(String, String), (Timestamp, Timestamp))> {
        self.sources.iter().map(|(source, seen)| (source, *seen))
    }

    /// Adds a connection that is of so many edges together.
    pub(crate) fn connect(&mut self, link: &Link, shared: i64) {
        let connections = self.connections.get_or_insert_default();
        connections.flows += link.flows;
        connections.bytes_out += link.bytes_out;
        connections.bytes_in += link.bytes_in;
        connections.shared = connections.shared.max(shared);
        connections.places.extend(link.places.iter().cloned());
        connections.ports.insert(link.port);
        self.hosts.extend(Some(link.service.clone()).filter(|host| !host.is_empty()));
    }

    /// The edge and what proves it.
    pub(crate) fn finish(self, run: &RunId, key: Key, estate: &Estate) -> (Edge, Vec<EdgeEvidence>) {
        let edge_id = key.id();
        let mut evidence = self.evidence(run, &edge_id);
        let controls = proved(control::judged(&self.subject, estate), run, &edge_id, &mut evidence);
        let counts = self.counts.values().copied().max().unwrap_or_default();
        let connections = self.connections.as_ref();
        let edge = Edge {
            run_id: run.as_str().to_owned(),
            edge_id,
            class: TrafficClass::ApplicationToModel,
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
            model_kind: self.model.kind.clone(),
            model_title: shortened(&self.model.title, 200),
            service: self.hosts.first().map(|host| shortened(host, 253)).unwrap_or_default(),
            port: connections.and_then(|all| all.ports.first().copied()),
            path: key.path,
            path_evidence: named(&self.subject.path_evidence),
            calls: counts.0,
            errors: counts.1,
            flows: connections.map(|all| all.flows),
            bytes_out: connections.map(|all| all.bytes_out),
            bytes_in: connections.map(|all| all.bytes_in),
            bytes_shared: connections.map(|all| all.shared),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            confidence: self.attribution.confidence,
            attribution: shortened(&self.sentence(), 1_000),
            controls,
            evidence: self.seen().first().map(|place| place.evidence.clone()).collect(),
            ..Edge::default()
        };
        (self.usage.told(edge), evidence)
    }

    /// What the calls were seen in.
    fn seen(&self) -> &Places {
        if self.untrailed { &self.records } else { &self.calls }
    }

    fn sentence(&self) -> String {
        let key = match (self.bearer_token, self.attribution.kind) {
            (false, _) => "",
            (true, _) if self.subject.identity.contains(":user/BedrockAPIKey-") => {
                "; calls were made with a long-term Bedrock API key"
            }
            (true, _) if self.subject.identity.contains(":role/") => {
                "; calls were made with a short-term Bedrock API key, which lives as long as the session that it was made in"
            }
            (true, _) => "; calls were made with a Bedrock API key",
        };
        let untrailed =
            if self.untrailed { "; only model invocation logs tell of the calls, no trail does" } else { "" };
        format!("{}{key}{untrailed}", self.attribution.sentence)
    }

    fn evidence(&self, run: &RunId, edge_id: &str) -> Vec<EdgeEvidence> {
        let none = Places::default();
        let flows = self.connections.as_ref().map_or(&none, |all| &all.places);
        let proofs = [
            ("api_call", "call", &self.calls),
            ("api_call", "session", &self.sessions),
            ("flow", "connection", flows),
            ("model_invocation", "tokens", &self.records),
        ];
        let of = |(source, proves, places): (&'static str, &'static str, &Places)| -> Vec<EdgeEvidence> {
            places.iter().map(|place| proof(run, edge_id, source, proves, place)).collect()
        };
        proofs.into_iter().flat_map(of).collect()
    }
}

/// A row of `edge_evidence`.
pub(crate) fn proof(run: &RunId, edge_id: &str, source: &str, proves: &str, place: &Place) -> EdgeEvidence {
    EdgeEvidence {
        run_id: run.as_str().to_owned(),
        edge_id: edge_id.to_owned(),
        source: source.to_owned(),
        proves: proves.to_owned(),
        object: place.evidence.object.clone(),
        line: place.evidence.line,
        event_id: place.evidence.event_id.clone(),
        seen_at: Some(place.at),
    }
}

/// The controls; the resources that they rest on become evidence.
pub(crate) fn proved(
    judged: Vec<(Control, Vec<String>)>,
    run: &RunId,
    edge_id: &str,
    evidence: &mut Vec<EdgeEvidence>,
) -> Vec<Control> {
    let (controls, proofs): (Vec<Control>, Vec<Vec<String>>) = judged.into_iter().unzip();
    let resources: BTreeSet<String> = proofs.into_iter().flatten().take(MOST_RESOURCES).collect();
    evidence.extend(resources.into_iter().map(|arn| EdgeEvidence {
        run_id: run.as_str().to_owned(),
        edge_id: edge_id.to_owned(),
        source: "resource".to_owned(),
        proves: "control".to_owned(),
        object: arn,
        line: 0,
        event_id: String::new(),
        seen_at: None,
    }));
    controls
}

impl Key {
    /// INVARIANT: the same parts give the same id in every run; NUL stands in none of them.
    fn id(&self) -> String {
        let path = serde_json::to_string(&self.path).unwrap_or_default();
        let parts = [self.workload.as_str(), &self.identity, &self.model, &path].join("\0");
        finding::fingerprint("edge", &self.account, &self.region, &parts)
    }
}

pub(crate) fn named(paths: &BTreeSet<String>) -> String {
    let shown = paths.iter().take(MOST_PATHS).map(String::as_str).collect::<Vec<_>>().join("; ");
    let more = paths.len().saturating_sub(MOST_PATHS);
    if more > 0 { format!("{shown}; and {more} more") } else { shown }
}
