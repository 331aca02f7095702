//! The edges, by whom they lead to.

use super::Edge;
use super::hop::HopKind;
use crate::direct::Answer;
use crate::formula::Formula;
use crate::solve::Tri;
use std::collections::HashMap;

/// All edges. Formulas are kept once each: many principals depend on the same.
#[derive(Debug)]
pub(super) struct Edges {
    targets: Vec<Vec<Group>>,
    formulas: Vec<Formula>,
    places: HashMap<Formula, u32>,
}

/// The edges of one kind to one node. Both lists are in the order of nodes.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) kind: HopKind,
    /// Whom nothing hinders.
    pub(super) always: Vec<u32>,
    /// Whom it depends on: the place of the formula.
    pub(super) depends: Vec<(u32, u32)>,
}

impl Edges {
    pub(super) fn new(nodes: usize) -> Self {
        Self { targets: (0..nodes).map(|_| Vec::new()).collect(), formulas: Vec::new(), places: HashMap::new() }
    }

    /// Room for one node more; its number.
    pub(super) fn grow(&mut self) -> usize {
        self.targets.push(Vec::new());
        self.targets.len() - 1
    }

    /// Adds the edges of `kind` to `to`, but those of whoever gets there without conditions already.
    pub(super) fn add(&mut self, kind: &HopKind, to: usize, from: impl Iterator<Item = (usize, Answer)>) {
        let mut group = Group { kind: kind.clone(), always: Vec::new(), depends: Vec::new() };
        for (node, answer) in from.filter(|(node, _)| *node != to) {
            let Ok(node) = u32::try_from(node) else { continue };
            let before = self.targets.get(to).into_iter().flatten();
            if before.into_iter().any(|group| group.always.binary_search(&node).is_ok()) {
                continue;
            }
            match answer.tri {
                Tri::Allow => group.always.push(node),
                Tri::Deny => {}
                Tri::Conditional => group.depends.push((node, self.formula(answer.allowed))),
            }
        }
        if let (Some(groups), false) = (self.targets.get_mut(to), group.always.is_empty() && group.depends.is_empty()) {
            groups.push(group);
        }
    }

    fn formula(&mut self, formula: Formula) -> u32 {
        if let Some(place) = self.places.get(&formula) {
            return *place;
        }
        let place = u32::try_from(self.formulas.len()).unwrap_or(u32::MAX);
        self.formulas.push(formula.clone());
        self.places.insert(formula, place);
        place
    }

    /// The edges to a node.
    pub(super) fn to(&self, node: usize) -> &[Group] {
        self.targets.get(node).map_or(&[], Vec::as_slice)
    }

    /// What an edge depends on.
    pub(super) fn when(&self, group: &Group, from: u32) -> Formula {
        if group.always.binary_search(&from).is_ok() {
            return Formula::True;
        }
        let found = group.depends.binary_search_by_key(&from, |(node, _)| *node).ok();
        let place = found.and_then(|at| group.depends.get(at)).map(|(_, place)| *place);
        let formula = place.and_then(|place| self.formulas.get(usize::try_from(place).ok()?));
        formula.cloned().unwrap_or_else(|| Formula::unknown("the edge is there"))
    }

    /// All edges of one kind, in the order of whom they lead from.
    pub(super) fn of_kind(&self, kind: &HopKind) -> Vec<Edge> {
        let mut out = Vec::new();
        for (to, groups) in self.targets.iter().enumerate() {
            for group in groups.iter().filter(|group| group.kind == *kind) {
                let edge = |from: u32, tri| usize::try_from(from).ok().map(|from| Edge { from, to, tri });
                out.extend(group.always.iter().filter_map(|from| edge(*from, Tri::Allow)));
                out.extend(group.depends.iter().filter_map(|(from, _)| edge(*from, Tri::Conditional)));
            }
        }
        out.sort();
        out
    }
}
