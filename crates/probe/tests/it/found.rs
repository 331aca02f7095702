//! Targets out of the lake.

use serde_json::{Value, json};
use sightline_lake::Session;
use sightline_model::lake_table::{COVERAGE, EDGE, MODEL_ACCESS, RESOURCE, RUN, SCAN, SELF_HOSTED_MODEL};
use sightline_model::{LakeTable, run_record};
use sightline_probe::{Found, FoundTargets, Pricing, found};

const ACCOUNT: &str = "123456789012";
const HAIKU: &str = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0";
const AT: &str = "2026-11-20T10:00:00Z";

fn arn(rest: &str) -> String {
    format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:{rest}")
}

fn sagemaker(rest: &str) -> String {
    format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:{rest}")
}

fn resource(table: &str, arn: impl Into<String>, title: &str, config: Value) -> Value {
    json!({"scan_id": "s1", "account_id": ACCOUNT, "partition": "aws", "region": "us-east-1", "table_name": table,
        "arn": arn.into(), "title": title, "tags": {}, "config": config, "collected_at": AT})
}

fn model(id: &str, outputs: &[&str], ways: &[&str]) -> Value {
    let arn = format!("arn:aws:bedrock:us-east-1::foundation-model/{id}");
    let config = json!({"model_arn": arn, "output_modalities": outputs, "inference_types_supported": ways});
    resource("aws_bedrock_foundation_model", arn, id, config)
}

