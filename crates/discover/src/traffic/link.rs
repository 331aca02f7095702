//! Folded connections → links, each of which says what it rests on.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use sightline_model::edge::{Confidence, Evidence, PathClass, TrafficClass};

use super::ends::word;
use super::fold::{Draft, Fold, Key, Reason, Spot, Sums};
use super::name::Asker;
use super::owner::{Owners, Why};
use super::texts::Texts;
use super::{End, Link};
use crate::group::Place;

/// Candidates and pods that a sentence names.
const MOST_NAMES: usize = 8;

/// The links of what was folded.
pub(super) fn all(mut fold: Fold, owners: &Owners) -> Vec<Link> {
    let mut drafts: BTreeMap<Key, Draft> = fold.drafts.drain().filter(|(_, draft)| draft.sums().flows > 0).collect();
    one_path(&mut drafts, &fold.texts);
    halves(&mut drafts, owners);
    drafts.iter().map(|(key, draft)| Maker { fold: &fold, owners }.link(key, draft)).collect()
}

/// Records that tell no path are of the connection whose other records tell one, where these agree: they may be another side's.
fn one_path(drafts: &mut BTreeMap<Key, Draft>, texts: &Texts) {
    let mut paths: HashMap<Key, Vec<PathClass>> = HashMap::new();
    for key in drafts.keys().filter(|key| key.path != PathClass::Unknown) {
        paths.entry(Key { path: PathClass::Unknown, ..*key }).or_default().push(key.path);
    }
    for (key, paths) in paths {
        if let [path] = *paths
            && let Some(draft) = drafts.remove(&key)
            && let Some(known) = drafts.get_mut(&Key { path, ..key })
        {
            known.join(&draft, texts);
        }
    }
}

/// What only something between saw counts where nobody else was seen to call the same: then somebody behind it did.
fn halves(drafts: &mut BTreeMap<Key, Draft>, owners: &Owners) {
    let called: HashSet<(u32, u32)> =
        drafts.keys().filter(|key| !owners.is_between(key.from)).map(|key| (key.to, key.region)).collect();
    drafts.retain(|key, _| !owners.is_between(key.from) || !called.contains(&(key.to, key.region)));
}

/// Makes a link of a draft.
struct Maker<'a> {
    fold: &'a Fold,
    owners: &'a Owners,
}

