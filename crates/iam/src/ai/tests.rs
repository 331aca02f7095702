//! Each kind of model, asked of a small organization.

use super::*;
use crate::direct::Interpreter;
use crate::organization::Organization;
use crate::reach::{Ask, Graph};
use insta::assert_debug_snapshot;
use serde_json::{Value, json};

const ACCOUNT: &str = "111111111111";
const OTHER: &str = "222222222222";

fn resource(service: &str, name: &str) -> String {
    format!("arn:aws:{service}:us-east-1:{ACCOUNT}:{name}")
}

fn foundation(region: &str) -> String {
    format!("arn:aws:bedrock:{region}::foundation-model/m")
}

fn allow(action: &str, resources: &[&str]) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resources })
}

fn deny_other_regions() -> Value {
    let regions = json!({ "StringNotEquals": { "aws:RequestedRegion": ["us-east-1", "us-east-2"] } });
    json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": regions })
}

/// Users by name, `account/name` where it is another account, and their statements.
fn organization(users: &[(&str, Vec<Value>)]) -> Organization {
    let principals = users.iter().map(|(name, statements)| {
        let (account, name) = name.split_once('/').unwrap_or((ACCOUNT, name));
        json!({
            "arn": format!("arn:aws:iam::{account}:user/{name}"), "account": account, "kind": "user",
            "inline": [{ "Version": "2012-10-17", "Statement": statements }],
        })
    });
    let file = json!({ "org_id": "o-1", "accounts": [ACCOUNT, OTHER], "principals": principals.collect::<Vec<_>>() });
    Organization::read(file.to_string().as_bytes()).unwrap().0
}

/// Who can, and who may some parts alone: `name Allow`, `name misses region us-west-2`.
fn who(organization: &Organization, ask: &Ask) -> Vec<String> {
    let direct = Interpreter { organization };
    let graph = Graph::new(organization, &direct);
    let asks = [ask.clone()];
    let reached = graph.reach(&direct, &asks);
    let name = |at: usize| organization.principals[at].name();
    let can =
        reached.accesses(0).into_iter().map(|row| format!("{} {:?} {}", name(row.principal), row.tri, row.words()));
    let misses = reached.misses(0).into_iter().map(|miss| {
        let parts: Vec<String> = miss.failing.into_iter().map(|part| part.label).collect();
        format!("{} misses {}", name(miss.principal), parts.join(", "))
    });
    can.chain(misses).map(|row| row.trim_end().to_owned()).collect()
}

fn first(model: Model, guardrails: Vec<EnforcedGuardrail>) -> Ask {
    asks(&Models { models: vec![model], guardrails }).remove(0)
}

fn profile(models: &[String]) -> Model {
    Model::new(&resource("bedrock", "inference-profile/us.m"), ModelKind::InferenceProfile { models: models.to_vec() })
}