fn estate() -> Vec<(&'static LakeTable, Vec<Value>)> {
    let profile = |id: &str, kind: &str, model: &str| {
        let kind_of = if kind == "APPLICATION" { "application-inference-profile" } else { "inference-profile" };
        let config = json!({"status": "ACTIVE", "type": kind, "models": [{"modelArn": model}]});
        resource("aws_bedrock_inference_profile", arn(&format!("{kind_of}/{id}")), id, config)
    };
    let endpoint = |name: &str, status: &str, more: Value| {
        let mut config =
            json!({"endpoint_name": name, "endpoint_status": status, "endpoint_config_name": format!("{name}-config")});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        resource("aws_sagemaker_endpoint", sagemaker(&format!("endpoint/{name}")), name, config)
    };
    let variants = |model: &str| json!({"production_variants": [{"ModelName": model}]});
    let config = |name: &str, content: Value| {
        resource("aws_sagemaker_endpoint_config", sagemaker(&format!("endpoint-config/{name}")), name, content)
    };
    let resources = vec![
        model("anthropic.claude-3-haiku-20240307-v1:0", &["TEXT"], &["ON_DEMAND"]),
        model("anthropic.claude-sonnet-4-20250514-v1:0", &["TEXT"], &["INFERENCE_PROFILE"]),
        model("amazon.titan-embed-text-v2:0", &["EMBEDDING"], &["ON_DEMAND"]),
        model("cohere.command-r-v1:0", &["TEXT"], &["ON_DEMAND"]),
        profile("abc123", "APPLICATION", HAIKU),
        profile(
            "us.amazon.titan-embed-text-v2:0",
            "SYSTEM_DEFINED",
            "arn:aws:bedrock:us-west-2::foundation-model/amazon.titan-embed-text-v2:0",
        ),
        resource(
            "aws_bedrock_provisioned_model_throughput",
            arn("provisioned-model/p1"),
            "p1",
            json!({"status": "InService", "foundation_model_arn": HAIKU}),
        ),
        resource(
            "aws_bedrock_provisioned_model_throughput",
            arn("provisioned-model/p2"),
            "p2",
            json!({"status": "Creating"}),
        ),
        resource("aws_bedrock_custom_model", arn("custom-model/c1"), "c1", json!({})),
        resource(
            "aws_bedrock_custom_model_deployment",
            arn("custom-model-deployment/d1"),
            "d1",
            json!({"status": "Active"}),
        ),
        resource("aws_bedrock_imported_model", arn("imported-model/i1"), "i1", json!({"instruct_supported": true})),
        resource(
            "aws_bedrock_agent",
            arn("agent/AG1"),
            "helper",
            json!({"agent_id": "AG1", "agent_status": "PREPARED"}),
        ),
        resource(
            "aws_bedrock_agent_alias",
            arn("agent-alias/AG1/AL1"),
            "live",
            json!({"agent_arn": arn("agent/AG1"), "agent_alias_status": "PREPARED"}),
        ),
        resource(
            "aws_bedrock_agent_alias",
            arn("agent-alias/AG1/AL2"),
            "next",
            json!({"agent_arn": arn("agent/AG1"), "agent_alias_status": "FAILED"}),
        ),
        resource("aws_bedrock_agent", arn("agent/AG2"), "bare", json!({"agent_id": "AG2", "agent_status": "PREPARED"})),
        resource("aws_bedrock_knowledge_base", arn("knowledge-base/KB1"), "docs", json!({"status": "ACTIVE"})),
        resource("aws_bedrock_flow", arn("flow/FL1"), "steps", json!({"status": "Prepared"})),
        resource("aws_bedrock_flow_alias", arn("flow/FL1/alias/FA1"), "live", json!({"flow_arn": arn("flow/FL1")})),
        endpoint("chat", "InService", json!({})),
        config("chat-config", variants("chat-model")),
        endpoint("later", "InService", json!({"async_inference_config": {"OutputConfig": {}}})),
        endpoint("down", "Failed", json!({})),
        endpoint("light", "InService", json!({})),
        config(
            "light-config",
            json!({"production_variants": [{"ModelName": "m", "ServerlessConfig": {"MemorySizeInMB": 2048}}]}),
        ),
        endpoint("shared", "InService", json!({})),
        resource(
            "aws_sagemaker_inference_component",
            sagemaker("inference-component/one"),
            "one",
            json!({
            "endpoint_arn": sagemaker("endpoint/shared"), "inference_component_status": "InService", "specification": {"ModelName": "chat-model"}}),
        ),
        resource(
            "kubernetes_service",
            format!("arn:aws:eks:us-east-1:{ACCOUNT}:cluster/c/service/llm/vllm"),
            "llm/vllm",
            json!({
            "cluster_arn": format!("arn:aws:eks:us-east-1:{ACCOUNT}:cluster/c"), "namespace": "llm", "name": "vllm",
            "ports": [{"port": 80, "targetPort": 8000}, {"port": 9090, "targetPort": 9090}]}),
        ),
    ];
    let hosted = |arn: String, kind: &str, title: &str, engine: &str, cluster: String| {
        json!({"run_id": "r1", "account_id": ACCOUNT, "region": "us-east-1", "cluster_arn": cluster, "workload_arn": arn, "workload_kind": kind,
            "workload_title": title, "container": "main", "image": "i", "engine": engine, "model": "m", "certainty": "high", "pods": 1,
            "gpus": {}, "ports": [8000], "role_arn": "", "evidence": []})
    };
    let cluster = format!("arn:aws:eks:us-east-1:{ACCOUNT}:cluster/c");
    let edge = |model: &str, kind: &str, application: &str, calls: i64| {
        json!({"run_id": "r1", "edge_id": model, "account_id": ACCOUNT, "region": "us-east-1", "class": "application_to_model", "model_arn": model,
            "model_kind": kind, "model_title": model, "application": application, "calls": calls})
    };
    vec![
        (
            SCAN,
            vec![
                json!({"scan_id": "s1", "account_id": ACCOUNT, "partition": "aws", "started_at": AT, "finished_at": AT}),
            ],
        ),
        (RESOURCE, resources),
        (
            COVERAGE,
            vec![
                json!({"scan_id": "s1", "account_id": ACCOUNT, "region": "eu-west-1", "table_name": "aws_bedrock_agent", "operation": "bedrock-agent:ListAgents",
            "outcome": "denied", "error_code": "AccessDeniedException", "collected_at": AT}),
            ],
        ),
        (RUN, vec![json!({"run_id": "r1", "kind": run_record::MAP, "finished_at": AT})]),
        (
            SELF_HOSTED_MODEL,
            vec![
                hosted(sagemaker("model/chat-model"), "sagemaker_model", "chat-model", "tgi", String::new()),
                hosted(format!("{cluster}/deployment/llm/vllm"), "Deployment", "llm/vllm", "vllm", cluster.clone()),
            ],
        ),
        (
            EDGE,
            vec![
                edge(HAIKU, "foundation-model", "search", 7),
                edge(HAIKU, "foundation-model", "", 2),
                edge(&arn("agent/AG1"), "agent", "search", 3),
                edge(&sagemaker("endpoint/shared"), "endpoint", "shop", 4),
                edge("api.openai.com", "public-ai", "shop", 1),
            ],
        ),
        (
            MODEL_ACCESS,
            vec![json!({"run_id": "a1", "account_id": ACCOUNT, "principal_arn": "p", "action": "bedrock:InvokeModel",
            "resource_arn": "arn:aws:bedrock:*::foundation-model/cohere.*", "decision": "allow", "evaluated_at": AT})],
        ),
    ]
}

async fn targets() -> FoundTargets {
    found(&Session::in_memory(&[], estate()).unwrap()).await.unwrap()
}

fn by<'t>(targets: &'t FoundTargets, end: &str) -> &'t Found {
    targets.targets.iter().find(|target| target.arn.ends_with(end)).unwrap_or_else(|| panic!("{end} is not found"))
}

