//! Each control in each of its states.

mod enforced;
mod event;
mod fault;
mod fix;
mod inspected;

use serde_json::{Value, json};
use sightline_model::edge::{Control, Tri};
use sightline_model::log::ApiCall;

use crate::world::{ACCOUNT, World, by_session, control_of};

fn told(control: Control) -> (Tri, String) {
    (control.state, control.reason)
}

fn guarded() -> ApiCall {
    ApiCall { guardrail_id: "gr-1".into(), ..by_session("app", "s") }
}

fn withheld() -> ApiCall {
    ApiCall { request_parameters: Value::Null, ..by_session("app", "s") }
}

async fn on_call(world: World, calls: Vec<ApiCall>) -> (Tri, String) {
    told(world.calls(calls).control("guardrail_on_call").await)
}

#[tokio::test]
async fn guardrail_on_call() {
    let plain = || by_session("app", "s");
    assert_eq!(
        on_call(World::new(), vec![guarded(), guarded()]).await,
        (Tri::Yes, "all 2 calls named a guardrail: gr-1".into())
    );
    assert_eq!(
        on_call(World::new(), vec![guarded(), plain()]).await,
        (Tri::No, "1 of 2 calls named no guardrail".into())
    );
    let unknown = (Tri::Unknown, "the log does not show the parameters of 1 of 2 calls".into());
    assert_eq!(on_call(World::new(), vec![guarded(), withheld()]).await, unknown);
    let cut = ApiCall { request_parameters: json!({"sightline:cut": true}), ..plain() };
    assert_eq!(on_call(World::new(), vec![cut]).await.0, Tri::Unknown);
    let applied = ApiCall { event_name: "ApplyGuardrail".into(), guardrail_id: "gr-1".into(), ..plain() };
    let beside = (
        Tri::Unknown,
        "1 of 1 calls named no guardrail, but the identity ran ApplyGuardrail 1 times beside them".into(),
    );
    assert_eq!(on_call(World::new(), vec![plain(), applied]).await, beside);
}

