//! Who can do what, directly or through others.
//!
//! Nodes are principals, an edge leads to a principal that another can act as: by `sts:AssumeRole`, by handing a role to a
//! service, by way of a workload that runs already, by changing who may do what. An [`Ask`] that the end of a way may do, its
//! beginning can do too. Every hop is a request of its own: the caller's session and tags stay behind, and what a hop depends
//! on says nothing of the next.
//!
//! What is no edge of roles is data, in `data/routes.toml`.

mod access;
mod answers;
mod ask;
mod assume;
mod closure;
mod edges;
mod hop;
mod pace;
mod plan;
mod reached;
mod residual;
pub mod routes;
mod rows;
mod stand;

pub use access::{Access, Failing, Outside, WorkloadAccess};
pub use ask::{Ask, Doubt, Part};
pub use hop::{Hop, HopKind};
pub use reached::{Miss, Reached, Row};

use crate::direct::Direct;
use crate::organization::Organization;
use crate::solve::Tri;
use edges::Edges;
use stand::Stand;
use std::collections::HashMap;

/// Which edges a graph has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Routes {
    /// `sts:AssumeRole` alone.
    #[default]
    Roles,
    /// Those of `data/routes.toml` too, and workloads that act for whoever calls them.
    All,
}

/// What a graph is made of.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Which edges.
    pub routes: Routes,
    /// Regions in which somebody may make something; empty: those that the organization's resources stand in.
    pub regions: Vec<String>,
}

/// That one principal may act as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Its place in the organization.
    pub from: usize,
    /// Likewise.
    pub to: usize,
    /// Always, or it depends.
    pub tri: Tri,
}

/// Who can act as whom in an organization.
#[derive(Debug)]
pub struct Graph<'a> {
    organization: &'a Organization,
    places: HashMap<&'a str, usize>,
    edges: Edges,
    /// Nodes behind the principals.
    stands: Vec<Stand>,
    stand_places: HashMap<Stand, usize>,
    gaps: Vec<String>,
}

impl<'a> Graph<'a> {
    /// The graph of roles that are assumed.
    pub fn new(organization: &'a Organization, direct: &dyn Direct) -> Self {
        Self::with(organization, direct, &Scope::default())
    }

    /// The graph of the scope's edges.
    pub fn with(organization: &'a Organization, direct: &dyn Direct, scope: &Scope) -> Self {
        let places =
            organization.principals.iter().enumerate().map(|(at, principal)| (principal.arn.as_str(), at)).collect();
        let mut graph = Self {
            edges: Edges::new(organization.principals.len()),
            organization,
            places,
            stands: Vec::new(),
            stand_places: HashMap::new(),
            gaps: Vec::new(),
        };
        assume::add(&mut graph, direct);
        if scope.routes == Routes::All {
            routes::add(&mut graph, direct, &scope.regions);
        }
        graph
    }

    /// Answers the asks for everybody.
    pub fn reach<'g>(&'g self, direct: &dyn Direct, asks: &'g [Ask]) -> Reached<'g> {
        Reached::new(self, direct, asks)
    }

    /// For every ask, whoever is not denied it.
    pub fn who_can(&self, direct: &dyn Direct, asks: &[Ask]) -> Vec<Vec<Access>> {
        let reached = self.reach(direct, asks);
        (0..asks.len()).map(|ask| reached.accesses(ask)).collect()
    }

    /// For every ask, the workloads whose role is not denied it.
    pub fn workloads(&self, direct: &dyn Direct, asks: &[Ask]) -> Vec<Vec<WorkloadAccess>> {
        let reached = self.reach(direct, asks);
        (0..asks.len()).map(|ask| reached.workloads(ask)).collect()
    }

    /// Who may assume which role.
    pub fn edges(&self) -> Vec<Edge> {
        let all = self.edges.of_kind(&HopKind::AssumeRole);
        all.into_iter().filter(|edge| edge.from < self.organization.principals.len()).collect()
    }

    /// What was not asked, in words: ways that may be there and were not looked at.
    pub fn gaps(&self) -> &[String] {
        &self.gaps
    }

    /// The ARN that a node stands for.
    fn arn(&self, node: usize) -> &'a str {
        let principal = match node.checked_sub(self.organization.principals.len()) {
            Some(stand) => self.stands.get(stand).map_or(node, |stand| stand.principal),
            None => node,
        };
        self.organization.principals.get(principal).map_or("", |principal| principal.arn.as_str())
    }

    /// All nodes: principals, and what stands behind them.
    fn nodes(&self) -> usize {
        self.organization.principals.len() + self.stands.len()
    }
}

#[cfg(test)]
mod tests;
