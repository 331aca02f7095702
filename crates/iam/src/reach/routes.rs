//! Ways that are no role's trust: what `data/routes.toml` declares, and how each becomes edges.
//!
//! A route is an entry of the file. Its `kind` says what it leads to, its `steps` what its caller must be able to do.

mod control;
mod iam;
mod names;
mod needs;
mod passing;
mod trust;

use super::Graph;
use super::hop::HopKind;
use super::pace::Pace;
use super::plan::{Plan, Plans};
use super::stand::Stand;
use crate::direct::{Answer, Direct};
use crate::organization::Principal;
use needs::Needs;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A way to act as another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its name.
    pub id: String,
    /// What it leads to.
    pub kind: RouteKind,
    /// How it works, for people.
    pub why: String,
    /// The AWS page that it rests on.
    pub page: String,
    /// Every step is needed; of a step any of its needs does.
    pub steps: Vec<Vec<Need>>,
    /// Of routes that pass a role: the service, which the role must trust.
    #[serde(default)]
    service: String,
    /// Actions beside `sts:AssumeRole` that the role's trust policy must allow the service.
    #[serde(default)]
    trusted_with: Vec<String>,
    /// Of routes that take a workload over: its kinds.
    #[serde(default)]
    workloads: Vec<String>,
    /// Of routes into principals: `user`, `role`.
    #[serde(default)]
    into: Vec<crate::organization::PrincipalKind>,
    /// Of keys: the actions that they are good for.
    #[serde(default)]
    pub(super) opens: Vec<String>,
    /// What must hold beside, which nothing here tells.
    doubt: Option<String>,
}

/// What a route leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteKind {
    /// A role that the caller may hand to the service.
    PassRole,
    /// The role of a workload that runs.
    TakeOver,
    /// Another user or role.
    Become,
    /// Other permissions of the caller, or of a role that it can assume.
    Edit,
    /// A key that stands for a user.
    Key,
}

/// One thing that the caller must be able to do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// `service:Name`
    pub action: String,
    /// ARNs, on all of which: `{partition}`, `{region}`, `{account}`, `{name}` of one's choice, `{target}` of what it leads to.
    /// Empty: the target, or of routes that pass a role what the action requires.
    #[serde(default)]
    on: Vec<String>,
    /// Condition keys that the route settles.
    #[serde(default)]
    context: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    route: Vec<Route>,
}

/// All routes, in the file's order. Read at the first call.
pub fn routes() -> &'static [Route] {
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(read);
    &ROUTES
}

#[expect(clippy::expect_used, reason = "the file is part of the program, and a test reads it")]
fn read() -> Vec<Route> {
    let file: File = toml::from_str(include_str!("../../data/routes.toml")).expect("data/routes.toml is valid");
    file.route
}

impl Route {
    fn of(kind: RouteKind) -> impl Iterator<Item = &'static Self> {
        routes().iter().filter(move |route| route.kind == kind)
    }

    fn doubt(&self) -> Option<Answer> {
        self.doubt.as_deref().map(super::residual::unknown)
    }
}

/// Edges that are planned: how, to what, and from whom.
struct Planned {
    kind: HopKind,
    to: Target,
    from: Plan,
}

/// What edges lead to.
enum Target {
    Principal(usize),
    /// What comes to be only where somebody can get to it.
    Behind(Stand),
}

/// What is asked at once.
struct Planner<'n, 'a> {
    plans: Plans,
    planned: Vec<Planned>,
    needs: &'n mut Needs<'a>,
}

impl<'n, 'a> Planner<'n, 'a> {
    fn new(needs: &'n mut Needs<'a>) -> Self {
        Self { plans: Plans::default(), planned: Vec::new(), needs }
    }

    fn edge(&mut self, kind: HopKind, to: Target, from: Plan, doubt: Option<Answer>) {
        let from = match doubt {
            Some(doubt) => self.plans.with(from, doubt),
            None => from,
        };
        self.planned.push(Planned { kind, to, from });
    }

    /// Asks, and adds the edges that are there. Gives how many answers there were.
    fn finish(self, graph: &mut Graph<'_>, direct: &dyn Direct) -> usize {
        let found = self.plans.find(graph.organization, direct);
        for Planned { kind, to, from } in self.planned {
            let rows = found.rows(from);
            let to = match to {
                _ if rows.is_empty() => continue,
                Target::Principal(at) => at,
                Target::Behind(stand) => graph.stand(stand),
            };
            graph.edges.add(&kind, to, rows.iter().cloned());
        }
        found.count()
    }
}

/// Adds the edges of all routes.
pub(super) fn add(graph: &mut Graph<'_>, direct: &dyn Direct, regions: &[String]) {
    let organization = graph.organization;
    let mut needs = Needs::new(organization, regions);
    in_turn(graph, direct, &mut needs, &organization.workloads, control::plan);
    let passed = passing::passed(organization, direct, &mut needs);
    in_turn(graph, direct, &mut needs, &passed, passing::plan);
    let principals: Vec<(usize, &Principal)> = organization.principals.iter().enumerate().collect();
    // Route by route: questions of one action are cheaper together.
    for route in routes().iter().filter(|route| !route.into.is_empty()) {
        in_turn(graph, direct, &mut needs, &principals, |planner, _, some| iam::plan(planner, route, some));
    }
    iam::onward(graph, &mut needs);
    graph.gaps.extend(needs.into_gaps());
}

/// Plans, asks and adds, for as many targets at once as their answers allow.
fn in_turn<'a, T>(
    graph: &mut Graph<'a>,
    direct: &dyn Direct,
    needs: &mut Needs<'a>,
    targets: &[T],
    plan: impl Fn(&mut Planner<'_, 'a>, &Graph<'a>, &[T]),
) {
    let (mut pace, mut rest) = (Pace::new(graph.organization.principals.len()), targets);
    while let Some(some) = pace.next(&mut rest) {
        let mut planner = Planner::new(needs);
        plan(&mut planner, graph, some);
        pace.saw(some.len(), planner.finish(graph, direct));
    }
}

#[cfg(test)]
mod tests;
