//! Models that workloads serve themselves: told by their containers' images, programs, variables, ports and accelerators.
//!
//! What tells it, stands in `data/inference.toml`; `judge` weighs it. A pod or a task that the inventory does not have is not
//! judged: [`unread`] says where nobody looked.

mod container;
mod judge;
mod rules;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sightline_lake::Session;
use sightline_model::RunId;
use sightline_model::self_hosted_model::{Certainty, SelfHostedModel};
use sightline_model::untrusted::shortened;

use crate::DiscoverError;
use crate::query::{Query, query};
use container::Container;
use judge::judge;
use rules::Rules;

/// A row of `sql/self_hosted/`: a workload and its containers, in the words of its API.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Workload {
    account_id: String,
    region: String,
    cluster_arn: String,
    workload_arn: String,
    workload_kind: String,
    workload_title: String,
    pods: Option<i64>,
    role_arn: String,
    labels: Value,
    containers: Value,
    primary_container: Value,
}

/// How the containers of one kind of workload are read, and what is too little to be told.
struct Kind {
    query: Query,
    container: fn(&Value) -> Container,
    least: Certainty,
}

/// The models that the newest scans' workloads serve, sorted by workload.
///
/// # Errors
/// A query fails.
pub async fn self_hosted(session: &Session, run: &RunId) -> Result<Vec<SelfHostedModel>, DiscoverError> {
    let rules = Rules::read()?;
    let kinds = [
        Kind { query: query!("self_hosted/pod"), container: container::of_pod, least: Certainty::Low },
        Kind { query: query!("self_hosted/task_definition"), container: container::of_task, least: Certainty::Low },
        // Every one of these serves a model; what is asked is whether the container is one that is known.
        Kind {
            query: query!("self_hosted/sagemaker_model"),
            container: container::of_sagemaker,
            least: Certainty::High,
        },
    ];
    let mut found = Vec::new();
    for kind in kinds {
        let workloads: Vec<Workload> = kind.query.rows(session).await?;
        found.extend(workloads.iter().flat_map(|workload| of_workload(workload, &kind, &rules, run)));
    }
    found.sort_by(|a, b| (&a.workload_arn, &a.container).cmp(&(&b.workload_arn, &b.container)));
    Ok(found)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Gap {
    table_name: String,
    place: String,
    reason: String,
}

/// Where models may be served that the newest scans could not look at: a cluster or a region, and why.
///
/// # Errors
/// A query fails.
pub async fn unread(session: &Session) -> Result<Vec<String>, DiscoverError> {
    let gaps: Vec<Gap> = query!("self_hosted/gap").rows(session).await?;
    Ok(gaps.iter().map(|gap| format!("{} of {} ({})", gap.table_name, gap.place, gap.reason)).collect())
}

fn of_workload(workload: &Workload, kind: &Kind, rules: &Rules, run: &RunId) -> Vec<SelfHostedModel> {
    let labels = parsed(&workload.labels);
    let empty = Map::new();
    let labels = labels.as_object().unwrap_or(&empty);
    let containers = match parsed(&workload.containers) {
        Value::Array(many) if !many.is_empty() => many,
        _ => vec![parsed(&workload.primary_container)],
    };
    let containers: Vec<Container> = containers.iter().map(kind.container).filter(Container::is_running).collect();
    let judged = containers.iter().filter_map(|container| {
        // A label speaks of the pod: where it has several containers, of that which looks like it.
        let labels = if containers.len() == 1 || container.has_accelerator() { labels } else { &empty };
        let verdict = judge(container, labels, rules)?;
        Some((container, verdict)).filter(|(_, verdict)| verdict.certainty <= kind.least)
    });
    judged
        .map(|(container, verdict)| SelfHostedModel {
            run_id: run.as_str().to_owned(),
            account_id: workload.account_id.clone(),
            region: workload.region.clone(),
            cluster_arn: workload.cluster_arn.clone(),
            workload_arn: workload.workload_arn.clone(),
            workload_kind: workload.workload_kind.clone(),
            workload_title: workload.workload_title.clone(),
            container: shortened(&container.name, 200),
            image: shortened(&container.image, 500),
            engine: verdict.engine,
            model: shortened(&verdict.model, 300),
            certainty: verdict.certainty,
            pods: workload.pods,
            gpus: Value::Object(container.gpus.clone()),
            ports: json!(container.ports),
            role_arn: workload.role_arn.clone(),
            evidence: verdict.evidence,
        })
        .collect()
}

/// JSON that went through an aggregate comes back as text.
fn parsed(value: &Value) -> Value {
    match value.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or_default(),
        None => value.clone(),
    }
}
