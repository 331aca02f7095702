//! Connections joined with calls: whose bytes they are, and the edges that connections alone tell.
//!
//! A flow log knows the service, not the model. So a connection of a workload to a service belongs to all edges of that workload, region,
//! path and plane together. Where the log tells the workload's calls and not their path, the connections tell it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use sightline_model::edge::{Edge, EdgeEvidence, PathClass, TrafficClass};
use sightline_model::untrusted::shortened;
use sightline_model::{RunId, finding};

use crate::calls::Plane;
use crate::control::{self, Subject};
use crate::draft::{Key, named, proof, proved};
use crate::edges::Drafts;
use crate::estate::Estate;
use crate::places::Places;
use crate::traffic::{Link, word};

/// The model of an edge whose log tells the service alone.
const UNKNOWN_MODEL: &str = "unknown-model";
/// What is called where nothing tells more.
const SERVICE: &str = "service";

/// What a trail's time and a flow's may differ by, in seconds: connections outlive the calls on them.
const SLACK: i64 = 300;

/// Workload, region and plane.
type Spot = (String, String, Plane);

/// Gives connections to the edges that they are of; the others become edges of their own.
pub(crate) fn join(
    drafts: &mut Drafts,
    run: &RunId,
    links: &[Link],
    estate: &Estate,
) -> Vec<(Edge, Vec<EdgeEvidence>)> {
    tell_paths(drafts, links);
    let edges = spots(drafts);
    let sources = sources(drafts);
    let mut wires: BTreeMap<WireKey, Wire<'_>> = BTreeMap::new();
    for link in links {
        let plane = plane(link);
        let of_spots = spots_of(link, plane).filter_map(|spot| edges.get(&spot)).flatten();
        let mut fitting: BTreeSet<&Key> = of_spots.filter(|key| key.path == link.path).collect();
        if fitting.is_empty() && plane.is_some() && link.from.kind == word::ADDRESS {
            fitting = callers_at(link, &sources).filter(|key| key.region == link.region).collect();
        }
        if fitting.is_empty() {
            wires.entry(WireKey::of(link, plane)).or_insert_with(|| Wire::new(link, plane)).add(link);
            continue;
        }
        let shared = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
        for key in fitting {
            if let Some(draft) = drafts.0.get_mut(key) {
                draft.connect(link, shared);
            }
        }
    }
    wires.into_iter().map(|(key, wire)| wire.finish(run, &key, estate)).collect()
}

/// The plane of a connection to a model service of AWS.
fn plane(link: &Link) -> Option<Plane> {
    if link.class == TrafficClass::ApplicationToModel { Plane::of_service(&link.plane) } else { None }
}

/// Where its calls may be: of the workload itself, and of the pods that may stand behind a node.
fn spots_of(link: &Link, plane: Option<Plane>) -> impl Iterator<Item = Spot> {
    let workloads = std::iter::once(&link.from.arn).chain(&link.behind);
    workloads.filter_map(move |workload| Some((workload.clone(), link.region.clone(), plane?)))
}

fn spots(drafts: &Drafts) -> HashMap<Spot, Vec<Key>> {
    let mut spots: HashMap<Spot, Vec<Key>> = HashMap::new();
    for (key, draft) in &drafts.0 {
        for plane in &draft.subject.planes {
            spots.entry((key.workload.clone(), key.region.clone(), *plane)).or_default().push(key.clone());
        }
    }
    spots
}

/// Endpoint and address → the edges whose calls came from there, and when.
type Sources = HashMap<(String, String), Vec<(Key, Timestamp, Timestamp)>>;

fn sources(drafts: &Drafts) -> Sources {
    let mut sources = Sources::new();
    for (key, draft) in &drafts.0 {
        for (source, (first, last)) in draft.sources() {
            sources.entry(source.clone()).or_default().push((key.clone(), first, last));
        }
    }
    sources
}

