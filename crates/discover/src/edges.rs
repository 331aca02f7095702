//! Groups of calls and connections → edges.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sightline_model::RunId;
use sightline_model::edge::{Edge, EdgeEvidence};

use crate::draft::{Draft, Key};
use crate::estate::Estate;
use crate::group::Group;
use crate::joined;
use crate::traffic::Link;

/// Edges in the making.
#[derive(Debug, Default)]
pub(crate) struct Drafts(pub(crate) BTreeMap<Key, Draft>);

impl Drafts {
    /// Takes in the calls of a day; the estate holds the sessions of that day.
    pub(crate) fn add(&mut self, groups: Vec<Group>, estate: &Estate) {
        for group in groups {
            let (key, draft) = Draft::of(&group, estate);
            self.put(key, draft);
        }
    }

    pub(crate) fn put(&mut self, key: Key, draft: Draft) {
        match self.0.entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert(draft);
            }
            Entry::Occupied(mut occupied) => occupied.get_mut().merge(draft),
        }
    }

    /// The edges with those that connections alone tell, sorted by workload, target, path and region, and what proves them.
    pub(crate) fn finish(mut self, run: &RunId, links: &[Link], estate: &Estate) -> (Vec<Edge>, Vec<EdgeEvidence>) {
        let mut made = joined::join(&mut self, run, links, estate);
        made.extend(self.0.into_iter().map(|(key, draft)| draft.finish(run, key, estate)));
        made.sort_by(|(a, _), (b, _)| order(a).cmp(&order(b)));
        let (edges, evidence): (Vec<Edge>, Vec<Vec<EdgeEvidence>>) = made.into_iter().unzip();
        (edges, evidence.into_iter().flatten().collect())
    }
}

/// Edges in the order in which a discovery gives them.
pub fn sort(edges: &mut [Edge]) {
    edges.sort_by(|a, b| order(a).cmp(&order(b)));
}

fn order(edge: &Edge) -> (&str, &str, sightline_model::edge::PathClass, &str, &str, &str) {
    (&edge.workload_arn, &edge.target_arn, edge.path, &edge.region, &edge.identity_arn, &edge.edge_id)
}
