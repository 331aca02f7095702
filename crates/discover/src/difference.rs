//! What is different between two maps, such as those of two days.

use std::collections::BTreeMap;

use serde::Serialize;
use sightline_model::edge::{Edge, Tri};

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// an edge that the later map alone has
    New {
        /// it
        edge: Edge,
    },
    /// an edge that the earlier map alone has
    Gone {
        /// it
        edge: Edge,
    },
    /// the same calls by another path
    Moved {
        /// as it was
        before: Edge,
        /// as it is
        after: Edge,
    },
    /// the same edge, differently protected
    Protected {
        /// as it was
        before: Edge,
        /// as it is
        after: Edge,
        /// the controls that changed
        controls: Vec<ControlChange>,
    },
}

/// A control that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ControlChange {
    /// its name
    pub name: String,
    /// as it was
    pub before: Tri,
    /// as it is
    pub after: Tri,
    /// why it is so now
    pub reason: String,
}

impl Change {
    /// The edge as the later map has it; of one that is gone, as it was.
    pub fn edge(&self) -> &Edge {
        match self {
            Self::New { edge } | Self::Gone { edge } => edge,
            Self::Moved { after, .. } | Self::Protected { after, .. } => after,
        }
    }
}

/// The differences: new edges, then moved ones, then those with other controls, then those that are gone; within each in the order of
/// the maps. Counts of calls are no difference.
pub fn differences(before: &[Edge], after: &[Edge]) -> Vec<Change> {
    let earlier: BTreeMap<&str, &Edge> = before.iter().map(|edge| (edge.edge_id.as_str(), edge)).collect();
    let later: BTreeMap<&str, &Edge> = after.iter().map(|edge| (edge.edge_id.as_str(), edge)).collect();
    let new: Vec<&Edge> = after.iter().filter(|edge| !earlier.contains_key(edge.edge_id.as_str())).collect();
    let mut gone: Vec<&Edge> = before.iter().filter(|edge| !later.contains_key(edge.edge_id.as_str())).collect();

    let (mut changes, mut moved) = (vec![], vec![]);
    for edge in new {
        // One path for one: an edge that split into two paths is one moved and one new.
        match gone.iter().position(|other| same_calls(other, edge)) {
            Some(place) => {
                let before = gone.remove(place);
                moved.push(Change::Moved { before: before.clone(), after: edge.clone() });
            }
            None => changes.push(Change::New { edge: edge.clone() }),
        }
    }
    changes.append(&mut moved);
    for edge in after {
        let Some(before) = earlier.get(edge.edge_id.as_str()) else { continue };
        let controls = changed_controls(before, edge);
        if !controls.is_empty() {
            changes.push(Change::Protected { before: (*before).clone(), after: edge.clone(), controls });
        }
    }
    changes.extend(gone.into_iter().map(|edge| Change::Gone { edge: edge.clone() }));
    changes
}

fn same_calls(one: &Edge, other: &Edge) -> bool {
    let key = |edge: &Edge| {
        let ends = (edge.workload_arn.clone(), edge.identity_arn.clone(), edge.target_arn.clone());
        (ends, edge.class, edge.region.clone(), edge.account_id.clone(), edge.port)
    };
    key(one) == key(other)
}

/// Controls of both that are different. What is unknown on both days, or known for the first time, is told too.
fn changed_controls(before: &Edge, after: &Edge) -> Vec<ControlChange> {
    let was: BTreeMap<&str, Tri> =
        before.controls.iter().map(|control| (control.name.as_str(), control.state)).collect();
    let changed = after.controls.iter().filter_map(|control| {
        let before = *was.get(control.name.as_str())?;
        (before != control.state).then(|| ControlChange {
            name: control.name.clone(),
            before,
            after: control.state,
            reason: control.reason.clone(),
        })
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_model::edge::{Control, PathClass};

    fn edge(workload: &str, path: PathClass) -> Edge {
        let id = format!("{workload}{path:?}");
        Edge { edge_id: id, workload_arn: workload.into(), target_arn: "model".into(), path, ..Edge::default() }
    }

    fn guarded(state: Tri) -> Edge {
        let control = Control { name: "guardrail_on_call".into(), state, reason: "so".into(), fix: vec![] };
        Edge { controls: vec![control], calls: 7, ..edge("a", PathClass::Internet) }
    }

    fn told(changes: &[Change]) -> Vec<String> {
        let word = |change: &Change| match change {
            Change::New { edge } => format!("new {}", edge.edge_id),
            Change::Gone { edge } => format!("gone {}", edge.edge_id),
            Change::Moved { before, after } => format!("moved {} {}", before.edge_id, after.edge_id),
            Change::Protected { controls, .. } => format!("protected {:?} {:?}", controls[0].before, controls[0].after),
        };
        changes.iter().map(word).collect()
    }

    #[test]
    fn what_is_there_on_one_day_alone_is_new_or_gone() {
        let (a, b) = (edge("a", PathClass::Internet), edge("b", PathClass::Internet));
        assert_eq!(
            told(&differences(std::slice::from_ref(&a), std::slice::from_ref(&b))),
            ["new bInternet", "gone aInternet"]
        );
        assert_eq!(differences(&[a.clone(), b.clone()], &[b, a]), []);
    }

    #[test]
    fn another_path_is_a_move_and_the_second_path_is_new() {
        let before = [edge("a", PathClass::Internet)];
        let after = [edge("a", PathClass::InterfaceEndpoint), edge("a", PathClass::Unknown)];
        assert_eq!(told(&differences(&before, &after)), ["new aUnknown", "moved aInternet aInterfaceEndpoint"]);
    }

    #[test]
    fn controls_count_and_calls_do_not() {
        let more = Edge { calls: 9_000, ..guarded(Tri::No) };
        assert_eq!(differences(&[guarded(Tri::No)], &[more]), []);
        assert_eq!(told(&differences(&[guarded(Tri::Yes)], &[guarded(Tri::No)])), ["protected Yes No"]);
    }
}