/// Nobody is known to have had the address, but trails show whose calls came from it through the same endpoint at the time.
fn callers_at<'s>(link: &Link, sources: &'s Sources) -> impl Iterator<Item = &'s Key> {
    let known = sources.get(&(link.path_evidence.clone(), link.from.address.clone()));
    let (begin, end) = (link.first_seen.as_second() - SLACK, link.last_seen.as_second() + SLACK);
    let there =
        move |(_, first, last): &&(Key, Timestamp, Timestamp)| first.as_second() <= end && last.as_second() >= begin;
    known.into_iter().flatten().filter(there).map(|(key, ..)| key)
}

/// Edges whose path no event tells take that of the workload's connections, where all of these go the same way.
fn tell_paths(drafts: &mut Drafts, links: &[Link]) {
    let mut paths: HashMap<Spot, BTreeMap<PathClass, BTreeSet<String>>> = HashMap::new();
    for link in links {
        for spot in spots_of(link, plane(link)) {
            let evidence = paths.entry(spot).or_default().entry(link.path).or_default();
            evidence.insert(link.path_evidence.clone());
        }
    }
    let untold: Vec<Key> = drafts.0.keys().filter(|key| key.path == PathClass::Unknown).cloned().collect();
    for key in untold {
        let Some(draft) = drafts.0.get(&key) else { continue };
        let mut told: BTreeMap<PathClass, BTreeSet<String>> = BTreeMap::new();
        for plane in &draft.subject.planes {
            let of_plane = paths.get(&(key.workload.clone(), key.region.clone(), *plane)).into_iter().flatten();
            of_plane.for_each(|(path, evidence)| told.entry(*path).or_default().extend(evidence.iter().cloned()));
        }
        if told.len() != 1 {
            continue;
        }
        let Some((path, evidence)) = told.pop_first().filter(|(path, _)| *path != PathClass::Unknown) else { continue };
        if let Some(mut draft) = drafts.0.remove(&key) {
            draft.take_path(path, &evidence);
            drafts.put(Key { path, ..key }, draft);
        }
    }
}

/// What makes two connections the same edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct WireKey {
    class: TrafficClass,
    from: String,
    to: String,
    service: String,
    port: i64,
    region: String,
    path: PathClass,
}

impl WireKey {
    fn of(link: &Link, plane: Option<Plane>) -> Self {
        Self {
            class: link.class,
            from: link.from.arn.clone(),
            to: if plane.is_some() { link.service.clone() } else { link.to.arn.clone() },
            service: link.service.clone(),
            port: link.port,
            region: link.region.clone(),
            path: link.path,
        }
    }

    /// INVARIANT: the same parts give the same id in every run; NUL stands in none of them.
    fn id(&self, account: &str) -> String {
        let word = |value: serde_json::Result<String>| value.unwrap_or_default();
        let (class, path) = (word(serde_json::to_string(&self.class)), word(serde_json::to_string(&self.path)));
        let port = self.port.to_string();
        let parts = [class.as_str(), &self.from, &self.to, &self.service, &port, &path];
        finding::fingerprint("edge", account, &self.region, &parts.join("\0"))
    }
}

/// Connections that are an edge of their own.
struct Wire<'l> {
    first: &'l Link,
    plane: Option<Plane>,
    evidence: BTreeSet<String>,
    flows: i64,
    rejected: i64,
    bytes_out: i64,
    bytes_in: i64,
    first_seen: Timestamp,
    last_seen: Timestamp,
    confidence: sightline_model::edge::Confidence,
    attribution: &'l str,
    places: Places,
}

impl<'l> Wire<'l> {
    fn new(link: &'l Link, plane: Option<Plane>) -> Self {
        Self {
            first: link,
            plane,
            evidence: BTreeSet::new(),
            flows: 0,
            rejected: 0,
            bytes_out: 0,
            bytes_in: 0,
            first_seen: link.first_seen,
            last_seen: link.last_seen,
            confidence: link.confidence,
            attribution: &link.attribution,
            places: Places::default(),
        }
    }

