use super::*;
use serde_json::{Value, json};
use sightline_lake::Session;
use sightline_model::edge::{Control, PathClass, WorkloadKind};
use sightline_model::lake_table;

const ACCOUNT: &str = "111122223333";

fn arn(kind: &str, id: &str) -> String {
    format!("arn:aws:ec2:us-east-1:{ACCOUNT}:{kind}/{id}")
}

/// A network of one private subnet behind a NAT gateway, with an endpoint of Bedrock in a subnet of its own.
async fn network(tables: &[&str]) -> Network {
    let subnet = |id: &str, cidr: &str| json!({ "subnet_id": id, "vpc_id": "vpc-1", "cidr_block": cidr, "owner_id": ACCOUNT, "availability_zone": "us-east-1a" });
    let table = |id: &str, of: &str, to: &str, next: &str| {
        let route =
            json!({ "DestinationCidrBlock": "0.0.0.0/0", to: next, "State": "active", "Origin": "CreateRoute" });
        let local = json!({ "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable" });
        json!({ "route_table_id": id, "vpc_id": "vpc-1", "owner_id": ACCOUNT, "associations": [{ "Main": false, "SubnetId": of }], "routes": [local, route] })
    };
    let rows: Vec<(&str, String, Value)> = vec![
        ("aws_vpc_subnet", arn("subnet", "subnet-a"), subnet("subnet-a", "10.0.1.0/24")),
        ("aws_vpc_subnet", arn("subnet", "subnet-p"), subnet("subnet-p", "10.0.2.0/24")),
        ("aws_vpc_route_table", arn("route-table", "rtb-a"), table("rtb-a", "subnet-a", "NatGatewayId", "nat-1")),
        ("aws_vpc_route_table", arn("route-table", "rtb-p"), table("rtb-p", "subnet-p", "GatewayId", "igw-1")),
        (
            "aws_vpc_nat_gateway",
            arn("natgateway", "nat-1"),
            json!({ "nat_gateway_id": "nat-1", "vpc_id": "vpc-1", "subnet_id": "subnet-p", "connectivity_type": "public", "state": "available", "nat_gateway_addresses": [{ "PublicIp": "203.0.113.1" }] }),
        ),
        (
            "aws_vpc_endpoint",
            arn("vpc-endpoint", "vpce-1"),
            json!({ "vpc_endpoint_id": "vpce-1", "vpc_endpoint_type": "Interface", "vpc_id": "vpc-1", "subnet_ids": ["subnet-p"], "state": "available", "service_name": "com.amazonaws.us-east-1.bedrock-runtime", "private_dns_enabled": true }),
        ),
        (
            "aws_ec2_instance",
            arn("instance", "i-1"),
            json!({ "instance_id": "i-1", "subnet_id": "subnet-a", "vpc_id": "vpc-1", "private_ip_address": "10.0.1.5" }),
        ),
    ];
    let at = "2026-11-20T10:00:00Z";
    let resource = |(table, arn, config): &(&str, String, Value)| json!({ "scan_id": "s", "account_id": ACCOUNT, "region": "us-east-1", "table_name": table, "arn": arn, "title": "", "tags": {}, "config": config, "collected_at": at });
    let read = |table: &&str| json!({ "scan_id": "s", "account_id": ACCOUNT, "region": "us-east-1", "table_name": table, "operation": "o", "action": "a", "target": "", "outcome": "ok", "error_code": "", "error_message": "", "rows": 1, "calls": 1, "collected_at": at });
    let scan = json!({ "scan_id": "s", "account_id": ACCOUNT, "started_at": at, "finished_at": at });
    let rows: Vec<Value> = rows.iter().filter(|(table, ..)| tables.contains(table)).map(resource).collect();
    let lake = vec![
        (lake_table::RESOURCE, rows),
        (lake_table::COVERAGE, tables.iter().map(read).collect()),
        (lake_table::SCAN, vec![scan]),
    ];
    let session = Session::in_memory(&crate::stage::catalogue().unwrap().schemas(), lake).unwrap();
    Network::read(&session).await.unwrap()
}

const ALL: &[&str] = &[
    "aws_vpc_subnet",
    "aws_vpc_route_table",
    "aws_vpc_nat_gateway",
    "aws_vpc_endpoint",
    "aws_networkfirewall_firewall",
    "aws_ec2_instance",
    "aws_ec2_network_interface",
    "aws_vpc_block_public_access_options",
    "aws_vpc_block_public_access_exclusion",
];

