//! Roles handed to services. A role is passed within its account alone.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>.

use super::needs::Needs;
use super::{Planner, Route, RouteKind, Target, trust};
use crate::direct::{Answer, Direct};
use crate::organization::{Organization, PrincipalKind, Question};
use crate::reach::plan::Plans;
use crate::reach::rows::Rows;
use crate::reach::{Graph, HopKind};
use crate::solve::Tri;
use std::collections::HashMap;
use std::rc::Rc;

/// Routes of accounts whose needs are asked at once.
const ROUTES_AT_ONCE: usize = 32;

/// A role that a service may act as, and who may have the service do so.
pub(super) struct Passed {
    role: usize,
    route: &'static Route,
    trusted: Answer,
    makers: Rc<Rows>,
}

/// Every role with every route whose service it trusts.
pub(super) fn passed(organization: &Organization, direct: &dyn Direct, needs: &mut Needs<'_>) -> Vec<Passed> {
    let mut trusted = Vec::new();
    let principals = organization.principals.iter().enumerate();
    for (at, role) in principals.filter(|(_, principal)| principal.kind == PrincipalKind::Role) {
        for route in Route::of(RouteKind::PassRole) {
            let answer = trust::trusts(organization, role, &route.service, &route.trusted_with);
            if answer.tri != Tri::Deny {
                trusted.push((at, role, route, answer));
            }
        }
    }
    // What an account's principals may make is the same for all of its roles.
    let mut wanted: Vec<(&'static Route, &str, &str)> = trusted
        .iter()
        .map(|(_, role, route, _)| (*route, role.account.as_str(), role.arn.split(':').nth(1).unwrap_or("aws")))
        .collect();
    wanted.sort_by_key(|(route, account, _)| (*account, route.id.as_str()));
    wanted.dedup_by_key(|(route, account, _)| (*account, route.id.as_str()));
    let mut makers: HashMap<(&str, &str), Rc<Rows>> = HashMap::new();
    for some in wanted.chunks(ROUTES_AT_ONCE) {
        let mut plans = Plans::default();
        let planned: Vec<_> = some
            .iter()
            .map(|(route, account, partition)| needs.making(&mut plans, route, partition, account))
            .collect();
        let found = plans.find(organization, direct);
        let rows = planned.into_iter().map(|plan| Rc::new(found.rows(plan).clone()));
        makers.extend(some.iter().map(|(route, account, _)| (*account, route.id.as_str())).zip(rows));
    }
    let with_makers = trusted.into_iter().filter_map(|(at, role, route, trusted)| {
        let makers = makers.get(&(role.account.as_str(), route.id.as_str())).filter(|rows| !rows.is_empty())?;
        Some(Passed { role: at, route, trusted, makers: Rc::clone(makers) })
    });
    with_makers.collect()
}

pub(super) fn plan(planner: &mut Planner<'_, '_>, graph: &Graph<'_>, passed: &[Passed]) {
    for Passed { role: to, route, trusted, makers } in passed {
        let Some(role) = graph.organization.principals.get(*to) else { continue };
        let mut pass = Question::new("iam:PassRole", &role.arn, &role.account);
        pass.context.insert("iam:PassedToService".to_owned(), route.service.clone());
        let pass = planner.plans.ask(pass);
        let make = planner.plans.known(makers);
        let both = planner.plans.all(vec![make, pass]);
        let from = planner.plans.with(both, trusted.clone());
        planner.edge(HopKind::PassRole(&route.id), Target::Principal(*to), from, route.doubt());
    }
}
