//! Tasks of ECS: the session of a task role is named by the task's id. The workload is what lasts of a task: the service that
//! started it, or the family of its task definition.

use std::collections::BTreeSet;

use sightline_model::edge::{Confidence, WorkloadKind};

use super::{Attribution, shared};
use crate::binding::{Bound, What};
use crate::caller::Caller;
use crate::estate::Estate;
use crate::task;

/// Digits of a task's id.
const ID: usize = 32;
const SERVICES: &[&str] = &["ecs-tasks.amazonaws.com"];
const TABLES: &[&str] = &["aws_ecs_service", "aws_ecs_task", "aws_ecs_task_definition"];

pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let id = caller.session_name.as_str();
    if caller.issuer_arn.is_empty() || id.len() != ID || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    match estate.tasks.get(caller.account(), id) {
        Some(task) if task.role_arn.is_empty() || caller.has_role(&task.role_arn) => {
            let (arn, title) = task.workload();
            let sentence = format!("the session is named {id}, a task that runs as this role");
            Some(Attribution {
                arn,
                kind: WorkloadKind::Task,
                title,
                confidence: Confidence::Exact,
                sentence,
                place: None,
            })
        }
        // A task of another role is no caller in this one.
        Some(_) => None,
        None => of_role(caller, estate),
    }
}

/// No scan saw the task: what starts tasks with this role.
fn of_role(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let of = |kinds: &[What]| -> Vec<&Bound> { estate.bindings.of_role(&caller.issuer_arn, kinds) };
    let services = of(&[What::EcsService]);
    let run: BTreeSet<String> =
        services.iter().filter_map(|service| task::family(&service.made_from)).map(|(family, _)| family).collect();
    let families = of(&[What::EcsFamily]).into_iter().filter(|family| !run.contains(&family.arn));
    let candidates = services.iter().copied().chain(families).map(|one| {
        let sentence =
            format!("the session is named as of a task, and its role is that of this {} alone", one.what.word());
        shared::unless_others(caller, estate, SERVICES, Attribution::of(one, Confidence::Session, sentence))
    });
    shared::one_of(caller, estate, TABLES, candidates.collect())
}
