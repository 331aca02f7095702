//! Tokens and cost: of calls that both logs tell, and of invocations that no trail has.

use serde_json::{Value, json};
use sightline_model::edge::{Confidence, PathClass, WorkloadKind};
use sightline_model::lake_table::MODEL_INVOCATION;
use sightline_model::log::ApiCall;

use crate::world::{ACCOUNT, SONNET, World, by_session, role};

fn invocation(request: &str, identity: &str, tokens: [i64; 4]) -> Value {
    let [input, output, read, write] = tokens;
    json!({"request_id": request, "event_time": "2026-11-20T01:00:01Z", "account_id": ACCOUNT, "region": "us-east-1",
        "operation": "Converse", "model_id": SONNET, "identity_arn": identity, "input_tokens": input, "output_tokens": output,
        "cache_read_tokens": read, "cache_write_tokens": write, "object": "s3://logs/invocations.json.gz", "line": 7})
}

fn session(role: &str, name: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}")
}

fn requested(id: &str, call: ApiCall) -> ApiCall {
    ApiCall { request_id: id.into(), ..call }
}

#[tokio::test]
async fn tokens_are_joined_by_the_requests_id() {
    let calls = ["r-1", "r-2", "r-3"].map(|id| requested(id, by_session("app", "s")));
    let told = ["r-1", "r-2"].map(|id| invocation(id, &session("app", "s"), [1_000, 100, 10_000, 0]));
    // The same line, delivered twice, counts once.
    let again = told[0].clone();
    let discovery = World::new()
        .calls(calls)
        .with_rows(MODEL_INVOCATION, told)
        .with_rows(MODEL_INVOCATION, [again])
        .discovery(&[])
        .await;
    let [edge] = discovery.edges.as_slice() else { panic!("{:#?}", discovery.edges) };
    assert_eq!((edge.calls, edge.counted_calls), (3, Some(2)));
    assert_eq!((edge.input_tokens, edge.output_tokens, edge.cache_read_tokens), (Some(2_000), Some(200), Some(20_000)));
    // 2 × 0.003 + 0.2 × 0.015 + 20 × 0.0003
    assert!((edge.cost_usd.unwrap() - 0.015).abs() < 1e-9, "{:?}", edge.cost_usd);
    let proofs: Vec<(&str, &str, i64)> =
        discovery.evidence.iter().map(|one| (one.source.as_str(), one.proves.as_str(), one.line)).collect();
    assert!(proofs.contains(&("model_invocation", "tokens", 7)), "{proofs:?}");
    assert!(discovery.evidence.iter().all(|one| one.edge_id == edge.edge_id));
}

#[tokio::test]
async fn a_call_without_an_invocation_has_no_tokens() {
    let edge = World::new().calls([requested("r-1", by_session("app", "s"))]).edge().await;
    assert_eq!((edge.counted_calls, edge.input_tokens, edge.cost_usd), (None, None, None));
}

#[tokio::test]
async fn what_costs_an_unknown_price_has_no_cost() {
    let call = ApiCall { model_id: "nobody.knows".into(), ..requested("r-1", by_session("app", "s")) };
    let told = invocation("r-1", &session("app", "s"), [1, 1, 0, 0]);
    let edge = World::new().calls([call]).with_rows(MODEL_INVOCATION, [told]).edge().await;
    assert_eq!((edge.counted_calls, edge.cost_usd), (Some(1), None));
}

#[tokio::test]
async fn a_profile_of_the_accounts_own_costs_what_its_model_does_and_provisioned_throughput_nothing() {
    let arn = |what: &str| format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:{what}");
    let profile = arn("application-inference-profile/abc");
    let listed = json!({"inference_profile_id": "abc", "models": [{"modelArn": format!("arn:aws:bedrock:us-east-1::foundation-model/{SONNET}")}]});
    let calls = [profile.as_str(), &arn("provisioned-model/p1")]
        .map(|model| ApiCall { model_id: model.into(), ..requested(model, by_session("app", "s")) });
    let told: Vec<Value> =
        calls.iter().map(|call| invocation(&call.request_id, &session("app", "s"), [1_000, 0, 0, 0])).collect();
    let edges = World::new()
        .with("aws_bedrock_inference_profile", &profile, listed)
        .with(
            "aws_bedrock_provisioned_model_throughput",
            &arn("provisioned-model/p1"),
            json!({"provisioned_model_name": "p1"}),
        )
        .calls(calls)
        .with_rows(MODEL_INVOCATION, told)
        .edges()
        .await;
    let cost = |kind: &str| edges.iter().find(|edge| edge.model_kind == kind).unwrap().cost_usd.unwrap();
    assert!((cost("inference-profile") - 0.003).abs() < 1e-9);
    assert!(cost("provisioned-model").abs() < 1e-12);
}

#[tokio::test]
async fn an_invocation_that_no_trail_has_is_an_edge_without_a_path() {
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/team/fn");
    let function = json!({"function_name": "classify", "role": arn});
    let world = World::new().with("aws_iam_role", &arn, json!({})).with(
        "aws_lambda_function",
        &format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:classify"),
        function,
    );
    let told = [
        invocation("r-1", &session("fn", "classify"), [10, 1, 0, 0]),
        invocation("r-2", &session("app", "s"), [10, 1, 0, 0]),
    ];
    let world = world.calls([requested("r-2", by_session("app", "s"))]).with_rows(MODEL_INVOCATION, told);
    let edges = world.edges().await;
    let [trailed, untrailed] = edges.as_slice() else { panic!("{edges:#?}") };
    assert_eq!((trailed.identity_arn.clone(), trailed.calls), (role("app"), 1));
    assert_eq!((untrailed.workload_kind, untrailed.confidence), (WorkloadKind::Function, Confidence::Exact));
    assert_eq!((untrailed.path, untrailed.calls, untrailed.counted_calls), (PathClass::Unknown, 1, Some(1)));
    assert_eq!(untrailed.identity_arn, arn, "the role's ARN has its path");
    assert!(untrailed.attribution.ends_with("; only model invocation logs tell of the calls, no trail does"));
}

#[tokio::test]
async fn refused_invocations_are_errors() {
    let mut refused = invocation("r-1", &session("app", "s"), [0, 0, 0, 0]);
    refused["error_code"] = "ThrottlingException".into();
    let edge = World::new().with_rows(MODEL_INVOCATION, [refused]).edge().await;
    assert_eq!((edge.calls, edge.errors), (0, 1));
}
