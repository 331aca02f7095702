//! Workloads that serve models themselves, in clusters, ECS and SageMaker.

use serde_json::{Value, json};
use sightline_model::self_hosted_model::Certainty;

use crate::world::{World, by_session, role};

const CLUSTER: &str = "arn:aws:eks:us-east-1:123456789012:cluster/main";

fn pod(world: World, name: &str, workload: &str, container: Value, labels: Value) -> World {
    let config = json!({"cluster_arn": CLUSTER, "cluster_name": "main", "namespace": "ai", "name": name, "phase": "Running",
        "workload_kind": "Deployment", "workload_name": workload, "service_account": "llm", "containers": [container],
        "labels": labels});
    world.with("kubernetes_pod", &format!("{CLUSTER}/pod/ai/{name}"), config)
}

fn vllm() -> Value {
    json!({"name": "vllm", "kind": "main", "image": "vllm/vllm-openai:v0.11.0", "arguments": ["--model", "org/name"],
        "ports": [{"port": 8000}], "gpus": {"nvidia.com/gpu": 1}, "env": {"HF_TOKEN": null}})
}

fn web() -> Value {
    json!({"name": "web", "kind": "main", "image": "nginx", "arguments": [], "ports": [{"port": 8080}], "gpus": {}, "env": {"MODEL": "org/name"}})
}

/// A service account with IRSA's annotation.
fn annotated(world: World) -> World {
    let config = json!({"cluster_arn": CLUSTER, "cluster_name": "main", "namespace": "ai", "name": "llm", "role_arn": role("llm")});
    world.with("kubernetes_service_account", &format!("{CLUSTER}/serviceaccount/ai/llm"), config)
}

#[tokio::test]
async fn a_deployment_is_one_model_with_its_role() {
    let world = pod(World::default(), "vllm-1", "vllm", vllm(), json!({}));
    let world = pod(world, "vllm-2", "vllm", vllm(), json!({}));
    let world = pod(world, "web-1", "web", web(), json!({}));
    let found = annotated(world).self_hosted().await;
    assert_eq!(found.len(), 1, "{found:#?}");
    let model = &found[0];
    assert_eq!(model.workload_arn, format!("{CLUSTER}/deployment/ai/vllm"));
    assert_eq!((model.engine.as_str(), model.model.as_str(), model.pods), ("vllm", "org/name", Some(2)));
    assert_eq!((model.role_arn.clone(), model.certainty), (role("llm"), Certainty::High));
    insta::assert_snapshot!(model.evidence.join("\n"), @r"
    image `vllm/vllm-openai:v0.11.0` is one of vllm
    asks for 1 × nvidia.com/gpu
    port 8000 is one on which models are served
    ");
}

#[tokio::test]
async fn a_label_speaks_of_the_container_that_has_the_accelerator() {
    let labels = json!({"serving.kserve.io/inferenceservice": "x"});
    let config = json!({"cluster_arn": CLUSTER, "cluster_name": "main", "namespace": "ai", "name": "p", "phase": "Running",
    "workload_kind": "Deployment", "workload_name": "x", "service_account": "default", "labels": labels, "containers": [
        {"name": "proxy", "kind": "main", "image": "own/proxy", "gpus": {}},
        {"name": "server", "kind": "main", "image": "own/server", "gpus": {"nvidia.com/gpu": 1}},
        {"name": "loader", "kind": "init", "image": "vllm/vllm-openai", "gpus": {}},
    ]});
    let found = World::default().with("kubernetes_pod", &format!("{CLUSTER}/pod/ai/p"), config).self_hosted().await;
    let told: Vec<(&str, &str, Certainty)> =
        found.iter().map(|model| (model.container.as_str(), model.engine.as_str(), model.certainty)).collect();
    assert_eq!(told, [("server", "kserve", Certainty::Medium)]);
}

#[tokio::test]
async fn task_definitions_and_own_containers_of_sagemaker() {
    let task = json!({"family": "llm", "task_role_arn": role("task"), "container_definitions": [
        {"name": "ollama", "image": "ollama/ollama:0.6", "portMappings": [{"containerPort": 11434}],
            "resourceRequirements": [{"type": "GPU", "value": "1"}], "environment": [{"name": "X", "value": "(redacted, 3 characters)"}]},
        {"name": "web", "image": "nginx"},
    ]});
    let triton = json!({"model_name": "a", "execution_role_arn": role("sm"), "primary_container": {
        "Image": "301217895009.dkr.ecr.us-west-2.amazonaws.com/sagemaker-tritonserver:24.09-py3", "ModelDataUrl": "s3://models/a.tar.gz"}});
    let plain = json!({"model_name": "b", "primary_container": {"Image": "own/algorithm", "Environment": {"MODEL_ID": "(redacted, 3 characters)"}}});
    let found = World::default()
        .with("aws_ecs_task_definition", "arn:aws:ecs:us-east-1:123456789012:task-definition/llm:3", task)
        .with("aws_sagemaker_model", "arn:aws:sagemaker:us-east-1:123456789012:model/a", triton)
        .with("aws_sagemaker_model", "arn:aws:sagemaker:us-east-1:123456789012:model/b", plain)
        .self_hosted()
        .await;
    let told: Vec<(&str, &str, &str)> =
        found.iter().map(|model| (model.workload_kind.as_str(), model.engine.as_str(), model.model.as_str())).collect();
    assert_eq!(told, [("task_definition", "ollama", ""), ("sagemaker_model", "triton", "s3://models/a.tar.gz")]);
}

#[tokio::test]
async fn a_role_that_one_annotation_names_is_that_service_account() {
    let world = annotated(World::new());
    let edge = world.calls([by_session("llm", "botocore-session-1")]).edge().await;
    assert_eq!(edge.workload_arn, "arn:aws:eks:us-east-1:123456789012:pod/main/ai/llm");
    assert!(edge.attribution.contains("annotation of this service account alone"), "{}", edge.attribution);
}

#[tokio::test]
async fn where_nobody_looked_is_said() {
    let world = World::default().coverage("kubernetes_pod", "denied").coverage("aws_ecs_task_definition", "ok");
    assert_eq!(world.self_hosted_unread().await, ["kubernetes_pod of us-east-1 (denied)"]);
}
