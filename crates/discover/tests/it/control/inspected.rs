//! `inspected_path`: the walk from where the workload is to what it called.

use serde_json::{Value, json};
use sightline_model::edge::{Control, Tri};
use sightline_model::log::ApiCall;

use crate::route::net::Net;
use crate::world::{ACCOUNT, World, by_session, control_of};

/// A network with a NAT gateway, one with a firewall before it, and an endpoint beside it.
pub(super) fn networks() -> Net {
    let mut net = Net::default();
    for (name, block, gate) in [("plain", 1, "nat-1"), ("walled", 2, "vpce-fw")] {
        let vpc = format!("vpc-{name}");
        let [a, f, p] = ["a", "f", "p"].map(|part| format!("{name}-{part}"));
        let (local, inside, nat, igw) =
            (format!("10.{block}.0.0/16"), format!("10.{block}.1.0/24"), format!("nat-{block}"), format!("igw-{name}"));
        net.subnet(&vpc, &a, &inside, "a");
        net.subnet(&vpc, &f, &format!("10.{block}.7.0/24"), "a");
        net.subnet(&vpc, &p, &format!("10.{block}.9.0/24"), "a");
        net.table(&format!("rtb-{a}"), &vpc, &[&a], &[(&local, "local"), ("0.0.0.0/0", gate)]);
        net.table(&format!("rtb-{f}"), &vpc, &[&f], &[(&local, "local"), ("0.0.0.0/0", &nat)]);
        let back = (inside.as_str(), gate);
        let mut public = vec![(local.as_str(), "local"), ("0.0.0.0/0", igw.as_str())];
        public.extend(Some(back).filter(|_| name == "walled"));
        net.table(&format!("rtb-{p}"), &vpc, &[&p], &public);
        net.nat(&nat, &vpc, &p, "public");
    }
    net.firewall("fw", "vpc-walled", &[("walled-f", "vpce-fw")]);
    net.endpoint("vpce-model", "Interface", "vpc-plain", "bedrock-runtime", &["plain-a"], true);
    net
}

/// Tables that tell where workloads are.
const PLACES: &[&str] = &["aws_ec2_instance", "aws_lambda_function", "aws_sagemaker_notebook_instance"];

/// `denied` was read by nobody.
pub(super) fn with_workloads(world: World, denied: &str) -> World {
    let function = |name: &str| format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}");
    let world = PLACES.iter().filter(|table| **table != denied).fold(world, |world, table| world.coverage(table, "ok"));
    let instance = |world: World, id: &str, subnet: &str| {
        if denied == "aws_ec2_instance" {
            return world;
        }
        let arn = format!("arn:aws:ec2:us-east-1:{ACCOUNT}:instance/{id}");
        world.with("aws_ec2_instance", &arn, json!({"instance_id": id, "subnet_id": subnet}))
    };
    let world = instance(instance(world, "i-0000plain", "plain-a"), "i-000walled", "walled-a");
    world.with("aws_lambda_function", &function("loose"), json!({"function_name": "loose"})).with(
        "aws_lambda_function",
        &function("walled"),
        json!({"function_name": "walled", "vpc_config": {"SubnetIds": ["walled-a"]}}),
    )
}

fn on(instance: &str, source: &str, endpoint: &str) -> ApiCall {
    let session = instance.to_owned();
    ApiCall {
        ec2_role_delivery: "2.0".into(),
        source_ip: source.into(),
        vpc_endpoint_id: endpoint.into(),
        ..by_session("app", &session)
    }
}

async fn told(world: World, calls: Vec<ApiCall>) -> Vec<Control> {
    world.each(calls).await.iter().map(|edge| control_of(edge, "inspected_path")).collect()
}

#[tokio::test]
async fn from_the_place_of_the_workload() {
    let calls = vec![
        on("i-0000plain", "203.0.113.1", ""),
        on("i-000walled", "203.0.113.2", ""),
        on("i-000walled", "198.51.100.9", ""),
        on("i-0000plain", "10.1.1.5", "vpce-model"),
        on("i-0000gone", "203.0.113.1", ""),
        ApiCall { source_ip: "bedrock.amazonaws.com".into(), ..by_session("app", "s") },
        by_session("app", "s"),
    ];
    let told = told(with_workloads(networks().world(), ""), calls).await;
    let shown: Vec<String> = told.iter().map(|control| format!("{:?}: {}", control.state, control.reason)).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    No: nothing inspects it: plain-a → nat-1 → plain-p → igw-plain
    Yes: the firewall endpoint vpce-fw inspects it both ways: walled-a → vpce-fw → walled-f → nat-2 → walled-p → igw-walled
    Unknown: 198.51.100.9 is no address of ours: these calls may not have come from the workload's network
    No: nothing inspects it: plain-a → vpce-model
    Unknown: the inventory does not tell which subnet it is in
    Unknown: a service called on behalf of the workload; no route table of the account leads there
    Unknown: where its calls come from is not known: it is no workload with a place
    ");
}

/// What `inspected_path` of both workloads in the walled network says, when `table` was denied.
#[tokio::test]
async fn what_was_not_read_is_unknown() {
    for table in [
        "aws_vpc_subnet",
        "aws_vpc_route_table",
        "aws_vpc_nat_gateway",
        "aws_vpc_endpoint",
        "aws_networkfirewall_firewall",
    ] {
        let world = with_workloads(networks().without(table).world(), "");
        let told = told(world, vec![on("i-000walled", "203.0.113.2", "")]).await;
        assert_eq!(told[0].state, Tri::Unknown, "{table}: {}", told[0].reason);
    }
    let unplaced = networks().world().coverage("aws_ec2_instance", "denied");
    let told = told(unplaced, vec![on("i-000walled", "203.0.113.2", "")]).await;
    assert_eq!(told[0].state, Tri::Unknown);
    assert!(told[0].reason.contains("aws_ec2_instance"), "{}", told[0].reason);
}

