//! The target of a call: by id, by ARN, through an alias, or as it was called.

use serde_json::json;
use sightline_model::log::ApiCall;

use crate::world::{ACCOUNT, World, by_session};

fn estate() -> World {
    let arn = |what: &str| format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:{what}");
    World::new()
        .with(
            "aws_bedrock_inference_profile",
            &arn("inference-profile/us.claude"),
            json!({"inference_profile_id": "us.claude"}),
        )
        .with("aws_bedrock_imported_model", &arn("imported-model/abc"), json!({"model_name": "support-llama"}))
        .with(
            "aws_bedrock_provisioned_model_throughput",
            &arn("provisioned-model/p1"),
            json!({"provisioned_model_name": "bought"}),
        )
        .with("aws_bedrock_agent", &arn("agent/AGENT"), json!({"agent_id": "AGENT"}))
        .with(
            "aws_bedrock_agent_alias",
            &arn("agent-alias/AGENT/LIVE"),
            json!({"agent_id": "AGENT", "agent_alias_id": "LIVE"}),
        )
        .with("aws_bedrock_knowledge_base", &arn("knowledge-base/KB1"), json!({"knowledge_base_id": "KB1"}))
        .with("aws_bedrock_flow", &arn("flow/FLOW1"), json!({"id": "FLOW1"}))
        .with(
            "aws_sagemaker_endpoint",
            &format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/score"),
            json!({"endpoint_name": "score"}),
        )
}

#[tokio::test]
async fn what_the_inventory_has_is_found() {
    let cases = [
        ("bedrock", "InvokeModel", "us.claude", "inference-profile", "inference-profile/us.claude"),
        (
            "bedrock",
            "InvokeModel",
            "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc",
            "imported-model",
            "imported-model/abc",
        ),
        (
            "bedrock",
            "InvokeModel",
            "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/p1",
            "provisioned-model",
            "provisioned-model/p1",
        ),
        ("bedrock", "InvokeAgent", "AGENT/LIVE", "agent", "agent/AGENT"),
        (
            "bedrock",
            "InvokeAgent",
            "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT/LIVE",
            "agent",
            "agent/AGENT",
        ),
        ("bedrock", "InvokeAgent", "AGENT/TSTALIASID", "agent", "agent/AGENT"),
        ("bedrock", "Retrieve", "KB1", "knowledge-base", "knowledge-base/KB1"),
        ("bedrock", "InvokeFlow", "FLOW1/ALIAS", "flow", "flow/FLOW1"),
        ("sagemaker", "InvokeEndpoint", "score", "endpoint", "endpoint/score"),
    ];
    let calls = cases.map(|(source, event, called, ..)| ApiCall {
        event_source: format!("{source}.amazonaws.com"),
        event_name: event.into(),
        model_id: called.into(),
        ..by_session("app", "s")
    });
    for (edge, (.., called, kind, end)) in estate().each(calls).await.iter().zip(cases) {
        assert_eq!(edge.model_kind, kind, "{called}");
        assert!(edge.model_arn.ends_with(end), "{called}: {}", edge.model_arn);
    }
}

#[tokio::test]
async fn what_it_lacks_stays_as_it_was_called() {
    let called = ["us.nobody.knows-v1:0", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/gone", ""];
    let mut calls = called.map(|called| ApiCall { model_id: called.into(), ..by_session("app", "s") }).to_vec();
    // Another region's model of the same id is another model.
    calls.push(ApiCall { region: "eu-west-1".into(), model_id: "us.claude".into(), ..by_session("app", "s") });
    let edges = estate().each(calls).await;
    assert!(edges.iter().all(|edge| edge.model_kind == "unresolved"), "{edges:#?}");
    assert_eq!(edges.iter().map(|edge| edge.model_arn.as_str()).take(3).collect::<Vec<_>>(), called);
}

#[tokio::test]
async fn without_inventory_there_are_edges_all_the_same() {
    let edge = World::default().schemas(vec![]).calls([by_session("app", "i-0a")]).edge().await;
    assert_eq!(edge.model_kind, "unresolved");
}
