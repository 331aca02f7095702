//! Whose an address is, for all that are no pods.

use serde_json::{Value, json};
use sightline_model::edge::{Confidence, PathClass, TrafficClass, WorkloadKind};
use sightline_model::lake_table::{RESOURCE, SCAN};

use super::{PUBLIC, but, ec2, flow, told, world};
use crate::world::{ACCOUNT, World, old_scan, resource_of};

fn function(name: &str, groups: &[&str]) -> (String, Value) {
    let arn = format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}");
    (arn, json!({"function_name": name, "vpc_config": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": groups}}))
}

fn with_functions(functions: &[(&str, &[&str])]) -> World {
    let interface = json!({"interface_type": "lambda", "description": "AWS Lambda VPC ENI-first-0a1b",
        "groups": [{"GroupId": "sg-1"}]});
    let world = world().interface("fn", "10.0.1.40", interface).flows([flow("eni-fn", "10.0.1.40", "10.0.2.5", 443)]);
    functions.iter().fold(world, |world, (name, groups)| {
        let (arn, config) = function(name, groups);
        world.with("aws_lambda_function", &arn, config)
    })
}

#[tokio::test]
async fn the_only_function_with_the_interfaces_groups() {
    let edge = with_functions(&[("one", &["sg-1"]), ("other", &["sg-2"])]).wire().await;
    assert_eq!((edge.workload_kind, edge.workload_arn), (WorkloadKind::Function, function("one", &[]).0));
    assert_eq!(edge.confidence, Confidence::AddressTime);
}

#[tokio::test]
async fn of_functions_that_share_an_interface_none_is_guessed() {
    let edge = with_functions(&[("one", &["sg-1"]), ("two", &["sg-1"])]).wire().await;
    assert_eq!((edge.workload_kind, edge.workload_arn), (WorkloadKind::Interface, ec2("network-interface/eni-fn")));
    assert_eq!(edge.confidence, Confidence::Inferred);
    assert!(edge.attribution.contains(":function:one, arn:aws"), "{}", edge.attribution);
}

#[tokio::test]
async fn tasks_by_record_and_by_interface() {
    let task = format!("arn:aws:ecs:us-east-1:{ACCOUNT}:task/main/0123456789abcdef0123456789abcdef");
    let service = format!("arn:aws:ecs:us-east-1:{ACCOUNT}:service/main/api");
    let details = json!([{"details": [{"name": "networkInterfaceId", "value": "eni-task"}]}]);
    let config = json!({"group": "service:api", "task_definition_arn": format!("arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/api:3"),
        "attachments": details});
    let world = || world().with("aws_ecs_task", &task, config.clone());
    let named = but(flow("eni-other", "10.0.1.50", "10.0.2.5", 443), json!({"ecs_task_arn": task}));
    let edge = world().flows([named]).wire().await;
    assert_eq!((edge.workload_kind, edge.workload_arn.as_str()), (WorkloadKind::Task, service.as_str()));
    let known =
        world().interface("task", "10.0.1.51", json!({})).flows([flow("eni-task", "10.0.1.51", "10.0.2.5", 443)]);
    assert_eq!(known.wire().await.workload_arn, service);
    let unknown = format!("arn:aws:ecs:us-east-1:{ACCOUNT}:task/main/ffff");
    let edge = world()
        .flows([but(flow("eni-x", "10.0.1.52", "10.0.2.5", 443), json!({"ecs_task_arn": unknown}))])
        .wire()
        .await;
    assert_eq!(edge.workload_arn, unknown);
}

#[tokio::test]
async fn a_notebook_and_an_instance_that_no_scan_saw() {
    let notebook = format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:notebook-instance/n");
    let world = world()
        .with("aws_sagemaker_notebook_instance", &notebook, json!({"network_interface_id": "eni-nb"}))
        .interface("nb", "10.0.1.60", json!({"description": "[DO NOT DELETE] ENI managed by SageMaker"}))
        .flows([
            flow("eni-nb", "10.0.1.60", "10.0.2.5", 443),
            but(flow("eni-gone", "10.0.1.61", "10.0.2.5", 443), json!({"instance_id": "i-gone"})),
        ]);
    let mut workloads: Vec<String> = world.wires().await.into_iter().map(|edge| edge.workload_arn).collect();
    workloads.sort();
    assert_eq!(workloads, [ec2("instance/i-gone"), notebook]);
}

#[tokio::test]
async fn what_an_earlier_scan_saw_is_known() {
    let vpc = json!({"network_interface_id": "eni-old", "vpc_id": "vpc-1", "private_ip_address": "10.0.1.70",
        "description": "RDSNetworkInterface"});
    let old = but(
        resource_of("old", "aws_ec2_network_interface", &ec2("network-interface/eni-old"), vpc),
        json!({"collected_at": "2026-11-18T00:00:00Z"}),
    );
    let world =
        || world().with_rows(SCAN, [old_scan("old", "2026-11-18T00:10:00Z")]).with_rows(RESOURCE, [old.clone()]);
    let at = |time: &str| {
        but(
            flow("eni-app", "10.0.1.10", "10.0.1.70", 5432),
            json!({"first_seen": time, "last_seen": time, "hour": time}),
        )
    };
    let edge = world().flows([at("2026-11-18T05:00:00Z")]).wire().await;
    assert_eq!(edge.target_arn, ec2("network-interface/eni-old"));
    // A later scan did not see it any more.
    let edge = world().flows([at("2026-11-20T05:00:00Z")]).wire().await;
    assert_eq!(edge.target_arn, "vpc-1/10.0.1.70");
}

#[tokio::test]
async fn our_own_public_address_is_ours() {
    let world = world()
        .interface("lb", "10.0.1.30", json!({"description": "ELB app/front/0123", "association": {"PublicIp": PUBLIC}}))
        .flows([flow("eni-app", "10.0.1.10", PUBLIC, 443)]);
    let edge = world.wire().await;
    let balancer = format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/front/0123");
    assert_eq!(
        told(&edge),
        (TrafficClass::ApplicationToApplication, ec2("instance/i-app").as_str(), balancer.as_str())
    );
}

#[tokio::test]
async fn an_endpoint_of_another_network_of_ours() {
    let shared = json!({"vpc_endpoint_id": "vpce-9", "vpc_id": "vpc-9", "service_name": "com.amazonaws.us-east-1.sagemaker.runtime",
        "network_interface_ids": ["eni-shared"]});
    let world = world()
        .with("aws_vpc", &ec2("vpc/vpc-9"), json!({"vpc_id": "vpc-9", "cidr_block": "10.9.0.0/16"}))
        .with("aws_vpc_endpoint", &ec2("vpc-endpoint/vpce-9"), shared)
        .interface("shared", "10.9.0.5", json!({"vpc_id": "vpc-9", "interface_type": "vpc_endpoint"}))
        .flows([flow("eni-app", "10.0.1.10", "10.9.0.5", 443)]);
    let edge = world.wire().await;
    assert_eq!((edge.path, edge.path_evidence.as_str()), (PathClass::InterfaceEndpoint, "vpce-9"));
    assert_eq!(edge.service, "runtime.sagemaker.us-east-1.amazonaws.com");
}

#[tokio::test]
async fn without_direction_the_inventory_tells_the_side() {
    // Version 2 of the format has neither direction nor network.
    let bare = |interface: &str| {
        but(flow(interface, "10.0.1.10", "10.0.2.5", 443), json!({"direction": "", "vpc_id": "", "subnet_id": ""}))
    };
    let edge = world().flows([bare("eni-app"), bare("eni-ep")]).wire().await;
    assert_eq!((edge.workload_arn, edge.flows), (ec2("instance/i-app"), Some(2)));
}

#[tokio::test]
async fn what_only_passes_an_interface_is_not_of_its_instance() {
    let world = |checked: bool| {
        let more = json!({"attachment": {"InstanceId": "i-fw"}, "source_dest_check": checked});
        world()
            .with("aws_ec2_instance", &ec2("instance/i-fw"), json!({"instance_id": "i-fw", "vpc_id": "vpc-1"}))
            .interface("fw", "10.0.1.80", more)
            .flows([but(flow("eni-fw", "10.0.1.10", "10.0.2.5", 443), json!({"instance_id": "i-fw"}))])
    };
    assert_eq!(world(false).wire().await.workload_arn, ec2("instance/i-app"));
    // An interface that forwards nothing has the address, whatever the inventory says.
    assert_eq!(world(true).wire().await.workload_arn, ec2("instance/i-fw"));
}

#[tokio::test]
async fn an_interface_lives_since_its_first_record() {
    // Attached again after the record: the first interface of an instance stays its own, a later one may have been another's.
    let world = |index: i64| {
        let attachment = json!({"InstanceId": "i-late", "DeviceIndex": index, "AttachTime": "2026-11-19T20:00:00Z"});
        let times = json!({"hour": "2026-11-19T01:00:00Z", "first_seen": "2026-11-19T01:10:00Z",
            "last_seen": "2026-11-19T01:20:00Z"});
        let early = |interface: &str| but(flow(interface, "10.0.1.80", "10.0.2.5", 443), times.clone());
        world()
            .interface("late", "10.0.1.80", json!({"attachment": attachment}))
            .flows([early("eni-late"), but(early("eni-ep"), json!({"direction": "ingress"}))])
    };
    let first: Vec<String> = world(0).wires().await.into_iter().map(|edge| edge.workload_arn).collect();
    assert_eq!(first, [ec2("instance/i-late")]);
    let later = world(1).wires().await.into_iter().map(|edge| edge.workload_arn);
    assert!(later.into_iter().any(|workload| workload == "vpc-1/10.0.1.80"));
}
