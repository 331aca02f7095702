//! Connections and calls of one workload: whose bytes they are, and which way calls go of which no event tells it.

use serde_json::json;
use sightline_model::edge::{Edge, PathClass};
use sightline_model::log::ApiCall;

use super::{back, but, ec2, flow, world};
use crate::world::{SONNET, World, by_session};

fn called(model: &str, endpoint: &str) -> ApiCall {
    ApiCall {
        model_id: model.into(),
        source_ip: "10.0.1.10".into(),
        vpc_endpoint_id: endpoint.into(),
        ec2_role_delivery: "2.0".into(),
        ..by_session("app", "i-app")
    }
}

/// Both ways of a connection of an instance to the endpoint.
fn connected(world: World, name: &str, address: &str) -> World {
    let out = flow(&format!("eni-{name}"), address, "10.0.2.5", 443);
    world.flows([out.clone(), back(out)])
}

fn of<'e>(edges: &'e [Edge], instance: &str) -> Vec<&'e Edge> {
    edges.iter().filter(|edge| edge.workload_arn == ec2(&format!("instance/{instance}"))).collect()
}

#[tokio::test]
async fn the_bytes_of_a_service_are_of_all_its_models_together() {
    let world = connected(world(), "app", "10.0.1.10").calls([called(SONNET, "vpce-1"), called("another", "vpce-1")]);
    let discovery = world.discovery(&[]).await;
    let edges = of(&discovery.edges, "i-app");
    assert_eq!((edges.len(), discovery.edges.len()), (2, 2), "{:#?}", discovery.edges);
    for edge in edges {
        assert_eq!((edge.bytes_out, edge.bytes_in, edge.bytes_shared), (Some(1_000), Some(5_000), Some(2)));
        assert_eq!((edge.calls, edge.path), (1, PathClass::InterfaceEndpoint));
        let proved = discovery.evidence.iter().filter(|one| one.edge_id == edge.edge_id);
        assert!(proved.into_iter().any(|one| one.source == "flow" && one.proves == "connection"));
    }
}

#[tokio::test]
async fn anothers_connection_is_not_theirs() {
    let world = connected(world(), "web", "10.0.1.11").calls([called(SONNET, "vpce-1")]);
    let edges = world.edges().await;
    let [called] = of(&edges, "i-app")[..] else { panic!("{edges:#?}") };
    assert_eq!((called.flows, called.bytes_shared), (None, None));
    let [connected] = of(&edges, "i-web")[..] else { panic!("{edges:#?}") };
    assert_eq!((connected.model_kind.as_str(), connected.calls), ("unknown-model", 0));
}

#[tokio::test]
async fn calls_whose_event_tells_no_path_go_the_way_of_the_connections() {
    let untold = || called(SONNET, "");
    let edges = connected(world(), "app", "10.0.1.10").calls([untold()]).edges().await;
    let [edge] = of(&edges, "i-app")[..] else { panic!("{edges:#?}") };
    assert_eq!((edge.path, edge.path_evidence.as_str()), (PathClass::InterfaceEndpoint, "vpce-1"));
    assert_eq!(edge.bytes_shared, Some(1));
    let edges = connected(world(), "web", "10.0.1.11").calls([untold()]).edges().await;
    assert_eq!(of(&edges, "i-app")[0].path, PathClass::Unknown);
}

#[tokio::test]
async fn an_address_that_nobody_is_known_to_have_is_of_whose_calls_came_from_it() {
    // No cluster was read: the connection has an address, the trail a session.
    let at = "2026-11-20T01:12:00Z".parse().unwrap();
    let pod = || ApiCall { source_ip: "10.0.1.99".into(), event_time: at, ..called(SONNET, "vpce-1") };
    let link = || but(flow("eni-ep", "10.0.1.99", "10.0.2.5", 443), json!({"direction": "ingress"}));
    let edges = world().flows([link()]).calls([pod()]).edges().await;
    let [edge] = &edges[..] else { panic!("{edges:#?}") };
    assert_eq!((edge.workload_arn.clone(), edge.calls, edge.bytes_shared), (ec2("instance/i-app"), 1, Some(1)));

    // From another address, through another endpoint, or at another time, it is not.
    let later = ApiCall { event_time: "2026-11-20T09:00:00Z".parse().unwrap(), ..pod() };
    let other = ApiCall { source_ip: "10.0.1.98".into(), ..pod() };
    for call in [later, other, ApiCall { vpc_endpoint_id: "vpce-other".into(), ..pod() }] {
        let edges = world().flows([link()]).calls([call]).edges().await;
        assert_eq!(edges.len(), 2, "{edges:#?}");
        assert!(edges.iter().any(|edge| edge.workload_arn == "vpc-1/10.0.1.99"));
    }
}
