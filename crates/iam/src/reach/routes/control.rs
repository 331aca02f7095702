//! Workloads that run already: taken over, or made to act by whoever may call them.

use super::{Planner, Route, RouteKind, Target};
use crate::organization::{Question, Workload};
use crate::reach::{Graph, HopKind};

pub(super) fn plan(planner: &mut Planner<'_, '_>, graph: &Graph<'_>, workloads: &[Workload]) {
    for workload in workloads {
        let Some(to) = graph.places.get(workload.role.as_str()).copied() else {
            planner.needs.gap(format!(
                "`{}` runs as `{}`, which was not read",
                shown(&workload.id),
                shown(&workload.role)
            ));
            continue;
        };
        invoke(planner, workload, to);
        take_over(planner, workload, to);
    }
}

fn invoke(planner: &mut Planner<'_, '_>, workload: &Workload, to: usize) {
    for action in &workload.invoked_by {
        let from = planner.plans.ask(Question::new(action, &workload.id, &workload.account));
        planner.edge(HopKind::Invoke(workload.id.clone()), Target::Principal(to), from, None);
    }
}

fn take_over(planner: &mut Planner<'_, '_>, workload: &Workload, to: usize) {
    for route in Route::of(RouteKind::TakeOver).filter(|route| route.workloads.contains(&workload.kind)) {
        if !workload.id.starts_with("arn:") {
            planner.needs.gap(format!("{} on `{}`, which has no ARN", route.id, shown(&workload.id)));
            continue;
        }
        let from = planner.needs.reaching(&mut planner.plans, route, &workload.id, &workload.account);
        planner.edge(HopKind::TakeOver(&route.id), Target::Principal(to), from, route.doubt());
    }
}

fn shown(text: &str) -> String {
    sightline_model::untrusted::shortened(text, 200)
}
