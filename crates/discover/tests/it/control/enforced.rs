//! `guardrail_enforced`: by the account, by the organization, by policies.

use serde_json::{Value, json};
use sightline_model::edge::Tri;
use sightline_model::log::ApiCall;

use crate::world::{ACCOUNT, SONNET, World, by_session, control_of, role};

const CONFIGURATION: &str = "aws_bedrock_enforced_guardrail_configuration";
const EFFECTIVE: &str = "aws_organizations_effective_policy";

/// Tables that the answer rests on.
pub(super) const TABLES: &[&str] =
    &[CONFIGURATION, EFFECTIVE, "aws_iam_role", "aws_iam_policy", "aws_organizations_organization"];

pub(super) fn read(world: World) -> World {
    let tables = TABLES.iter().chain(&["aws_iam_user", "aws_iam_group"]);
    tables.fold(world, |world, table| world.coverage(table, "ok"))
}

pub(super) fn with_role(world: World, name: &str, statements: Value) -> World {
    let trust = json!({"Version": "2012-10-17", "Statement": []});
    let policy = json!({"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}});
    let config = json!({"role_name": name, "assume_role_policy_document": trust, "inline_policies": [policy]});
    world.with("aws_iam_role", &role(name), config)
}

fn configured(world: World, config: Value) -> World {
    let arn = format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:enforced-guardrail-configuration/c1");
    world.with(CONFIGURATION, &arn, config)
}

fn allow() -> Value {
    json!({"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"})
}

async fn of(world: World) -> (Tri, String) {
    let control =
        with_role(world, "app", json!([allow()])).calls([by_session("app", "s")]).control("guardrail_enforced").await;
    (control.state, control.reason)
}

#[tokio::test]
async fn by_the_account() {
    let of = async |config: Value| of(configured(read(World::new()), config)).await;
    let all = of(json!({"guardrail_id": "g1"})).await;
    assert_eq!(all, (Tri::Yes, "the account enforces the guardrail g1".into()));
    let tagged = of(json!({"guardrail_id": "g1", "input_tags": "HONOR"})).await;
    assert_eq!(
        tagged,
        (Tri::Yes, "the account enforces the guardrail g1; callers may tag the part that it looks at".into())
    );
    for (included, excluded, wanted) in [
        (json!(["ALL"]), json!([]), Tri::Yes),
        (json!(["ALL"]), json!(["amazon.titan-embed-text-v2:0"]), Tri::Yes),
        (json!(["ALL"]), json!([SONNET]), Tri::No),
        (json!([SONNET]), json!([]), Tri::Yes),
        (json!(["amazon.nova-pro-v1:0"]), json!([]), Tri::No),
    ] {
        let models = json!({"includedModels": included, "excludedModels": excluded});
        let answer = of(json!({"guardrail_id": "g1", "model_enforcement": models})).await;
        assert_eq!(answer.0, wanted, "{models}: {}", answer.1);
    }
}

#[tokio::test]
async fn by_the_organization() {
    let policy = |region: &str, excluded: Value| {
        let models = json!({"included_models": {"@@assign": ["ALL"]}, "excluded_models": {"@@assign": excluded}});
        let guardrail = json!({"@@assign": "arn:aws:bedrock:us-east-1:210987654321:guardrail/g9:1"});
        let content = json!({"bedrock": {"guardrail_inference": {region: {"config_1": {"identifier": guardrail, "model_enforcement": models}}}}});
        let arn = format!("arn:aws:organizations::{ACCOUNT}:effective-policy/BEDROCK_POLICY");
        read(World::new()).with(EFFECTIVE, &arn, json!({"policy_type": "BEDROCK_POLICY", "policy_content": content}))
    };
    let here = of(policy("us-east-1", json!([]))).await;
    assert_eq!(
        here,
        (
            Tri::Yes,
            "the organization enforces the guardrail arn:aws:bedrock:us-east-1:210987654321:guardrail/g9:1".into()
        )
    );
    assert_eq!(of(policy("eu-west-1", json!([]))).await.0, Tri::No);
    assert_eq!(of(policy("us-east-1", json!([SONNET]))).await.0, Tri::No);
}

#[tokio::test]
async fn by_policies() {
    let key = "bedrock:GuardrailIdentifier";
    let guardrail = format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:guardrail/g1:1");
    let deny = |action: &str, condition: Value| json!({"Effect": "Deny", "Action": action, "Resource": "*", "Condition": condition});
    let unless = || json!({"StringNotEquals": {key: guardrail}});
    let only_with = json!({"Effect": "Allow", "Action": "bedrock:InvokeModel*", "Resource": "*", "Condition": {"StringEquals": {key: guardrail}}});
    let via = |statement: Value| {
        let mut statement = statement;
        statement["Condition"] = json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}});
        statement
    };
    let mut both = deny("bedrock:InvokeModel*", unless());
    both["Condition"]["StringEquals"] = json!({"aws:SourceVpce": "vpce-1"});
    let cases = [
        ("nothing asks", json!([allow()]), Tri::No),
        ("a denial", json!([allow(), deny("bedrock:InvokeModel*", unless())]), Tri::Yes),
        ("a denial of none", json!([allow(), deny("bedrock:Invoke*", json!({"Null": {key: "true"}}))]), Tri::Yes),
        ("allowed with one alone", json!([only_with]), Tri::Yes),
        ("not of streams", json!([allow(), deny("bedrock:InvokeModel", unless())]), Tri::No),
        ("through an endpoint alone", json!([via(allow())]), Tri::No),
        ("a denial that has another condition", json!([allow(), both]), Tri::Unknown),
        ("nothing is allowed", json!([]), Tri::Unknown),
    ];
    let mut world = read(World::new());
    for (index, (_, statements, _)) in cases.iter().enumerate() {
        world = with_role(world, &format!("case-{index}"), statements.clone());
    }
    let calls: Vec<ApiCall> = cases.iter().map(|_| by_session("app", "s")).collect();
    let edges = world.each(calls).await;
    let told: Vec<String> = cases
        .iter()
        .zip(&edges)
        .map(|((name, _, wanted), edge)| {
            let control = control_of(edge, "guardrail_enforced");
            assert_eq!(control.state, *wanted, "{name}: {}", control.reason);
            format!("{name}: {}", control.reason)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    nothing asks: neither the account nor the organization enforces a guardrail in us-east-1, and no policy of the identity asks for one
    a denial: the policies that bind the identity deny its calls without a guardrail
    a denial of none: the policies that bind the identity deny its calls without a guardrail
    allowed with one alone: the policies that bind the identity deny its calls without a guardrail
    not of streams: neither the account nor the organization enforces a guardrail in us-east-1, and no policy of the identity asks for one
    through an endpoint alone: neither the account nor the organization enforces a guardrail in us-east-1, and no policy of the identity asks for one
    a denial that has another condition: whether a call without a guardrail is denied depends on aws:SourceVpce ≠ vpce-1
    nothing is allowed: the policies as they were read deny the call with and without a guardrail
    ");
}

#[tokio::test]
async fn of_a_profile_each_model_counts() {
    let profile = format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.m");
    let model = |region: &str| format!("arn:aws:bedrock:{region}::foundation-model/{SONNET}");
    let config = json!({"inference_profile_id": "us.m", "models": [{"modelArn": model("us-east-1")}, {"modelArn": model("us-west-2")}]});
    let world = read(World::new()).with("aws_bedrock_inference_profile", &profile, config);
    // The denial is on the model in one of the regions: the call as a whole does not get through.
    let deny = json!({"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": model("us-west-2"),
        "Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}}});
    let world = with_role(world, "app", json!([allow(), deny]));
    let call = ApiCall { model_id: "us.m".into(), ..by_session("app", "s") };
    assert_eq!(world.calls([call]).control("guardrail_enforced").await.state, Tri::Yes);
}

#[tokio::test]
async fn other_planes_are_not_enforced() {
    let call = |source: &str, event: &str| ApiCall {
        event_source: source.into(),
        event_name: event.into(),
        model_id: "x".into(),
        ..by_session("app", "s")
    };
    let calls = [
        call("sagemaker.amazonaws.com", "InvokeEndpoint"),
        call("bedrock-mantle.amazonaws.com", "CreateInference"),
        call("bedrock.amazonaws.com", "InvokeAgent"),
    ];
    let world = configured(read(World::new()), json!({"guardrail_id": "g1"}));
    let states: Vec<Tri> =
        world.each(calls).await.iter().map(|edge| control_of(edge, "guardrail_enforced").state).collect();
    assert_eq!(states, [Tri::No, Tri::No, Tri::Unknown]);
}
