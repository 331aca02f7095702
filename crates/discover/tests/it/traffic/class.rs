//! Which connections are of the map, and of which class.

use serde_json::json;
use sightline_model::edge::{Confidence, PathClass, TrafficClass, WorkloadKind};

use super::{BEDROCK, PUBLIC, but, ec2, flow, told, world};
use crate::world::ACCOUNT;

#[tokio::test]
async fn a_model_through_an_endpoint_needs_no_name() {
    let edge = world().flows([flow("eni-app", "10.0.1.10", "10.0.2.5", 443)]).wire().await;
    assert_eq!(told(&edge), (TrafficClass::ApplicationToModel, ec2("instance/i-app").as_str(), BEDROCK));
    assert_eq!((edge.model_kind.as_str(), edge.model_arn.as_str()), ("unknown-model", ""));
    assert_eq!((edge.path, edge.path_evidence.as_str()), (PathClass::InterfaceEndpoint, "vpce-1"));
    assert_eq!((edge.workload_kind, edge.confidence), (WorkloadKind::Instance, Confidence::AddressTime));
    assert_eq!(edge.attribution, "the flow log names the client's interface; the server is an interface of vpce-1");
    assert_eq!((edge.port, edge.region.as_str()), (Some(443), "us-east-1"));
}

#[tokio::test]
async fn services_of_aws_that_do_not_infer_are_left_out() {
    let flows = [flow("eni-app", "10.0.1.10", "10.0.2.6", 443), flow("eni-app", "10.0.1.10", PUBLIC, 443)];
    let world = world().flows(flows).answer("10.0.1.10", "sts.us-east-1.amazonaws.com", PUBLIC);
    assert!(world.wires().await.is_empty());
}

#[tokio::test]
async fn what_keeps_networks_running_is_left_out() {
    let names = flow("eni-app", "10.0.1.10", "10.0.1.20", 53);
    let ping = but(flow("eni-app", "10.0.1.10", "10.0.1.20", 0), json!({"protocol": 1}));
    let time = but(flow("eni-app", "10.0.1.10", PUBLIC, 123), json!({"protocol": 17}));
    assert!(world().flows([names, ping, time]).wires().await.is_empty());
}

#[tokio::test]
async fn public_ai_by_name() {
    let edges = world()
        .flows([flow("eni-app", "10.0.1.10", PUBLIC, 443), flow("eni-web", "10.0.1.11", "203.0.113.41", 443)])
        .answer("10.0.1.10", "api.openai.com", PUBLIC)
        .answer("10.0.1.11", "api.openai.com.example.org", "203.0.113.41")
        .wires()
        .await;
    let [model, other] = edges.as_slice() else { panic!("{edges:#?}") };
    assert_eq!(told(model), (TrafficClass::ApplicationToModel, ec2("instance/i-app").as_str(), "api.openai.com"));
    assert_eq!((model.target_kind.as_str(), model.target_title.as_str()), ("public-ai", "OpenAI"));
    assert_eq!((model.path, model.confidence), (PathClass::Internet, Confidence::AddressTime));
    assert_eq!(other.class, TrafficClass::ApplicationToInternet);
    assert_eq!((other.target_arn.as_str(), other.target_kind.as_str()), ("api.openai.com.example.org", "internet"));
}

#[tokio::test]
async fn an_address_without_a_name() {
    let amazon = but(flow("eni-web", "10.0.1.11", "203.0.113.41", 443), json!({"server_aws_service": "AMAZON"}));
    let bucket = but(flow("eni-web", "10.0.1.11", "203.0.113.42", 443), json!({"server_aws_service": "S3"}));
    let edges = world().flows([flow("eni-app", "10.0.1.10", PUBLIC, 443), amazon, bucket]).wires().await;
    let targets: Vec<_> = edges.iter().map(|edge| (edge.class, edge.target_arn.as_str())).collect();
    let internet = TrafficClass::ApplicationToInternet;
    assert_eq!(targets, [(internet, PUBLIC), (internet, "203.0.113.41")]);
}

#[tokio::test]
async fn workloads_to_workloads() {
    let edge = world().flows([flow("eni-app", "10.0.1.10", "10.0.1.20", 5432)]).wire().await;
    let database = ec2("network-interface/eni-db");
    assert_eq!(
        told(&edge),
        (TrafficClass::ApplicationToApplication, ec2("instance/i-app").as_str(), database.as_str())
    );
    assert_eq!((edge.target_kind.as_str(), edge.target_title.as_str()), ("interface", "RDSNetworkInterface"));
    assert_eq!((edge.path, edge.path_evidence.as_str()), (PathClass::Vpc, "vpc-1"));
}

#[tokio::test]
async fn users_to_applications() {
    let incoming = |client: &str, line: i64| {
        but(flow("eni-lb", client, "10.0.1.30", 443), json!({"direction": "ingress", "line": line}))
    };
    let world = world().interface("lb", "10.0.1.30", json!({"description": "ELB app/front/0123"}));
    let flows = [incoming("198.51.100.1", 1), incoming("198.51.100.2", 2), incoming("192.168.7.7", 3)];
    let edges = world.flows(flows).wires().await;
    let balancer = format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/front/0123");
    let said: Vec<_> = edges.iter().map(|edge| (told(edge), edge.path, edge.flows)).collect();
    let class = TrafficClass::UserToApplication;
    assert_eq!(
        said,
        [
            ((class, "internet", balancer.as_str()), PathClass::Internet, Some(4)),
            ((class, "on-premises", balancer.as_str()), PathClass::OnPremises, Some(2)),
        ]
    );
    assert!(edges.iter().all(|edge| edge.target_kind == "load_balancer"));
}

#[tokio::test]
async fn what_was_refused_is_no_connection() {
    let refused = |port| but(flow("eni-app", "10.0.1.10", "10.0.1.20", port), json!({"action": "REJECT"}));
    assert!(world().flows([refused(5432)]).wires().await.is_empty());
    let edge = world().flows([refused(5432), flow("eni-app", "10.0.1.10", "10.0.1.20", 5432)]).wire().await;
    assert_eq!((edge.flows, edge.errors), (Some(2), 0));
    assert!(edge.attribution.ends_with("2 flow records beside these were rejected"), "{}", edge.attribution);
}

#[tokio::test]
async fn two_strangers_are_none_of_ours() {
    let flows = [flow("eni-x", "10.0.9.1", "10.0.9.2", 443), flow("eni-x", "198.51.100.1", "198.51.100.2", 443)];
    assert!(world().flows(flows).wires().await.is_empty());
}
