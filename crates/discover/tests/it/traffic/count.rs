//! Each conversation counts once, however many logs have it.

use serde_json::json;
use sightline_model::edge::{PathClass, TrafficClass};

use super::{BEDROCK, PUBLIC, back, but, ec2, flow, world};

fn sums(edge: &sightline_model::edge::Edge) -> (Option<i64>, Option<i64>, Option<i64>) {
    (edge.bytes_out, edge.bytes_in, edge.flows)
}

#[tokio::test]
async fn both_ends_log_it() {
    let near = flow("eni-app", "10.0.1.10", "10.0.2.5", 443);
    let far = but(flow("eni-ep", "10.0.1.10", "10.0.2.5", 443), json!({"direction": "ingress", "account_id": ""}));
    let one = world().flows([near.clone(), back(near.clone())]).wire().await;
    let both = world().flows([near.clone(), back(near), far.clone(), back(far.clone())]).wire().await;
    assert_eq!(sums(&one), (Some(1000), Some(5000), Some(5)));
    assert_eq!(sums(&both), sums(&one));
    // The server's log alone tells it as well.
    let served = world().flows([far.clone(), back(far)]).wire().await;
    assert_eq!((sums(&served), served.workload_arn), (sums(&one), ec2("instance/i-app")));
}

#[tokio::test]
async fn a_nat_gateway_logs_it_twice_more() {
    let near = flow("eni-app", "10.0.1.10", PUBLIC, 443);
    let inner =
        but(flow("eni-nat", "10.0.1.10", "10.0.0.5", 443), json!({"direction": "ingress", "pkt_server_addr": PUBLIC}));
    let outer = but(flow("eni-nat", "10.0.0.5", PUBLIC, 443), json!({"traffic_path": 2}));
    let all = [near, inner, outer].into_iter().flat_map(|row| [row.clone(), back(row)]);
    let edge = world().flows(all).answer("10.0.1.10", BEDROCK, PUBLIC).wire().await;
    assert_eq!(sums(&edge), (Some(1000), Some(5000), Some(5)));
    assert_eq!((edge.path, edge.workload_arn), (PathClass::Internet, ec2("instance/i-app")));
}

#[tokio::test]
async fn somebody_behind_a_nat_gateway() {
    // The network of the client has no flow log: the gateway's shows that somebody calls.
    let outer = flow("eni-nat", "10.0.0.5", PUBLIC, 443);
    let edge = world().flows([outer.clone()]).answer("10.0.1.10", "api.openai.com", PUBLIC).wire().await;
    assert_eq!((edge.class, edge.workload_arn), (TrafficClass::ApplicationToModel, ec2("natgateway/nat-1")));
    assert_eq!(edge.workload_title, "behind nat-1");
    // What is no model is not worth a row that names nobody.
    assert!(world().flows([outer]).wires().await.is_empty());
}

#[tokio::test]
async fn hours_add_up() {
    let first = flow("eni-app", "10.0.1.10", "10.0.2.5", 443);
    let second = but(
        first.clone(),
        json!({"hour": "2026-11-20T02:00:00Z", "first_seen": "2026-11-20T02:10:00Z", "last_seen": "2026-11-20T02:20:00Z", "line": 9}),
    );
    let edge = world().flows([second, first]).wire().await;
    assert_eq!(sums(&edge), (Some(2000), Some(0), Some(4)));
    assert_eq!(edge.first_seen.to_string(), "2026-11-20T01:10:00Z");
    assert_eq!(edge.last_seen.to_string(), "2026-11-20T02:20:00Z");
    assert_eq!(edge.evidence.first().map(|place| place.line), Some(1));
}

#[tokio::test]
async fn many_ports_and_addresses_are_put_together() {
    let ports = (0..40).map(|port| flow("eni-app", "10.0.1.10", "10.0.1.20", 8000 + port));
    let edge = world().flows(ports).wire().await;
    assert_eq!((edge.port, edge.flows), (Some(0), Some(80)));
    let addresses = (0..150).map(|last| flow("eni-app", "10.0.1.10", &format!("198.51.100.{last}"), 443));
    let edges = world().flows(addresses).wires().await;
    assert_eq!(edges.len(), 101);
    let rest = edges.iter().find(|edge| edge.target_arn == "other addresses").unwrap();
    assert_eq!(rest.flows, Some(100));
}