    fn add(&mut self, link: &'l Link) {
        // The weakest join is the edge's, as for calls.
        if (Reverse(link.confidence), &*link.attribution) < (Reverse(self.confidence), self.attribution) {
            (self.confidence, self.attribution) = (link.confidence, &link.attribution);
        }
        self.evidence.insert(link.path_evidence.clone());
        self.flows += link.flows;
        self.rejected += link.rejected;
        self.bytes_out += link.bytes_out;
        self.bytes_in += link.bytes_in;
        self.first_seen = self.first_seen.min(link.first_seen);
        self.last_seen = self.last_seen.max(link.last_seen);
        self.places.extend(link.places.iter().cloned());
    }

    fn finish(self, run: &RunId, key: &WireKey, estate: &Estate) -> (Edge, Vec<EdgeEvidence>) {
        let link = self.first;
        let account = if link.from.account_id.is_empty() { &link.to.account_id } else { &link.from.account_id };
        let edge_id = key.id(account);
        let mut evidence: Vec<EdgeEvidence> =
            self.places.iter().map(|place| proof(run, &edge_id, "flow", "connection", place)).collect();
        let kind = serde_json::from_value(link.from.kind.clone().into()).unwrap_or_default();
        let target = self.target();
        let is_of_model = key.class == TrafficClass::ApplicationToModel;
        let model_arn = if self.plane.is_some() { String::new() } else { target.arn.clone() };
        let model = |text: String| if is_of_model { text } else { String::new() };
        let mut controls = vec![];
        if is_of_model {
            let judged = control::judged(&self.subject(account, key, model_arn.clone()), estate);
            controls = proved(judged, run, &edge_id, &mut evidence);
        }
        let edge = Edge {
            run_id: run.as_str().to_owned(),
            edge_id,
            class: key.class,
            account_id: account.clone(),
            region: key.region.clone(),
            workload_arn: key.from.clone(),
            workload_kind: kind,
            workload_title: shortened(&link.from.title, 200),
            model_kind: model(target.model_kind),
            model_title: model(shortened(&target.title, 200)),
            model_arn: model(model_arn),
            target_arn: target.arn,
            target_kind: target.kind,
            target_title: shortened(&target.title, 200),
            service: shortened(&key.service, 253),
            port: Some(key.port),
            path: key.path,
            path_evidence: named(&self.evidence),
            flows: Some(self.flows),
            bytes_out: Some(self.bytes_out),
            bytes_in: Some(self.bytes_in),
            bytes_shared: Some(1),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            confidence: self.confidence,
            attribution: shortened(&self.sentence(), 1_000),
            controls,
            evidence: self.places.first().map(|place| place.evidence.clone()).collect(),
            ..Edge::default()
        };
        (edge, evidence)
    }

    /// A refused record is no failed call: nobody knows what it would have asked.
    fn sentence(&self) -> String {
        match self.rejected {
            0 => self.attribution.to_owned(),
            rejected => format!("{}; {rejected} flow records beside these were rejected", self.attribution),
        }
    }

    fn target(&self) -> Target {
        let link = self.first;
        if self.plane.is_some() {
            return Target {
                arn: link.service.clone(),
                kind: SERVICE.to_owned(),
                model_kind: UNKNOWN_MODEL.to_owned(),
                title: link.service.clone(),
            };
        }
        let (arn, kind) = (link.to.arn.clone(), link.to.kind.clone());
        Target { arn, model_kind: kind.clone(), kind, title: link.to.title.clone() }
    }

    fn subject(&self, account: &str, key: &WireKey, model_arn: String) -> Subject {
        Subject {
            account: account.to_owned(),
            region: key.region.clone(),
            workload: key.from.clone(),
            identity: String::new(),
            model_arn,
            planes: BTreeSet::from([self.plane.unwrap_or(Plane::Foreign)]),
            apis: BTreeSet::new(),
            path: key.path,
            path_evidence: self.evidence.clone(),
            // There were calls, and nothing tells what they named.
            events: self.flows.max(1),
            guarded: 0,
            unguarded: 0,
            ..Subject::default()
        }
    }
}

/// What a connection goes to.
struct Target {
    arn: String,
    kind: String,
    model_kind: String,
    title: String,
}
