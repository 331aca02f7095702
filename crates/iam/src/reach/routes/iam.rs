//! Changes in IAM itself: into another principal, of what one may do, keys that stand for users.

use super::needs::Needs;
use super::{Planner, Route, RouteKind, Target};
use crate::direct::Answer;
use crate::organization::{Principal, PrincipalKind, Question};
use crate::policy::PrincipalPattern;
use crate::reach::stand::{EDITED, Stand, StandKind};
use crate::reach::{Graph, HopKind};
use crate::solve::Tri;
use std::collections::HashMap;

pub(super) fn plan(planner: &mut Planner<'_, '_>, route: &'static Route, principals: &[(usize, &Principal)]) {
    let able = |principal: &Principal| route.into.contains(&principal.kind) && !is_protected(principal);
    for (principal, of) in principals.iter().filter(|(_, principal)| able(principal)) {
        let plan = planner.needs.reaching(&mut planner.plans, route, &of.arn, &of.account);
        let may = planner.plans.of(plan, &of.account);
        let behind = |kind| Target::Behind(Stand { principal: *principal, kind });
        match route.kind {
            RouteKind::Become => {
                planner.edge(HopKind::Become(&route.id), Target::Principal(*principal), may, route.doubt());
            }
            RouteKind::Key => planner.edge(HopKind::Key(&route.id), behind(StandKind::Key), may, route.doubt()),
            RouteKind::Edit => {
                let itself = planner.plans.only(may, *principal);
                planner.edge(HopKind::Edit(&route.id), behind(StandKind::Edited), itself, route.doubt());
                if of.kind == PrincipalKind::Role {
                    let assume = planner.plans.ask(Question::new("sts:AssumeRole", &of.arn, &of.account));
                    let both = planner.plans.all(vec![may, assume]);
                    planner.edge(HopKind::Edit(&route.id), behind(StandKind::Edited), both, route.doubt());
                }
            }
            RouteKind::PassRole | RouteKind::TakeOver => {}
        }
    }
}

/// Where a principal gets to once it has given itself `sts:AssumeRole`: roles that trust its account.
pub(super) fn onward(graph: &mut Graph<'_>, needs: &mut Needs<'_>) {
    let organization = graph.organization;
    let edited: Vec<(usize, Principal)> =
        graph.edited().filter_map(|(node, at)| Some((node, graph.once_edited(at)?))).collect();
    if let Some(left) = edited.len().checked_sub(EDITED).filter(|left| *left > 0) {
        needs.gap(format!("which roles {left} principals could assume that can change what they may do"));
    }
    let mut by_account: HashMap<&str, Vec<&(usize, Principal)>> = HashMap::new();
    for own in edited.iter().take(EDITED) {
        by_account.entry(&own.1.account).or_default().push(own);
    }
    let roles =
        organization.principals.iter().enumerate().filter(|(_, principal)| principal.kind == PrincipalKind::Role);
    for (to, role) in roles {
        let question = Question::new("sts:AssumeRole", &role.arn, &role.account);
        let trusting = by_account.iter().filter(|(account, _)| trusts_account(role, account)).flat_map(|(_, own)| own);
        let mut from: Vec<(usize, Answer)> = trusting
            .map(|(node, principal)| (*node, Graph::asked_as(organization, principal, &question)))
            .filter(|(_, answer)| answer.tri != Tri::Deny)
            .collect();
        from.sort_by_key(|(node, _)| *node);
        graph.edges.add(&HopKind::AssumeRole, to, from.into_iter());
    }
}

/// Whether the role's trust policy may leave it to an account who assumes it. Whom it names itself needs no permission.
fn trusts_account(role: &Principal, account: &str) -> bool {
    let Some(policies) = role.trust.known() else { return true };
    let statements = policies.iter().flat_map(|policy| &policy.statements);
    let mut principals = statements.map(|statement| statement.principals.as_ref());
    principals.any(|principals| match principals {
        Some(principals) if !principals.negated => principals.patterns.iter().any(|pattern| match pattern {
            PrincipalPattern::Account(own) => own == account,
            // Across accounts the principal's own permission is needed too.
            PrincipalPattern::Role(arn) | PrincipalPattern::User(arn) => {
                crate::caller::account_of(arn) == Some(account) && role.account != account
            }
            PrincipalPattern::Everybody => role.account != account,
            _ => false,
        }),
        _ => true,
    })
}

/// Whether IAM changes it for nobody: roles of services and of IAM Identity Center.
///
/// Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>,
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html>.
fn is_protected(principal: &Principal) -> bool {
    principal.caller().is_service_linked() || principal.arn.contains(":role/aws-reserved/")
}
