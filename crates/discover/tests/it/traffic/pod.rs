//! Pods: addresses go from one to the next.

use serde_json::{Value, json};
use sightline_model::edge::{Confidence, TrafficClass, WorkloadKind};
use sightline_model::lake_table::KUBERNETES_CALL;

use super::{BEDROCK, PUBLIC, answer, but, ec2, flow, world};
use crate::world::{ACCOUNT, World};

const NODE: &str = "10.0.3.1";

fn cluster() -> String {
    format!("arn:aws:eks:us-east-1:{ACCOUNT}:cluster/main")
}

fn service_account(name: &str) -> String {
    format!("arn:aws:eks:us-east-1:{ACCOUNT}:pod/main/apps/{name}")
}

/// A cluster with a node, whose interface has two addresses for pods.
fn world_of_pods() -> World {
    let addresses =
        json!([{"PrivateIpAddress": NODE}, {"PrivateIpAddress": "10.0.3.11"}, {"PrivateIpAddress": "10.0.3.12"}]);
    let node = json!({"instance_id": "i-node", "vpc_id": "vpc-1", "private_ip_address": NODE});
    world()
        .with("aws_eks_cluster", &cluster(), json!({"name": "main", "resources_vpc_config": {"vpcId": "vpc-1"}}))
        .with("aws_ec2_instance", &ec2("instance/i-node"), node)
        .with("kubernetes_node", &format!("{}/node/n", cluster()), json!({"name": "n", "instance_id": "i-node"}))
        .interface("node", NODE, json!({"attachment": {"InstanceId": "i-node"}, "private_ip_addresses": addresses}))
}

impl World {
    /// A running pod of the service account of the same name, since midnight.
    fn pod(self, name: &str, ip: &str, more: Value) -> Self {
        let mut config = json!({"cluster_arn": cluster(), "cluster_name": "main", "namespace": "apps", "name": name, "uid": name,
            "phase": "Running", "host_ip": NODE, "pod_ip": ip, "service_account": name, "host_network": false,
            "started_at": "2026-11-19T23:00:00Z", "workload_kind": "Deployment", "workload_name": name});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.with("kubernetes_pod", &format!("{}/pod/apps/{name}", cluster()), config)
    }

    /// What the audit log has of a pod's life, in minutes after one.
    fn life(self, name: &str, ip: &str, from: u32, until: Option<u32>) -> Self {
        let event = |verb: &str, subresource: &str, minute: u32, pod: Value| {
            json!({"audit_id": format!("{name}-{minute}-{verb}"), "event_time": format!("2026-11-20T01:{minute:02}:00Z"),
                "account_id": ACCOUNT, "region": "us-east-1", "cluster_name": "main", "stage": "ResponseComplete",
                "level": "RequestResponse", "verb": verb, "resource": "pods", "subresource": subresource, "api_group": "",
                "namespace": "apps", "name": name, "response_code": 200, "pod": pod, "object": "s3://logs/audit.gz", "line": 1})
        };
        let mut events = vec![
            event("create", "", from, json!({"uid": name, "service_account": name})),
            event("patch", "status", from, json!({"uid": name, "pod_ip": ip, "host_ip": NODE, "phase": "Running"})),
        ];
        events.extend(until.map(|until| event("delete", "", until, json!({"uid": name}))));
        self.with_rows(KUBERNETES_CALL, events)
    }
}

/// A call of the model through the endpoint, from the node's interface.
fn call(ip: &str, from: u32, until: u32) -> Value {
    let time = |minute: u32| format!("2026-11-20T01:{minute:02}:00Z");
    but(
        flow("eni-node", ip, "10.0.2.5", 443),
        json!({"instance_id": "i-node", "first_seen": time(from), "last_seen": time(until)}),
    )
}

#[tokio::test]
async fn a_pod_that_a_scan_saw() {
    let edge = world_of_pods().pod("app", "10.0.3.11", json!({})).flows([call("10.0.3.11", 10, 20)]).wire().await;
    assert_eq!((edge.workload_kind, edge.workload_arn), (WorkloadKind::Pod, service_account("app")));
    assert_eq!((edge.confidence, edge.workload_title.as_str()), (Confidence::AddressTime, "apps/app"));
    assert!(
        edge.attribution.starts_with("a pod of the service account had the client's address"),
        "{}",
        edge.attribution
    );
}

#[tokio::test]
async fn a_pod_that_only_the_audit_log_saw() {
    let edge = world_of_pods().life("job", "10.0.3.12", 5, Some(30)).flows([call("10.0.3.12", 10, 20)]).wire().await;
    assert_eq!((edge.workload_arn, edge.confidence), (service_account("job"), Confidence::AddressTime));
}

#[tokio::test]
async fn an_address_that_goes_from_pod_to_pod() {
    let world = || world_of_pods().life("one", "10.0.3.12", 0, Some(20)).life("two", "10.0.3.12", 22, None);
    let edges = world().flows([call("10.0.3.12", 5, 10), call("10.0.3.12", 30, 50)]).wires().await;
    let said: Vec<_> = edges.iter().map(|edge| (edge.workload_arn.clone(), edge.confidence)).collect();
    assert_eq!(
        said,
        [(service_account("one"), Confidence::AddressTime), (service_account("two"), Confidence::AddressTime)]
    );
    // An hour's row of both: neither is guessed.
    let edge = world().flows([call("10.0.3.12", 5, 50)]).wire().await;
    assert_eq!((edge.workload_kind, edge.workload_arn.as_str()), (WorkloadKind::Address, "vpc-1/10.0.3.12"));
    assert_eq!(edge.confidence, Confidence::Inferred);
    let named = format!("{}, {}", service_account("one"), service_account("two"));
    assert!(edge.attribution.contains(&named), "{}", edge.attribution);
}