impl Maker<'_> {
    fn link(&self, key: &Key, draft: &Draft) -> Link {
        let Sums { bytes_out, bytes_in, flows, rejected } = draft.sums();
        let behind = match self.owners.alternatives(draft.reason.from_end) {
            [] if self.is_outside(key) || draft.is_bare => self.owners.behind(key.from, draft.seen),
            several => several.to_vec(),
        };
        let confidence = if behind.is_empty() { draft.reason.confidence } else { Confidence::Inferred };
        let text = |number: u32| self.fold.texts.text(number).to_owned();
        let time = |at: i64| Timestamp::from_microsecond(at).unwrap_or_default();
        let mut from = self.end(key.from, draft.from);
        if from.region.is_empty() {
            from.region = text(key.region);
        }
        Link {
            class: key.class,
            from,
            to: self.end(key.to, draft.to),
            service: text(key.service),
            plane: draft.plane.to_owned(),
            region: text(key.region),
            port: key.port,
            path: key.path,
            path_evidence: text(draft.path_evidence),
            confidence,
            attribution: self.sentence(key, draft, &behind),
            behind: sorted(behind.iter().map(|end| self.owners.ends.arn(*end).to_owned()).collect()),
            first_seen: time(draft.seen.0),
            last_seen: time(draft.seen.1),
            bytes_out,
            bytes_in,
            flows,
            rejected,
            places: draft
                .marks
                .iter()
                .map(|mark| Place {
                    evidence: Evidence { object: text(mark.object), line: mark.line, event_id: String::new() },
                    at: time(mark.at),
                })
                .collect(),
        }
    }

    /// Whether the connection leaves the network: then nodes stand before their pods.
    fn is_outside(&self, key: &Key) -> bool {
        key.path != PathClass::InterfaceEndpoint && self.owners.ends.end(key.to).is_some_and(|to| to.vpc_id.is_empty())
    }

    /// The end, where it was when it was first seen. An end outside has no place.
    fn end(&self, number: u32, spot: Option<Spot>) -> End {
        let mut end = self.owners.ends.end(number).cloned().unwrap_or_default();
        if end.kind == word::BETWEEN {
            end.title = format!("behind {}", end.title);
            "unknown".clone_into(&mut end.kind);
        }
        let is_outside =
            [word::INTERNET, word::PUBLIC_AI, word::SERVICE, word::ON_PREMISES].contains(&end.kind.as_str());
        if let Some(spot) = spot.filter(|_| !is_outside) {
            let text = |number: u32| self.fold.texts.text(number);
            let fill = |own: &mut String, text: &str| {
                if own.is_empty() {
                    text.clone_into(own);
                }
            };
            if spot.interface != 0 {
                // The log's own place wins: the inventory's may be another of several.
                end.subnet_id.clear();
                end.interface_id.clear();
                fill(&mut end.vpc_id, text(spot.vpc));
                fill(&mut end.subnet_id, text(spot.subnet));
                fill(&mut end.interface_id, text(spot.interface));
            }
            if spot.interface != 0 || end.address.is_empty() {
                text(spot.address).clone_into(&mut end.address);
            }
        }
        end
    }

    fn sentence(&self, key: &Key, draft: &Draft, behind: &[u32]) -> String {
        let Reason { from, to, .. } = draft.reason;
        let mut parts = vec![];
        if key.class != TrafficClass::UserToApplication {
            parts.push(self.told(from, draft.reason.from_end, "client"));
        }
        if !behind.is_empty() && self.owners.is_node(key.from) {
            let named = self.named(behind);
            let hidden = if draft.is_bare { "in this format of the log" } else { "outside of the network" };
            parts.push(format!("{hidden} pods have their node's address: it may have been {named}"));
        } else if self.owners.is_node(key.from) && self.owners.ends.end(key.to).is_some_and(|to| to.vpc_id.is_empty()) {
            parts.push("a node: its pods have its address outside of the network".to_owned());
        }
        let service = self.fold.texts.text(key.service);
        if key.path == PathClass::InterfaceEndpoint {
            parts.push(format!("the server is an interface of {}", self.fold.texts.text(draft.path_evidence)));
        } else if let Some(asker) = draft.reason.asker.filter(|_| !service.is_empty()) {
            parts.push(asked(asker, service, self.fold.texts.text(draft.reason.names)));
        } else if key.class != TrafficClass::ApplicationToInternet {
            parts.push(self.told(to, draft.reason.to_end, "server"));
        }
        parts.join("; ")
    }

    fn told(&self, why: Why, end: u32, role: &str) -> String {
        let of = |verb: &str| format!("{verb} the {role}'s address");
        let candidates = self.owners.alternatives(end);
        if !candidates.is_empty() {
            let named = self.named(candidates);
            return format!("{} at some moment of this time: {named}; the log does not tell which", of("several had"));
        }
        match why {
            Why::Task => format!("the flow log names the {role}'s task"),
            Why::Interface => format!("the flow log names the {role}'s interface"),
            Why::Instance => format!("the flow log names the {role}'s instance"),
            Why::Pod => of("a pod of the service account had"),
            Why::Address => of("the inventory gives it"),
            Why::Elsewhen => format!("{}, but not known for all of this time", of("the only one known to have had")),
            Why::Several => of("several had"),
            Why::Unnamed => of("a pod that neither scans nor audit logs name had"),
            Why::Nobody => of("nobody is known to have had"),
        }
    }

    fn named(&self, ends: &[u32]) -> String {
        let mut arns: Vec<&str> = ends.iter().map(|end| self.owners.ends.arn(*end)).collect();
        arns.sort_unstable();
        let more = arns.len().saturating_sub(MOST_NAMES);
        arns.truncate(MOST_NAMES);
        let rest = if more > 0 { format!(" or {more} more") } else { String::new() };
        format!("{}{rest}", arns.join(", "))
    }
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts
}

fn asked(asker: Asker, service: &str, names: &str) -> String {
    let who = match asker {
        Asker::Client => "the client was",
        Asker::Resolver => "the cluster's name server was",
        Asker::Neighbour => "somebody else on the network was",
    };
    let also = if names.is_empty() { String::new() } else { format!("; in this time the address was {names}") };
    format!("{who} given this address for {service}{also}")
}