#[tokio::test]
async fn what_can_be_probed_and_why_not() {
    let all = targets().await;
    for end in [
        "anthropic.claude-3-haiku-20240307-v1:0",
        "cohere.command-r-v1:0",
        "application-inference-profile/abc123",
        "provisioned-model/p1",
        "custom-model-deployment/d1",
        "imported-model/i1",
        "agent-alias/AG1/AL1",
        "knowledge-base/KB1",
        "flow/FL1/alias/FA1",
        "endpoint/chat",
        "inference-component/one",
        "endpoint/light",
    ] {
        assert_eq!(by(&all, end).obstacle, "", "{end}");
    }
    for (end, why) in [
        ("foundation-model/anthropic.claude-sonnet-4-20250514-v1:0", "inference profile"),
        ("foundation-model/amazon.titan-embed-text-v2:0", "no text"),
        ("inference-profile/us.amazon.titan-embed-text-v2:0", "no text"),
        ("provisioned-model/p2", "its status is Creating"),
        ("custom-model/c1", "deployment"),
        ("agent-alias/AG1/AL2", "its status is FAILED"),
        ("agent/AG2", "no alias"),
        ("endpoint/later", "into a bucket"),
        ("endpoint/down", "its status is Failed"),
        ("deployment/llm/vllm", "--url http://vllm.llm.svc:80/v1"),
        ("api.openai.com", "outside of your accounts"),
    ] {
        let obstacle = &by(&all, end).obstacle;
        assert!(obstacle.contains(why), "{end}: {obstacle}");
    }
    assert!(
        !all.targets.iter().any(|target| target.arn.ends_with("endpoint/shared")),
        "it is called by its components"
    );
    assert!(!by(&all, "deployment/llm/vllm").obstacle.contains("9090"), "a port that the model does not have");
    assert_eq!(all.unread, ["aws_bedrock_agent of eu-west-1 (AccessDeniedException)"]);
}

#[tokio::test]
async fn use_and_prices_are_known() {
    let all = targets().await;
    let haiku = by(&all, HAIKU);
    assert_eq!((haiku.calls, haiku.is_in_use(), haiku.is_accessible), (9, true, false));
    assert!(haiku.applications.contains("search") && haiku.applications.len() == 1);
    assert_eq!(by(&all, "agent-alias/AG1/AL1").calls, 3, "calls are of the agent, whatever the alias");
    assert!(by(&all, "inference-component/one").applications.contains("shop"));
    let command = by(&all, "cohere.command-r-v1:0");
    assert!(command.is_accessible && command.is_in_use(), "policies let somebody call it");
    assert!(!by(&all, "amazon.titan-embed-text-v2:0").is_in_use());

    assert_eq!(by(&all, "application-inference-profile/abc123").pricing, Pricing::LikeModels(vec![HAIKU.to_owned()]));
    assert_eq!(
        (&by(&all, "endpoint/chat").pricing, by(&all, "endpoint/chat").engine.as_str()),
        (&Pricing::Paid, "tgi")
    );
    assert_eq!(by(&all, "provisioned-model/p1").pricing, Pricing::Paid);
    for end in ["endpoint/light", "agent-alias/AG1/AL1", "knowledge-base/KB1", "imported-model/i1"] {
        assert_eq!(by(&all, end).pricing, Pricing::Unknown, "{end}");
    }
    assert!(
        by(&all, "agent-alias/AG1/AL1").is_named(&arn("agent/AG1"))
            && by(&all, "inference-component/one").is_named(&sagemaker("endpoint/shared"))
    );
}

#[tokio::test]
async fn what_aws_offers_is_called_in_one_account_and_not_in_another() {
    let mut estate = estate();
    let mut elsewhere = model("anthropic.claude-3-haiku-20240307-v1:0", &["TEXT"], &["ON_DEMAND"]);
    elsewhere["account_id"] = json!("999999999999");
    elsewhere["scan_id"] = json!("s2");
    estate[1].1.push(elsewhere);
    estate[0].1.push(
        json!({"scan_id": "s2", "account_id": "999999999999", "partition": "aws", "started_at": AT, "finished_at": AT}),
    );
    let all = found(&Session::in_memory(&[], estate).unwrap()).await.unwrap();
    let calls: Vec<(&str, i64)> =
        all.targets.iter().filter(|one| one.arn == HAIKU).map(|one| (one.account_id.as_str(), one.calls)).collect();
    assert_eq!(calls, [(ACCOUNT, 9), ("999999999999", 0)]);
    assert!(all.unknown.is_empty(), "a map and an evaluation are there");
}

#[tokio::test]
async fn an_empty_lake_has_none() {
    let all = found(&Session::in_memory(&[], Vec::new()).unwrap()).await.unwrap();
    assert!(all.targets.is_empty() && all.unread.is_empty());
    assert!(
        all.unknown[0].contains("sightline map") && all.unknown[1].contains("sightline access"),
        "{:?}",
        all.unknown
    );
}
