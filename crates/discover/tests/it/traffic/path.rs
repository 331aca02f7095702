//! The network path, as far as the record tells.

use serde_json::json;
use sightline_model::edge::PathClass;

use super::{PUBLIC, but, flow, world};

async fn path(values: serde_json::Value) -> (PathClass, String) {
    let edge = world().flows([but(flow("eni-app", "10.0.1.10", PUBLIC, 443), values)]).wire().await;
    (edge.path, edge.path_evidence)
}

#[tokio::test]
async fn to_the_internet() {
    let said = path(json!({"next_hop_type": "nat_gateway", "next_hop_id": "eni-nat"})).await;
    assert_eq!(said, (PathClass::Internet, "NAT gateway eni-nat".to_owned()));
    assert_eq!(path(json!({"traffic_path": 8})).await, (PathClass::Internet, "an internet gateway".to_owned()));
    assert_eq!(path(json!({"traffic_path": 3})).await.0, PathClass::OnPremises);
}

#[tokio::test]
async fn between_networks() {
    let far = |values| but(flow("eni-app", "10.0.1.10", "10.9.0.5", 443), values);
    let world = || {
        let other = json!({"vpc_id": "vpc-9", "cidr_block": "10.9.0.0/16"});
        let there = json!({"vpc_id": "vpc-9", "subnet_id": "subnet-9", "description": "RDSNetworkInterface"});
        world().with("aws_vpc", &super::ec2("vpc/vpc-9"), other).interface("far", "10.9.0.5", there)
    };
    assert_eq!(world().flows([far(json!({}))]).wire().await.path, PathClass::Unknown);
    assert_eq!(world().flows([far(json!({"traffic_path": 4}))]).wire().await.path, PathClass::Peering);
    // The gateway's own record tells the path of the client's.
    let gateway = but(
        far(json!({})),
        json!({"interface_id": "tgw-attach-1", "resource_id": "tgw-1", "next_hop_type": "transit_gateway_attachment"}),
    );
    let edge = world().flows([far(json!({})), gateway]).wire().await;
    assert_eq!((edge.path, edge.path_evidence.as_str()), (PathClass::TransitGateway, "tgw-1"));
    assert_eq!(edge.flows, Some(2));
}

#[tokio::test]
async fn to_an_address_of_nobody() {
    let edge = world().flows([flow("eni-app", "10.0.1.10", "192.168.7.7", 1433)]).wire().await;
    assert_eq!((edge.path, edge.target_kind.as_str()), (PathClass::OnPremises, "on-premises"));
    let edge = world().flows([flow("eni-app", "10.0.1.10", "10.0.9.9", 1433)]).wire().await;
    assert_eq!((edge.path, edge.target_arn.as_str()), (PathClass::Vpc, "vpc-1/10.0.9.9"));
}
