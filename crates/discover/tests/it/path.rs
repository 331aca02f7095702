//! Each class of path and what tells it.

use serde_json::json;
use sightline_model::edge::PathClass;
use sightline_model::log::ApiCall;

use crate::world::{ACCOUNT, World, by_session};

fn endpoint() -> World {
    let arn = format!("arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-endpoint/vpce-1");
    World::new().with("aws_vpc_endpoint", &arn, json!({"vpc_endpoint_id": "vpce-1"})).coverage("aws_vpc_endpoint", "ok")
}

async fn told<const N: usize>(world: World, sources: [(&str, &str); N]) -> Vec<(PathClass, String)> {
    let call = |(source, endpoint): (&str, &str)| ApiCall {
        source_ip: source.into(),
        vpc_endpoint_id: endpoint.into(),
        ..by_session("app", "s")
    };
    let edges = world.each(sources.map(call)).await;
    edges.into_iter().map(|edge| (edge.path, edge.path_evidence)).collect()
}

#[tokio::test]
async fn an_endpoint_proves_a_path_when_it_is_ours_and_the_source_is_an_address() {
    let told = told(
        endpoint(),
        [
            ("10.0.1.5", "vpce-1"),
            ("10.0.1.5", "vpce-9"),
            ("secretsmanager.amazonaws.com", "vpce-1"),
            ("bedrock.amazonaws.com", ""),
        ],
    )
    .await;
    assert_eq!(
        told,
        [
            (PathClass::InterfaceEndpoint, "vpce-1".into()),
            (PathClass::Unknown, "vpce-9 is not in the inventory: another account's or deleted".into()),
            (PathClass::AwsInternal, "secretsmanager.amazonaws.com".into()),
            (PathClass::AwsInternal, "bedrock.amazonaws.com".into()),
        ]
    );
}

#[tokio::test]
async fn an_endpoint_may_be_ours_where_the_inventory_is_not_whole() {
    let unknown = |why: &str| vec![(PathClass::Unknown, format!("vpce-9 is not in the inventory: {why}"))];
    let denied = World::new().coverage("aws_vpc_endpoint", "denied");
    let why = "aws_vpc_endpoint could not be read (denied: some:Action)";
    assert_eq!(told(denied, [("10.0.1.5", "vpce-9")]).await, unknown(why));
    let never = told(World::new(), [("10.0.1.5", "vpce-9")]).await;
    assert_eq!(never, unknown("aws_vpc_endpoint was not read in us-east-1"));
}

#[tokio::test]
async fn a_public_address_with_its_owner() {
    let arn = |what: &str| format!("arn:aws:ec2:us-east-1:{ACCOUNT}:{what}");
    let addresses = json!([{"PublicIp": "198.51.100.1"}, {"PrivateIp": "10.0.0.1"}]);
    let gateway = json!({"nat_gateway_id": "nat-1", "nat_gateway_addresses": addresses});
    let instance = json!({"instance_id": "i-1", "public_ip_address": "198.51.100.2"});
    let interface = json!({"network_interface_id": "eni-1", "association": {"PublicIp": "198.51.100.3"}});
    let world = World::new()
        .with("aws_vpc_nat_gateway", &arn("natgateway/nat-1"), gateway)
        .with("aws_ec2_instance", &arn("instance/i-1"), instance)
        .with("aws_ec2_network_interface", &arn("network-interface/eni-1"), interface);
    let evidence = [
        "198.51.100.1, NAT gateway nat-1",
        "198.51.100.2, instance i-1",
        "198.51.100.3, network interface eni-1",
        "203.0.113.7",
        "2001:db8::1",
    ];
    let told = told(world, evidence.map(|evidence| (evidence.split(',').next().unwrap(), ""))).await;
    assert_eq!(told, evidence.map(|evidence| (PathClass::Internet, evidence.to_owned())));
}

#[tokio::test]
async fn what_tells_nothing_is_unknown() {
    let evidence = [
        ("10.0.0.7", "10.0.0.7 is private, and the event names no VPC endpoint"),
        ("100.64.3.1", "100.64.3.1 is private, and the event names no VPC endpoint"),
        ("fd00::1", "fd00::1 is private, and the event names no VPC endpoint"),
        ("34.XXX.XXX.206", "`34.XXX.XXX.206` is no address"),
        ("", "`` is no address"),
    ];
    let told = told(endpoint(), evidence.map(|(source, _)| (source, ""))).await;
    assert_eq!(told, evidence.map(|(_, evidence)| (PathClass::Unknown, evidence.to_owned())));
}
