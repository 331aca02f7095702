//! The answers to asks, kept small; what is told of one is made when it is wanted.

use super::answers::Answers;
use super::closure::{Cell, Closure};
use super::residual;
use super::{Access, Ask, Failing, Graph, Hop, HopKind, Outside, WorkloadAccess};
use crate::direct::{Answer, Direct};
use crate::formula::Formula;
use crate::solve::Tri;
use std::collections::HashMap;

/// Who can do what was asked.
#[derive(Debug)]
pub struct Reached<'g> {
    graph: &'g Graph<'g>,
    asks: &'g [Ask],
    answers: Answers<'g>,
    /// By ask and node: what nodes behind principals depend on.
    stands: HashMap<(usize, usize), Answer>,
    closure: Closure,
}

/// That a principal is not denied an ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its place in the organization.
    pub principal: usize,
    /// Allow or Conditional.
    pub tri: Tri,
    /// 0: it may itself.
    pub hops: u32,
}

/// A principal that is denied an ask, but not its first part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// Its place in the organization.
    pub principal: usize,
    /// The parts that are denied or conditional.
    pub failing: Vec<Failing>,
}

impl<'g> Reached<'g> {
    pub(super) fn new(graph: &'g Graph<'_>, direct: &dyn Direct, asks: &'g [Ask]) -> Self {
        let questions = asks.iter().flat_map(|ask| &ask.parts).flat_map(super::Part::questions);
        let bearer = graph.bearer_questions(asks);
        let answers = Answers::new(graph.organization, direct, questions.chain(&bearer));
        let mut own: Vec<Vec<(usize, Tri)>> = Vec::with_capacity(asks.len());
        let mut stands = HashMap::new();
        for (at, ask) in asks.iter().enumerate() {
            let mut nodes: Vec<(usize, Tri)> =
                answers.whole(ask).into_iter().map(|(principal, answer)| (principal, answer.tri)).collect();
            for (node, answer) in graph.stand_answers(ask, &answers) {
                nodes.push((node, answer.tri));
                stands.insert((at, node), answer);
            }
            own.push(nodes);
        }
        let closure = Closure::new(&graph.edges, graph.nodes(), &own);
        Self { graph, asks, answers, stands, closure }
    }

    /// Whoever is not denied the ask, in the organization's order.
    pub fn rows(&self, ask: usize) -> impl Iterator<Item = Row> + use<'_, 'g> {
        (0..self.graph.organization.principals.len()).filter_map(move |principal| self.row(ask, principal))
    }

    fn row(&self, ask: usize, principal: usize) -> Option<Row> {
        let cell = self.closure.cell(principal, ask)?;
        let tri = if cell.conditions == 0 { Tri::Allow } else { Tri::Conditional };
        Some(Row { principal, tri, hops: cell.hops })
    }

    /// The same with the ways.
    pub fn accesses(&self, ask: usize) -> Vec<Access> {
        self.rows(ask).filter_map(|row| self.access(ask, row.principal)).collect()
    }

    /// One principal's; none where it is denied.
    pub fn access(&self, ask: usize, principal: usize) -> Option<Access> {
        let row = self.row(ask, principal)?;
        let (mut witness, mut node) = (Vec::new(), principal);
        // INVARIANT: a cell's next cell has fewer hops, so the way ends.
        while let Some((hop, next)) = self.hop(ask, node) {
            witness.push(hop);
            node = next;
        }
        let question = self.asks.get(ask)?;
        let (last, failing) = match self.stands.get(&(ask, node)) {
            Some(answer) => (answer.clone(), Vec::new()),
            None => (self.answers.of(question, node), self.answers.failing(question, node)),
        };
        let last = if last.tri == Tri::Allow { Formula::True } else { last.allowed };
        let whens = witness.iter().map(|hop| hop.when.clone()).chain([last.clone()]);
        let allowed = residual::bounded(Formula::all(whens));
        Some(Access { principal, tri: row.tri, allowed, last, hops: row.hops, witness, failing })
    }

    /// The step from a node on; none where it may itself.
    fn hop(&self, ask: usize, node: usize) -> Option<(Hop, usize)> {
        let cell = self.closure.cell(node, ask).filter(|cell| cell.next != Cell::NONE)?;
        let next = usize::try_from(cell.next).ok()?;
        let group = self.graph.edges.to(next).get(usize::try_from(cell.group).ok()?)?;
        let when = self.graph.edges.when(group, u32::try_from(node).ok()?);
        let [from, to] = [node, next].map(|node| self.graph.arn(node).to_owned());
        Some((Hop { kind: group.kind.clone(), from, to, when }, next))
    }

    /// The workloads whose role is not denied the ask, and those whose role was not read.
    pub fn workloads(&self, ask: usize) -> Vec<WorkloadAccess> {
        let workloads = self.graph.organization.workloads.iter().enumerate();
        let rows = workloads.filter_map(|(at, workload)| match self.graph.places.get(workload.role.as_str()) {
            Some(role) => Some(WorkloadAccess { workload: at, access: Some(self.access(ask, *role)?) }),
            None => Some(WorkloadAccess { workload: at, access: None }),
        });
        rows.collect()
    }

    /// Callers without an account that have a workload do what is asked.
    pub fn outside(&self, ask: usize) -> Vec<Outside> {
        let mut out = Vec::new();
        for row in self.workloads(ask) {
            let Some(workload) = self.graph.organization.workloads.get(row.workload) else { continue };
            for who in &workload.open_to {
                let kind = HopKind::Invoke(workload.id.clone());
                let hop = Hop { kind, from: who.clone(), to: workload.role.clone(), when: Formula::True };
                let unread = || residual::unknown(&format!("`{}`, which was not read, may", workload.role)).allowed;
                out.push(Outside {
                    who: who.clone(),
                    workload: row.workload,
                    tri: row.tri(),
                    allowed: row.access.as_ref().map_or_else(unread, |access| access.allowed.clone()),
                    hops: row.hops() + 1,
                    witness: std::iter::once(hop)
                        .chain(row.access.iter().flat_map(|access| access.witness.clone()))
                        .collect(),
                });
            }
        }
        out
    }

    /// Who may call it as such, but is denied something that the call needs beside: who may use a profile, but not the model in
    /// each of its regions.
    pub fn misses(&self, ask: usize) -> Vec<Miss> {
        let Some(question) = self.asks.get(ask) else { return Vec::new() };
        let Some(first) = question.parts.first().filter(|_| question.parts.len() > 1) else { return Vec::new() };
        let rows = self.answers.rows(&first.question).iter().map(|(principal, _)| *principal);
        let denied = rows.filter(|principal| self.closure.cell(*principal, ask).is_none());
        denied.map(|principal| Miss { principal, failing: self.answers.failing(question, principal) }).collect()
    }
}
