//! Connections of days → connections of the window: the same of several days are one, and what is too much is cut.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use sightline_model::edge::{PathClass, TrafficClass};

use super::fold::MOST_PLACES;
use super::{End, Link};

/// Targets on the internet that a workload keeps, those with most bytes; the rest is one link.
const MOST_TARGETS: usize = 100;
/// Ports between two ends that are kept apart.
const MOST_PORTS: usize = 16;

/// What one connection agrees in, in the order of the answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    class: TrafficClass,
    from: String,
    to: String,
    kind: String,
    service: String,
    port: i64,
    path: PathClass,
    region: String,
}

/// Connections, each once.
#[derive(Debug, Default)]
pub(super) struct Together(BTreeMap<Key, Link>);

impl Together {
    /// Adds the connections of a day. Days come in order.
    pub(super) fn add(&mut self, links: Vec<Link>) {
        links.into_iter().for_each(|link| self.put(link));
        // Of every day, so that memory does not grow with what an attacker may choose.
        self.one_path();
        self.ports();
        self.targets();
    }

    /// The connections, sorted.
    pub(super) fn links(self) -> Vec<Link> {
        self.0.into_values().collect()
    }

    fn put(&mut self, link: Link) {
        match self.0.get_mut(&Key::of(&link)) {
            Some(known) => known.join(link),
            None => drop(self.0.insert(Key::of(&link), link)),
        }
    }

    /// Takes these out and puts them back as others.
    fn change(&mut self, keys: impl IntoIterator<Item = Key>, change: impl Fn(&mut Link)) {
        for key in keys {
            if let Some(mut link) = self.0.remove(&key) {
                change(&mut link);
                self.put(link);
            }
        }
    }

    /// What tells no path is of the connection of which other days tell one, where these agree.
    fn one_path(&mut self) {
        let untold: Vec<Key> = self.0.keys().filter(|key| key.path == PathClass::Unknown).cloned().collect();
        if untold.is_empty() {
            return;
        }
        let mut told: HashMap<Key, Vec<PathClass>> = HashMap::new();
        for key in self.0.keys().filter(|key| key.path != PathClass::Unknown) {
            told.entry(Key { path: PathClass::Unknown, ..key.clone() }).or_default().push(key.path);
        }
        for key in untold {
            if let Some([path]) = told.get(&key).map(Vec::as_slice) {
                self.change([key], |link| link.path = *path);
            }
        }
    }

    /// Many ports between two ends are one, 0.
    fn ports(&mut self) {
        let mut counts: HashMap<Key, usize> = HashMap::new();
        for key in self.0.keys() {
            let count = counts.entry(key.any_port()).or_default();
            // Another day had too many.
            *count = count.saturating_add(if key.port == 0 { MOST_PORTS } else { 1 });
        }
        let is_much =
            |key: &&Key| key.port != 0 && counts.get(&key.any_port()).is_some_and(|count| *count > MOST_PORTS);
        let many: Vec<Key> = self.0.keys().filter(is_much).cloned().collect();
        self.change(many, |link| link.port = 0);
    }

    /// The tail of a workload's targets on the internet is one.
    fn targets(&mut self) {
        let others = End::others();
        let mut by_workload: HashMap<&str, Vec<(&Key, &Link)>> = HashMap::new();
        for (key, link) in &self.0 {
            if key.class == TrafficClass::ApplicationToInternet && key.to != others.arn {
                by_workload.entry(&key.from).or_default().push((key, link));
            }
        }
        let mut rest: HashSet<Key> = HashSet::new();
        for mut links in by_workload.into_values().filter(|links| links.len() > MOST_TARGETS) {
            // Names before addresses: they say more.
            links.sort_by_cached_key(|(key, link)| {
                (key.service.is_empty(), Reverse(link.bytes_out.saturating_add(link.bytes_in)), (*key).clone())
            });
            rest.extend(links.into_iter().skip(MOST_TARGETS).map(|(key, _)| key.clone()));
        }
        self.change(rest, |link| {
            link.to = others.clone();
            link.service.clear();
            link.port = 0;
        });
    }
}

impl Key {
    fn of(link: &Link) -> Self {
        Self {
            class: link.class,
            from: link.from.arn.clone(),
            to: link.to.arn.clone(),
            kind: link.to.kind.clone(),
            service: link.service.clone(),
            port: link.port,
            path: link.path,
            region: link.region.clone(),
        }
    }

    fn any_port(&self) -> Self {
        Self { port: 0, ..self.clone() }
    }
}

impl Link {
    /// What another, later or beside it, saw of the same connection.
    fn join(&mut self, other: Self) {
        // The weakest join is the connection's: a reader may rely on every record of it.
        let order = |link: &Self| (Reverse(link.confidence), link.first_seen, link.places.first().map(place_order));
        if order(&other) < order(self) {
            self.confidence = other.confidence;
            self.attribution = other.attribution;
        }
        if self.path_evidence < other.path_evidence {
            self.path_evidence = other.path_evidence;
        }
        if (self.from.subnet_id.is_empty(), self.first_seen) > (other.from.subnet_id.is_empty(), other.first_seen) {
            self.from = other.from;
        }
        if (self.to.subnet_id.is_empty(), self.first_seen) > (other.to.subnet_id.is_empty(), other.first_seen) {
            self.to = other.to;
        }
        self.behind.extend(other.behind);
        self.behind.sort_unstable();
        self.behind.dedup();
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        for (own, more) in [
            (&mut self.bytes_out, other.bytes_out),
            (&mut self.bytes_in, other.bytes_in),
            (&mut self.flows, other.flows),
            (&mut self.rejected, other.rejected),
        ] {
            *own = own.saturating_add(more);
        }
        self.places.extend(other.places);
        self.places.sort_by_cached_key(place_order);
        self.places.dedup();
        self.places.truncate(MOST_PLACES);
    }
}

fn place_order(place: &crate::group::Place) -> (jiff::Timestamp, String, i64) {
    (place.at, place.evidence.object.clone(), place.evidence.line)
}
