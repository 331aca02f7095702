//! What is one edge, and what it says.

use sightline_model::edge::Confidence;
use sightline_model::log::ApiCall;

use crate::world::{World, by_session, call};

fn at(hour: u8, line: i64, call: ApiCall) -> ApiCall {
    ApiCall {
        event_id: format!("e-{line}"),
        line,
        event_time: format!("2026-11-20T{hour:02}:00:00Z").parse().unwrap(),
        ..call
    }
}

#[tokio::test]
async fn calls_of_one_workload_model_and_path_are_one_edge() {
    let refused = ApiCall { error_code: "AccessDeniedException".into(), ..by_session("app", "s") };
    let other_key = ApiCall {
        access_key_id: "ASIAOTHER".into(),
        event_name: "InvokeModel".into(),
        source_ip: "203.0.113.10".into(),
        ..by_session("app", "s")
    };
    let calls = [
        at(5, 5, by_session("app", "s")),
        at(2, 2, other_key.clone()),
        at(3, 3, refused),
        at(4, 4, other_key),
        at(1, 1, by_session("app", "s")),
    ];
    let mut edge = World::new().calls(calls).edge().await;
    edge.controls.clear();
    insta::assert_json_snapshot!(edge, @r#"
    {
      "run_id": "20261122T000000Z-000001",
      "edge_id": "e2c41d384c5206eb2e8ab4a6d7db2b0f",
      "class": "application_to_model",
      "account_id": "123456789012",
      "region": "us-east-1",
      "workload_arn": "arn:aws:iam::123456789012:role/app",
      "workload_kind": "role",
      "workload_title": "app",
      "application": "",
      "identity_arn": "arn:aws:iam::123456789012:role/app",
      "model_arn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0",
      "model_kind": "foundation-model",
      "model_title": "0",
      "target_arn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0",
      "target_kind": "foundation-model",
      "target_title": "0",
      "target_application": "",
      "service": "",
      "port": null,
      "path": "internet",
      "path_evidence": "203.0.113.10; 203.0.113.9",
      "calls": 4,
      "errors": 1,
      "flows": null,
      "bytes_out": null,
      "bytes_in": null,
      "bytes_shared": null,
      "input_tokens": null,
      "output_tokens": null,
      "cache_read_tokens": null,
      "cache_write_tokens": null,
      "counted_calls": null,
      "cost_usd": null,
      "first_seen": "2026-11-20T01:00:00Z",
      "last_seen": "2026-11-20T05:00:00Z",
      "confidence": "session",
      "attribution": "a session of the role, named `s`, tells no workload",
      "controls": [],
      "evidence": [
        {
          "object": "s3://logs/trail.json.gz",
          "line": 1,
          "event_id": "e-1"
        },
        {
          "object": "s3://logs/trail.json.gz",
          "line": 2,
          "event_id": "e-2"
        },
        {
          "object": "s3://logs/trail.json.gz",
          "line": 4,
          "event_id": "e-4"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn models_paths_regions_and_identities_part_edges() {
    let edges = World::new()
        .calls([
            by_session("app", "s"),
            by_session("other", "s"),
            ApiCall { region: "eu-west-1".into(), ..by_session("app", "s") },
            ApiCall { model_id: "another".into(), ..by_session("app", "s") },
            ApiCall { source_ip: "10.0.0.1".into(), ..by_session("app", "s") },
        ])
        .edges()
        .await;
    assert_eq!(edges.len(), 5);
    let ids: std::collections::BTreeSet<_> = edges.iter().map(|edge| edge.edge_id.as_str()).collect();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn the_weakest_join_is_the_edges() {
    // The same role as notebook's own session and as a session that tells nothing gives two workloads; as one user, one edge.
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/n";
    let world = World::new().with(
        "aws_sagemaker_notebook_instance",
        arn,
        serde_json::json!({"role_arn": crate::world::role("nb")}),
    );
    let edges = world.calls([by_session("nb", "SageMaker"), by_session("nb", "else")]).edges().await;
    assert_eq!(edges.len(), 2);
    assert!(edges.iter().all(|edge| edge.confidence == Confidence::Session));
}

#[tokio::test]
async fn other_calls_and_calls_of_the_future_are_no_edges() {
    let other = |source: &str, name: &str| ApiCall { event_source: source.into(), event_name: name.into(), ..call() };
    let calls = [
        other("bedrock.amazonaws.com", "ListFoundationModels"),
        other("bedrock.amazonaws.com", "ApplyGuardrail"),
        other("lambda.amazonaws.com", "InvokeModel"),
        ApiCall { event_time: "2027-01-01T00:00:00Z".parse().unwrap(), ..call() },
    ];
    assert!(World::new().calls(calls).edges().await.is_empty());
}

#[tokio::test]
async fn a_lake_on_disk_gives_the_same_edges() {
    let world = || {
        let policy = serde_json::json!({"vpc_endpoint_id": "vpce-1", "policy_document": {"Statement": []}});
        let private =
            ApiCall { source_ip: "10.0.0.1".into(), vpc_endpoint_id: "vpce-1".into(), ..by_session("app", "s") };
        World::new()
            .with("aws_vpc_endpoint", "arn:aws:ec2:us-east-1:123456789012:vpc-endpoint/vpce-1", policy)
            .coverage("aws_vpc_endpoint", "ok")
            .calls([at(1, 1, private), at(2, 2, by_session("app", "s"))])
    };
    let edges = world().edges_on_disk().await;
    assert_eq!(edges.len(), 2);
    assert_eq!(edges, world().edges().await);
}

#[tokio::test]
async fn an_event_that_is_delivered_twice_counts_once() {
    let first = at(1, 1, call());
    let again = ApiCall { object: "s3://logs/again.json.gz".into(), line: 9, ..first.clone() };
    let edge = World::new().calls([first, again, at(2, 2, call())]).edge().await;
    assert_eq!((edge.calls, edge.evidence.len()), (2, 2));
}