#[tokio::test]
async fn guardrail_on_calls_of_applications() {
    let agent = |config: Value| {
        World::new().with("aws_bedrock_agent", &format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:agent/A"), config)
    };
    let call = |source: &str, event: &str, target: &str| {
        vec![ApiCall {
            event_source: source.into(),
            event_name: event.into(),
            model_id: target.into(),
            ..by_session("app", "s")
        }]
    };
    let invoke = || call("bedrock.amazonaws.com", "InvokeAgent", "A/LIVE");
    let with = agent(json!({"agent_id": "A", "guardrail_configuration": {"guardrailIdentifier": "gr-2"}}));
    assert_eq!(on_call(with, invoke()).await, (Tri::Yes, "the agent's working draft has the guardrail gr-2".into()));
    assert_eq!(on_call(agent(json!({"agent_id": "A"})), invoke()).await.0, Tri::Unknown, "the detail may be missing");
    let read = agent(json!({"agent_id": "A"})).coverage("aws_bedrock_agent", "ok");
    assert_eq!(on_call(read, invoke()).await, (Tri::No, "the agent's working draft has no guardrail".into()));
    assert_eq!(on_call(World::new(), invoke()).await.0, Tri::Unknown);
    assert_eq!(on_call(World::new(), call("sagemaker.amazonaws.com", "InvokeEndpoint", "e")).await.0, Tri::No);
}

/// A call from each source, through an endpoint with each policy where the source is private.
async fn through(name: &str, cases: &[(&str, Value)]) -> Vec<(Tri, String)> {
    let mut world = World::new();
    let mut calls = vec![];
    for (index, (source, policy)) in cases.iter().enumerate() {
        let id = format!("vpce-{index}");
        let arn = format!("arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-endpoint/{id}");
        world = world.with("aws_vpc_endpoint", &arn, json!({"vpc_endpoint_id": id, "policy_document": policy}));
        let endpoint = if source.starts_with("10.") { id } else { String::new() };
        calls.push(ApiCall { source_ip: (*source).into(), vpc_endpoint_id: endpoint, ..by_session("app", "s") });
    }
    world.each(calls).await.iter().map(|edge| told(control_of(edge, name))).collect()
}

#[tokio::test]
async fn private_path() {
    let cases = ["10.0.0.1", "203.0.113.1", "bedrock.amazonaws.com", "odd"].map(|source| (source, Value::Null));
    let unknown = |reason: &str| (Tri::Unknown, reason.to_owned());
    assert_eq!(
        through("private_path", &cases).await,
        [
            (Tri::Yes, "through the interface endpoint vpce-0".into()),
            (Tri::No, "from the public address 203.0.113.1".into()),
            unknown("bedrock.amazonaws.com called on behalf of the workload; the log shows no path of it"),
            unknown("`odd` is no address"),
        ]
    );
}

#[tokio::test]
async fn endpoint_policy() {
    let statement = |effect: &str, action: &str, principal: Value| json!({"Effect": effect, "Action": action, "Resource": "*", "Principal": principal});
    let policy = |statements: Vec<Value>| json!({"Version": "2012-10-17", "Statement": statements});
    let with = |mut statement: Value, condition: Value| {
        statement["Condition"] = condition;
        policy(vec![statement])
    };
    let everybody = || statement("Allow", "*", json!("*"));
    let cases = [
        ("10.0.0.1", policy(vec![everybody()])),
        ("10.0.0.1", policy(vec![statement("Allow", "*", json!({"AWS": "*"}))])),
        // No default, and it comes to the same.
        ("10.0.0.1", policy(vec![statement("Allow", "bedrock:*", json!("*"))])),
        (
            "10.0.0.1",
            policy(vec![statement("Allow", "bedrock:Invoke*", json!("*")), statement("Deny", "s3:*", json!("*"))]),
        ),
        ("10.0.0.1", with(everybody(), json!({"Bool": {"aws:SecureTransport": "true"}}))),
        (
            "10.0.0.1",
            policy(vec![everybody(), {
                let mut plain = statement("Deny", "*", json!("*"));
                plain["Condition"] = json!({"Bool": {"aws:SecureTransport": "false"}});
                plain
            }]),
        ),
        // Somebody, or some models.
        ("10.0.0.1", policy(vec![everybody(), statement("Deny", "bedrock:*", json!("*"))])),
        ("10.0.0.1", with(everybody(), json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))),
        ("10.0.0.1", with(everybody(), json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}))),
        ("10.0.0.1", policy(vec![statement("Allow", "*", json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}))])),
        (
            "10.0.0.1",
            policy(vec![json!({"Effect": "Allow", "Action": "*", "Principal": "*",
            "Resource": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.*"})]),
        ),
        ("10.0.0.1", policy(vec![statement("Deny", "*", json!("*"))])),
        // Nobody can tell.
        ("10.0.0.1", Value::Null),
        ("10.0.0.1", json!({"Statement": 7})),
        ("203.0.113.1", Value::Null),
        ("bedrock.amazonaws.com", Value::Null),
    ];
    let answers = through("endpoint_policy", &cases).await;
    let shown: Vec<String> = answers.iter().map(|(state, reason)| format!("{state:?}: {reason}")).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    No: the policy of vpce-0 allows everybody everything that these calls need
    No: the policy of vpce-1 allows everybody everything that these calls need
    No: the policy of vpce-2 allows everybody everything that these calls need
    No: the policy of vpce-3 allows everybody everything that these calls need
    No: the policy of vpce-4 allows everybody everything that these calls need
    No: the policy of vpce-5 allows everybody everything that these calls need
    Yes: the policy of vpce-6 restricts who may call what through it
    Yes: the policy of vpce-7 restricts who may call what through it
    Yes: the policy of vpce-8 restricts who may call what through it
    Yes: the policy of vpce-9 restricts who may call what through it
    Yes: the policy of vpce-10 restricts who may call what through it
    Yes: the policy of vpce-11 restricts who may call what through it
    Unknown: the policy of vpce-12 was not read
    Unknown: the policy of vpce-13 could not be understood
    No: the calls pass no VPC endpoint
    Unknown: the log shows no VPC endpoint of ours
    ");
}

#[tokio::test]
async fn invocation_logged() {
    let table = "aws_bedrock_model_invocation_logging_configuration";
    let logging =
        |config: Value| World::new().with(table, &format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:logging"), config);
    let answer = async |world: World| told(world.calls([by_session("app", "s")]).control("invocation_logged").await);
    let on = logging(json!({"s3_config": {"bucketName": "b"}})).coverage(table, "ok");
    assert_eq!(answer(on).await, (Tri::Yes, "model invocation logging is on in us-east-1".into()));
    assert_eq!(
        answer(logging(json!({})).coverage(table, "ok")).await,
        (Tri::No, "model invocation logging is off in us-east-1".into())
    );
    assert_eq!(answer(World::new().coverage(table, "ok")).await.0, Tri::No);
    let denied = (Tri::Unknown, format!("{table} could not be read (denied: some:Action)"));
    assert_eq!(answer(World::new().coverage(table, "ok").coverage(table, "denied")).await, denied);
    assert_eq!(answer(World::new()).await, (Tri::Unknown, format!("{table} was not read in us-east-1")));
    let mantle = ApiCall {
        event_source: "bedrock-mantle.amazonaws.com".into(),
        event_name: "CreateInference".into(),
        ..by_session("app", "s")
    };
    assert_eq!(told(World::new().calls([mantle]).control("invocation_logged").await).0, Tri::No);
}

#[tokio::test]
async fn invocation_logged_leaves_nothing_out() {
    let table = "aws_bedrock_model_invocation_logging_configuration";
    let arn = format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:logging");
    let titan = "arn:aws:bedrock:us-east-1::foundation-model/titan-embed";
    let of = async |left_out: &str| {
        let config = json!({"s3_config": {"bucketName": "b"}, "text_data_delivery_enabled": left_out != "text",
            "embedding_data_delivery_enabled": left_out != "embedding", "image_data_delivery_enabled": left_out != "image"});
        let world = World::new().with(table, &arn, config).coverage(table, "ok").with(
            "aws_bedrock_foundation_model",
            titan,
            json!({"model_id": "titan-embed", "output_modalities": ["EMBEDDING"]}),
        );
        let call = |model: &str, event: &str| ApiCall {
            model_id: model.into(),
            event_name: event.into(),
            ..by_session("app", "s")
        };
        let calls = [
            call(crate::world::SONNET, "Converse"),
            call("titan-embed", "InvokeModel"),
            call("titan-embed", "StartAsyncInvoke"),
        ];
        let edges = world.each(calls).await;
        edges.iter().map(|edge| control_of(edge, "invocation_logged").state).collect::<Vec<_>>()
    };
    assert_eq!(of("nothing").await, [Tri::Yes, Tri::Yes, Tri::No], "calls that answer later are never in it");
    assert_eq!(of("text").await, [Tri::No, Tri::No, Tri::No]);
    assert_eq!(of("embedding").await, [Tri::Yes, Tri::No, Tri::No]);
    assert_eq!(of("image").await, [Tri::Yes, Tri::Yes, Tri::No], "neither answers with images");
}