/// Where each kind of workload is.
#[tokio::test]
async fn places() {
    use sightline_discover::route::{Network, Place};
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:us-east-1:{ACCOUNT}:{rest}");
    let pod = |world: World, service_account: &str, address: &str, node: &str| {
        let config = json!({"cluster_arn": arn("eks", "cluster/c"), "cluster_name": "c", "namespace": "n", "service_account": service_account,
            "phase": "Running", "pod_ip": address, "host_ip": node});
        world.with("kubernetes_pod", &arn("eks", &format!("pod/c/n/{service_account}-{address}")), config)
    };
    let place =
        |world: World, table: &str, at: &str, config: Value| world.coverage(table, "ok").with(table, at, config);
    let mut world = with_workloads(networks().world(), "");
    for table in
        ["kubernetes_pod", "aws_sagemaker_endpoint_config", "aws_sagemaker_model", "aws_ecs_container_instance"]
    {
        world = world.coverage(table, "ok");
    }
    let cluster = json!({"resources_vpc_config": {"vpcId": "vpc-plain"}});
    world = place(world, "aws_eks_cluster", &arn("eks", "cluster/c"), cluster);
    world = pod(pod(world, "direct", "10.1.1.9", "10.1.9.4"), "overlay", "192.168.7.7", "10.1.9.4");
    let notebook = json!({"subnet_id": "plain-a", "direct_internet_access": "Enabled"});
    world = place(world, "aws_sagemaker_notebook_instance", &arn("sagemaker", "notebook-instance/n"), notebook);
    world = place(
        world,
        "aws_codebuild_project",
        &arn("codebuild", "project/b"),
        json!({"vpc_config": {"subnets": ["plain-a"]}}),
    );
    let runtime = json!({"network_configuration": {"networkMode": "PUBLIC"}});
    world = place(world, "aws_bedrock_agentcore_runtime", &arn("bedrock-agentcore", "runtime/r"), runtime);
    let service = json!({"network_configuration": {"awsvpcConfiguration": {"subnets": ["plain-a", "plain-p"]}}});
    world = place(world, "aws_ecs_service", &arn("ecs", "service/c/s"), service);
    let attachment =
        json!([{"type": "ElasticNetworkInterface", "details": [{"name": "subnetId", "value": "plain-p"}]}]);
    world = place(world, "aws_ecs_task", &arn("ecs", "task/c/t"), json!({"attachments": attachment}));
    let endpoint = json!({"endpoint_name": "e", "endpoint_config_name": "e"});
    world = place(world, "aws_sagemaker_endpoint", &arn("sagemaker", "endpoint/e"), endpoint);
    world = world
        .with(
            "aws_sagemaker_endpoint_config",
            &arn("sagemaker", "endpoint-config/e"),
            json!({"endpoint_config_name": "e",
            "production_variants": [{"ModelName": "m"}]}),
        )
        .with(
            "aws_sagemaker_model",
            &arn("sagemaker", "model/m"),
            json!({"model_name": "m", "vpc_config": {"Subnets": ["plain-a"]}}),
        );
    let domain = json!({"domain_id": "d", "subnet_ids": ["plain-a"], "app_network_access_type": "VpcOnly"});
    world = place(world, "aws_sagemaker_domain", &arn("sagemaker", "domain/d"), domain);
    world =
        place(world, "aws_sagemaker_user_profile", &arn("sagemaker", "user-profile/d/u"), json!({"domain_id": "d"}));
    let training = json!({"vpc_config": {"Subnets": ["plain-a"]}});
    world = place(world, "aws_sagemaker_training_job", &arn("sagemaker", "training-job/t"), training);
    world = place(world, "aws_sagemaker_processing_job", &arn("sagemaker", "processing-job/p"), json!({}));
    let network = Network::read(&world.session()).await.unwrap();
    let told = |service: &str, rest: &str| match network.place(&arn(service, rest)) {
        Place::Subnets { subnets, internet_by_aws } => {
            let by = if internet_by_aws { ", the internet by AWS" } else { "" };
            format!("{}{by}", subnets.into_iter().collect::<Vec<_>>().join(" "))
        }
        Place::OfAws => "of AWS".to_owned(),
        Place::Unknown(why) => format!("unknown: {why}"),
    };
    for (service, rest, wanted) in [
        ("ec2", "instance/i-0000plain", "plain-a"),
        ("ec2", "instance/i-1", "unknown: the inventory does not tell which subnet it is in"),
        ("lambda", "function:loose", "of AWS"),
        ("lambda", "function:walled", "walled-a"),
        ("eks", "pod/c/n/direct", "plain-a plain-p"),
        ("eks", "pod/c/n/overlay", "plain-p"),
        ("sagemaker", "notebook-instance/n", "plain-a, the internet by AWS"),
        ("sagemaker", "endpoint/e", "plain-a"),
        ("sagemaker", "user-profile/d/u", "plain-a"),
        ("sagemaker", "training-job/t", "plain-a"),
        ("sagemaker", "processing-job/p", "of AWS"),
        ("codebuild", "project/b", "plain-a"),
        ("bedrock-agentcore", "runtime/r", "of AWS"),
        ("bedrock", "agent/a", "of AWS"),
        ("ecs", "service/c/s", "plain-a plain-p"),
        ("ecs", "task/c/t", "plain-p"),
        ("iam", "role/r", "unknown: where its calls come from is not known: it is no workload with a place"),
    ] {
        assert_eq!(told(service, rest), wanted, "{service} {rest}");
    }
}