fn edge(path: PathClass, evidence: &str) -> Edge {
    let control = |name: &str, state| Control { name: name.to_owned(), state, reason: "seen".to_owned(), fix: vec![] };
    Edge {
        workload_arn: arn("instance", "i-1"),
        workload_kind: WorkloadKind::Instance,
        workload_title: "app".to_owned(),
        identity_arn: format!("arn:aws:iam::{ACCOUNT}:role/app"),
        attribution: "the session is named after the instance".to_owned(),
        target_arn: "arn:aws:bedrock:us-east-1::foundation-model/m".to_owned(),
        target_kind: "foundation-model".to_owned(),
        target_title: "m".to_owned(),
        service: "bedrock-runtime.us-east-1.amazonaws.com".to_owned(),
        path,
        path_evidence: evidence.to_owned(),
        controls: vec![
            control("guardrail_on_call", Tri::No),
            control("private_path", Tri::Yes),
            control("inspected_path", Tri::No),
            control("invocation_logged", Tri::Unknown),
        ],
        ..Edge::default()
    }
}

/// `kind title [controls]` of each step, and how they follow.
fn shown(path: &EdgePath) -> (Vec<String>, Vec<String>) {
    let step = |step: &Step| {
        let controls: Vec<&str> = step.controls.keys().map(String::as_str).collect();
        format!("{} {} [{}]", step.kind, step.title, controls.join(" "))
    };
    let title = |id: &str| path.steps.iter().find(|step| step.id == id).map_or("absent", |step| step.title.as_str());
    let link = |link: &Link| format!("{} > {}", title(&link.source), title(&link.target));
    (path.steps.iter().map(step).collect(), path.links.iter().map(link).collect())
}

#[tokio::test]
async fn a_call_through_nat_passes_the_tables_the_gateway_and_the_internet() {
    let path = EdgePath::new(&edge(PathClass::Internet, "203.0.113.1, NAT gateway nat-1"), &network(ALL).await);
    let (steps, links) = shown(&path);
    assert_eq!(path.unknown, [""; 0]);
    assert_eq!(
        steps,
        [
            "instance app []",
            "binding inferred join []",
            "role app []",
            "subnet subnet-a []",
            "route table rtb-a [inspected_path]",
            "NAT gateway nat-1 []",
            "subnet subnet-p []",
            "route table rtb-p []",
            "internet gateway igw-1 []",
            "internet the internet [private_path]",
            "service bedrock-runtime.us-east-1.amazonaws.com [invocation_logged]",
            "foundation-model m [guardrail_on_call]",
        ]
    );
    assert_eq!(links.len(), steps.len() - 1, "one way: {links:?}");
    assert!(!links.iter().any(|link| link.contains("absent")), "{links:?}");
}

#[tokio::test]
async fn a_call_through_an_endpoint_ends_there() {
    let (steps, _) = shown(&EdgePath::new(&edge(PathClass::InterfaceEndpoint, "vpce-1"), &network(ALL).await));
    assert!(steps.contains(&"interface endpoint vpce-1 [private_path]".to_owned()), "{steps:?}");
    assert!(!steps.iter().any(|step| step.starts_with("NAT")), "{steps:?}");
}

#[tokio::test]
async fn what_was_not_read_is_a_step_that_nobody_knows() {
    let tables: Vec<&str> = ALL.iter().copied().filter(|table| *table != "aws_vpc_route_table").collect();
    let path = EdgePath::new(&edge(PathClass::InterfaceEndpoint, "vpce-1"), &network(&tables).await);
    assert!(path.unknown.iter().any(|why| why.contains("aws_vpc_route_table")), "{:?}", path.unknown);
    let doubt = path.steps.iter().find(|step| !step.is_known).unwrap();
    let (steps, links) = shown(&path);
    assert!(links.contains(&format!("{} > vpce-1", doubt.title)), "the endpoint is known all the same: {links:?}");
    assert!(steps.last().is_some_and(|step| step.starts_with("foundation-model m")), "{steps:?}");
}

#[tokio::test]
async fn a_path_that_no_route_tells_is_told_by_its_evidence() {
    let (steps, links) =
        shown(&EdgePath::new(&edge(PathClass::AwsInternal, "bedrock.amazonaws.com"), &Network::default()));
    assert!(
        steps
            .contains(&"a service of AWS on its behalf bedrock.amazonaws.com [inspected_path private_path]".to_owned()),
        "{steps:?}"
    );
    assert_eq!(links.len(), steps.len() - 1);
    let path = EdgePath::new(&edge(PathClass::Unknown, ""), &Network::default());
    assert!(path.steps.iter().any(|step| step.kind == "not known" && !step.is_known));
}