#[tokio::test]
async fn pods_of_one_service_account_are_told() {
    let again = |world: World| world.life("one", "10.0.3.12", 0, Some(20)).life("one", "10.0.3.12", 22, None);
    let edge = again(world_of_pods()).flows([call("10.0.3.12", 5, 50)]).wire().await;
    assert_eq!((edge.workload_arn, edge.confidence), (service_account("one"), Confidence::AddressTime));
}

#[tokio::test]
async fn a_pod_that_nothing_names() {
    let edge = world_of_pods().flows([call("10.0.3.12", 5, 10)]).wire().await;
    assert_eq!((edge.workload_kind, edge.confidence), (WorkloadKind::Address, Confidence::Inferred));
    assert!(edge.attribution.starts_with("a pod that neither scans nor audit logs name had"), "{}", edge.attribution);
    // After its end the address is nobody's.
    let gone = world_of_pods().life("one", "10.0.3.12", 0, Some(5)).flows([call("10.0.3.12", 30, 40)]).wire().await;
    assert_eq!(gone.workload_kind, WorkloadKind::Address);
}

#[tokio::test]
async fn the_hosts_network_is_the_nodes() {
    let hosted = json!({"host_network": true});
    let edge = world_of_pods().pod("agent", NODE, hosted).flows([call(NODE, 10, 20)]).wire().await;
    assert_eq!((edge.workload_kind, edge.workload_arn), (WorkloadKind::Instance, ec2("instance/i-node")));
}

#[tokio::test]
async fn outside_of_the_network_the_node_stands_for_its_pods() {
    let out = but(call(NODE, 10, 20), json!({"server_addr": PUBLIC}));
    let world = || {
        world_of_pods().pod("app", "10.0.3.11", json!({})).flows([out.clone()]).answer(NODE, "api.openai.com", PUBLIC)
    };
    let edge = world().wire().await;
    assert_eq!((edge.workload_kind, edge.confidence), (WorkloadKind::Instance, Confidence::Inferred));
    let expected =
        format!("outside of the network pods have their node's address: it may have been {}", service_account("app"));
    assert!(edge.attribution.contains(&expected), "{}", edge.attribution);
}

#[tokio::test]
async fn what_the_clusters_name_server_asked() {
    let out = but(call("10.0.3.11", 10, 20), json!({"server_addr": PUBLIC}));
    let dns = json!({"namespace": "kube-system", "service_account": "coredns"});
    let edge = world_of_pods()
        .pod("app", "10.0.3.11", json!({}))
        .pod("coredns", "10.0.3.12", dns)
        .flows([out])
        .with_rows(sightline_model::lake_table::DNS_ANSWER, [answer("10.0.3.12", BEDROCK, PUBLIC)])
        .wire()
        .await;
    assert_eq!((edge.service.as_str(), edge.confidence), (BEDROCK, Confidence::AddressTime));
    assert!(edge.attribution.contains("the cluster's name server was given this address"), "{}", edge.attribution);
}

#[tokio::test]
async fn models_that_pods_serve() {
    let container = json!({"containers": [{"name": "main", "kind": "main", "image": "vllm/vllm-openai:v0.11.0", "arguments": ["--model", "org/name"],
        "ports": [{"port": 8000}], "gpus": {"nvidia.com/gpu": 1}, "env": {}}]});
    let world = || world_of_pods().pod("llm", "10.0.3.11", container.clone());
    let edge = world().flows([flow("eni-app", "10.0.1.10", "10.0.3.11", 8000)]).wire().await;
    assert_eq!((edge.class, edge.model_kind.as_str()), (TrafficClass::ApplicationToModel, "self-hosted"));
    assert_eq!((edge.model_arn, edge.model_title.as_str()), (service_account("llm"), "org/name"));
    let metrics = world().flows([flow("eni-app", "10.0.1.10", "10.0.3.11", 9400)]).wire().await;
    assert_eq!((metrics.class, metrics.target_arn), (TrafficClass::ApplicationToApplication, service_account("llm")));
}

#[tokio::test]
async fn a_format_without_the_packets_addresses_hides_pods_everywhere() {
    let bare = but(call(NODE, 10, 20), json!({"vpc_id": "", "subnet_id": "", "direction": ""}));
    let world = || world_of_pods().pod("app", "10.0.3.11", json!({}));
    let edge = world().flows([bare]).wire().await;
    assert_eq!((edge.workload_kind, edge.confidence), (WorkloadKind::Instance, Confidence::Inferred));
    assert!(
        edge.attribution.contains("in this format of the log pods have their node's address"),
        "{}",
        edge.attribution
    );
    let whole = world().flows([call(NODE, 10, 20)]).wire().await;
    assert_eq!((whole.workload_kind, whole.confidence), (WorkloadKind::Instance, Confidence::AddressTime));
}