#[test]
fn a_profile_needs_its_model_in_every_region() {
    let organization = organization(&[
        ("all", vec![allow("bedrock:*", &["*"])]),
        ("one-region-less", vec![allow("bedrock:*", &["*"]), deny_other_regions()]),
        ("no-model", vec![allow("bedrock:InvokeModel", &["arn:aws:bedrock:*:*:inference-profile/*"])]),
        ("nothing", vec![]),
        ("222222222222/elsewhere", vec![allow("bedrock:*", &["*"])]),
    ]);
    let ask = first(profile(&[foundation("us-east-2"), foundation("us-west-2")]), Vec::new());
    assert_debug_snapshot!(who(&organization, &ask), @r#"
    [
        "all Allow",
        "one-region-less misses region us-west-2",
        "no-model misses region us-east-1, region us-east-2, region us-west-2",
    ]
    "#);
}

#[test]
fn a_model_through_its_profile_alone() {
    let through =
        json!({ "StringLike": { "bedrock:InferenceProfileArn": "arn:aws:bedrock:*:*:inference-profile/us.*" } });
    let mut models = allow("bedrock:InvokeModel", &["arn:aws:bedrock:*::foundation-model/*"]);
    models["Condition"] = through;
    let organization = organization(&[(
        "a",
        vec![models, allow("bedrock:InvokeModel", &["arn:aws:bedrock:*:*:inference-profile/*"])],
    )]);
    assert_eq!(who(&organization, &first(profile(&[foundation("us-east-1")]), Vec::new())), ["a Allow"]);
    let direct = Model::new(&foundation("us-east-1"), ModelKind::Foundation);
    assert_eq!(who(&organization, &first(direct, Vec::new())), Vec::<String>::new());
}

#[test]
fn what_region_a_global_profile_asks_for_is_not_settled() {
    let organization = organization(&[
        ("all", vec![allow("bedrock:*", &["*"])]),
        ("regions", vec![allow("bedrock:*", &["*"]), deny_other_regions()]),
        ("no-global-model", vec![allow("bedrock:*", &["arn:aws:bedrock:us-east-1:*:*"])]),
    ]);
    let ask = first(profile(&[foundation("us-east-1"), foundation("")]), Vec::new());
    assert_debug_snapshot!(who(&organization, &ask), @r#"
    [
        "all Allow",
        "regions Conditional unless aws:RequestedRegion is `unspecified` for a global profile",
        "no-global-model misses any region",
    ]
    "#);
}

#[test]
fn an_enforced_guardrail() {
    let guardrail = resource("bedrock", "guardrail/g");
    let mut either = allow("bedrock:ApplyGuardrail", &[&guardrail]);
    either["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let mut organization = organization(&[
        ("all", vec![allow("bedrock:*", &["*"])]),
        ("with-mfa", vec![allow("bedrock:InvokeModel", &["*"]), either]),
        ("without", vec![allow("bedrock:InvokeModel", &["*"])]),
        ("222222222222/not-bound", vec![allow("bedrock:InvokeModel", &["*"])]),
    ]);
    organization.assumptions = crate::organization::Assumptions::Open;
    let model = Model::new(&foundation("us-east-1"), ModelKind::Foundation);
    let enforced = EnforcedGuardrail::new(&format!("{guardrail}:1"), &[ACCOUNT]);
    assert_debug_snapshot!(who(&organization, &first(model.clone(), vec![enforced.clone()])), @r#"
    [
        "all Allow",
        "with-mfa Conditional with MFA",
        "not-bound Allow",
        "without misses enforced guardrail arn:aws:bedrock:us-east-1:111111111111:guardrail/g",
    ]
    "#);
    let elsewhere = EnforcedGuardrail { region: "eu-west-1".to_owned(), ..enforced };
    assert_eq!(first(model, vec![elsewhere]).parts.len(), 1);
}

#[test]
fn a_project_and_its_models() {
    let mut one = allow("bedrock-mantle:CreateInference", &["*"]);
    one["Condition"] = json!({ "StringEquals": { "bedrock-mantle:Model": "openai.gpt-oss-120b" } });
    let organization = organization(&[("one", vec![one]), ("all", vec![allow("bedrock-mantle:*", &["*"])])]);
    let models = vec!["openai.gpt-oss-120b".to_owned(), "openai.gpt-oss-20b".to_owned()];
    let project = Model::new(&resource("bedrock-mantle", "project/default"), ModelKind::MantleProject { models });
    let found: Vec<_> = asks(&Models { models: vec![project], guardrails: Vec::new() })
        .iter()
        .map(|ask| (ask.parts[0].label.clone(), who(&organization, ask)))
        .collect();
    assert_debug_snapshot!(found, @r#"
    [
        (
            "openai.gpt-oss-120b",
            [
                "one Allow",
                "all Allow",
            ],
        ),
        (
            "openai.gpt-oss-20b",
            [
                "all Allow",
            ],
        ),
    ]
    "#);
}

#[test]
fn a_runtime_whose_endpoint_may_be_asked_for_too() {
    let runtime = resource("bedrock-agentcore", "runtime/r");
    let organization = organization(&[
        ("both", vec![allow("bedrock-agentcore:InvokeAgentRuntime", &[&format!("{runtime}*")])]),
        ("runtime", vec![allow("bedrock-agentcore:InvokeAgentRuntime", &[&runtime])]),
        ("endpoint", vec![allow("bedrock-agentcore:InvokeAgentRuntime", &[&format!("{runtime}/*")])]),
    ]);
    let ask = first(Model::new(&runtime, ModelKind::AgentRuntime { endpoints: Vec::new() }), Vec::new());
    assert_debug_snapshot!(who(&organization, &ask), @r#"
    [
        "both Allow",
        "runtime Conditional if AWS does not ask for the action on the endpoint beside what it belongs to",
    ]
    "#);
}

#[test]
fn what_is_asked_of_each_kind() {
    let bedrock = |name: &str, kind| Model::new(&resource("bedrock", name), kind);
    let sagemaker = |name: &str| resource("sagemaker", name);
    let none = Vec::new;
    let models = vec![
        Model::new(&foundation("us-east-1"), ModelKind::Foundation),
        bedrock("default-prompt-router/p", ModelKind::PromptRouter { models: vec![foundation("us-east-1")] }),
        bedrock("custom-model-deployment/c", ModelKind::CustomDeployment),
        bedrock("imported-model/i", ModelKind::Imported),
        bedrock("provisioned-model/p", ModelKind::Provisioned),
        bedrock("marketplace/model-endpoint/all-access", ModelKind::Marketplace),
        bedrock("agent-alias/A/B", ModelKind::AgentAlias),
        bedrock("flow/F/alias/B", ModelKind::FlowAlias),
        bedrock("knowledge-base/K", ModelKind::KnowledgeBase),
        bedrock("guardrail/G", ModelKind::Guardrail),
        Model::new(&resource("bedrock-mantle", "project/default"), ModelKind::MantleProject { models: none() }),
        Model::new(&resource("bedrock-agentcore", "harness/h"), ModelKind::Harness { endpoints: none() }),
        Model::new(&resource("bedrock-agentcore", "gateway/g"), ModelKind::Gateway),
        Model::new(&resource("bedrock-agentcore", "code-interpreter-custom/c"), ModelKind::CodeInterpreter),
        Model::new(&resource("bedrock-agentcore", "memory/m"), ModelKind::Memory),
        Model::new(&sagemaker("endpoint/e"), ModelKind::Endpoint { components: none() }),
        Model::new(
            &sagemaker("endpoint/f"),
            ModelKind::Endpoint { components: vec![sagemaker("inference-component/c")] },
        ),
    ];
    let asks = asks(&Models { models, guardrails: Vec::new() });
    for ask in &asks {
        let known = crate::catalogue::ai_actions().iter().any(|action| action.name == ask.action);
        assert!(known, "{} is no action that uses AI", ask.action);
    }
    let shown: Vec<String> = asks
        .iter()
        .map(|ask| {
            let parts: Vec<&str> =
                ask.parts.iter().map(|part| part.question.resource.splitn(6, ':').nth(5).unwrap()).collect();
            format!("{} {}", ask.action, parts.join(" & "))
        })
        .collect();
    assert_debug_snapshot!(shown, @r#"
    [
        "bedrock:InvokeModel foundation-model/m",
        "bedrock:InvokeModelWithResponseStream foundation-model/m",
        "bedrock:InvokeModel default-prompt-router/p & foundation-model/m",
        "bedrock:InvokeModelWithResponseStream default-prompt-router/p & foundation-model/m",
        "bedrock:InvokeModel custom-model-deployment/c",
        "bedrock:InvokeModelWithResponseStream custom-model-deployment/c",
        "bedrock:InvokeModel imported-model/i",
        "bedrock:InvokeModelWithResponseStream imported-model/i",
        "bedrock:InvokeModel provisioned-model/p",
        "bedrock:InvokeModelWithResponseStream provisioned-model/p",
        "bedrock:InvokeModel marketplace/model-endpoint/all-access",
        "bedrock:InvokeModelWithResponseStream marketplace/model-endpoint/all-access",
        "bedrock:InvokeAgent agent-alias/A/B",
        "bedrock:InvokeFlow flow/F/alias/B",
        "bedrock:Retrieve knowledge-base/K",
        "bedrock:ApplyGuardrail guardrail/G",
        "bedrock-mantle:CreateInference project/default",
        "bedrock-agentcore:InvokeHarness harness/h & harness/h/harness-endpoint/DEFAULT",
        "bedrock-agentcore:InvokeGateway gateway/g",
        "bedrock-agentcore:InvokeCodeInterpreter code-interpreter-custom/c",
        "bedrock-agentcore:RetrieveMemoryRecords memory/m",
        "sagemaker:InvokeEndpoint endpoint/e",
        "sagemaker:InvokeEndpointAsync endpoint/e",
        "sagemaker:InvokeEndpointWithResponseStream endpoint/e",
        "sagemaker:InvokeEndpoint endpoint/f & inference-component/c",
        "sagemaker:InvokeEndpointWithResponseStream endpoint/f & inference-component/c",
    ]
    "#);
}
