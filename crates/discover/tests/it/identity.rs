//! Whom a session is of, where its name is a habit: each with a twin that looks alike and is not.

use serde_json::{Value, json};
use sightline_model::edge::{Confidence, Edge, WorkloadKind};
use sightline_model::lake_table::{COVERAGE, KUBERNETES_CALL, RESOURCE, SCAN};
use sightline_model::log::ApiCall;

use crate::world::{ACCOUNT, World, by_session, call, issued, old_scan, resource_of, role};

const TASK: &str = "0123456789abcdef0123456789abcdef";
const UUID: &str = "8d2e1f0a-3b4c-4d5e-8f90-a1b2c3d4e5f6";

fn told(edge: &Edge) -> (WorkloadKind, String, Confidence) {
    (edge.workload_kind, edge.workload_arn.clone(), edge.confidence)
}

fn only_role(edge: &Edge, name: &str) {
    assert_eq!((edge.workload_kind, edge.workload_arn.clone()), (WorkloadKind::Role, role(name)), "{edge:#?}");
}

/// The role with a trust policy that lets these in.
fn trusting(world: World, name: &str, principals: Value) -> World {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principals}]});
    world.with("aws_iam_role", &role(name), json!({"assume_role_policy_document": trust}))
}

fn ecs(what: &str) -> String {
    format!("arn:aws:ecs:us-east-1:{ACCOUNT}:{what}")
}

fn task(group: &str) -> Value {
    json!({"group": group, "task_role_arn": role("task"), "task_definition_arn": ecs("task-definition/batch:3")})
}

fn service(world: World, name: &str) -> World {
    let config =
        json!({"service_name": name, "task_role_arn": role("task"), "task_definition": ecs("task-definition/web:7")});
    world.with("aws_ecs_service", &ecs(&format!("service/prod/{name}")), config)
}

#[tokio::test]
async fn a_task_is_its_service_or_the_family_of_its_definition() {
    let arn = ecs(&format!("task/prod/{TASK}"));
    let of = |group: &str| World::new().with("aws_ecs_task", &arn, task(group)).calls([by_session("task", TASK)]);
    let edge = of("service:shop").edge().await;
    assert_eq!(told(&edge), (WorkloadKind::Task, ecs("service/prod/shop"), Confidence::Exact));
    assert_eq!(edge.workload_title, "shop");
    let edge = of("family:batch").edge().await;
    assert_eq!(told(&edge), (WorkloadKind::Task, ecs("task-definition/batch"), Confidence::Exact));
    let twin = World::new().with("aws_ecs_task", &arn, task("service:shop")).calls([by_session("other", TASK)]);
    only_role(&twin.edge().await, "other");
}

#[tokio::test]
async fn a_task_that_is_gone_by_an_older_scan_or_by_what_starts_tasks_with_its_role() {
    let old = resource_of(
        "20261119T000000Z-000001",
        "aws_ecs_task",
        &ecs(&format!("task/prod/{TASK}")),
        task("service:shop"),
    );
    let world = World::new()
        .with_rows(SCAN, [old_scan("20261119T000000Z-000001", "2026-11-19T00:10:00Z")])
        .with_rows(RESOURCE, [old]);
    let edge = world.calls([by_session("task", TASK)]).edge().await;
    assert_eq!(told(&edge), (WorkloadKind::Task, ecs("service/prod/shop"), Confidence::Exact));

    let edge = service(World::new(), "web").calls([by_session("task", TASK)]).edge().await;
    assert_eq!(told(&edge), (WorkloadKind::Task, ecs("service/prod/web"), Confidence::Session));
    let two = service(service(World::new(), "web"), "shop").calls([by_session("task", TASK)]);
    only_role(&two.edge().await, "task");
    only_role(&service(World::new(), "web").calls([by_session("task", "deploy")]).edge().await, "task");
    let open = trusting(
        service(World::new(), "web"),
        "task",
        json!({"AWS": "123456789012", "Service": "ecs-tasks.amazonaws.com"}),
    );
    assert_eq!(open.calls([by_session("task", TASK)]).edge().await.confidence, Confidence::Inferred);
}

fn sso(name: &str) -> ApiCall {
    let role_name = "AWSReservedSSO_DataScientist_0123456789abcdef";
    let path = "aws-reserved/sso.amazonaws.com/us-east-1";
    ApiCall { issuer_arn: role(&format!("{path}/{role_name}")), ..by_session(role_name, name) }
}

#[tokio::test]
async fn a_person_of_identity_center_by_the_sessions_name() {
    let edge = World::new().calls([sso("jane@example.com")]).edge().await;
    let arn =
        format!("arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_DataScientist_0123456789abcdef/jane@example.com");
    assert_eq!(told(&edge), (WorkloadKind::User, arn, Confidence::Exact));
    assert_eq!(edge.workload_title, "jane@example.com");

    let path = "aws-reserved/sso.amazonaws.com/us-east-1/AWSReservedSSO_DataScientist_0123456789abcdef";
    let provider = format!("arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_0123_DO_NOT_DELETE");
    let own = trusting(World::new(), path, json!({"Federated": provider}));
    assert_eq!(own.calls([sso("jane")]).edge().await.confidence, Confidence::Exact);
    let open = trusting(World::new(), path, json!({"Federated": provider, "AWS": "*"}));
    assert_eq!(open.calls([sso("jane")]).edge().await.confidence, Confidence::Session);
}

fn function(world: World, region: &str) -> World {
    let arn = format!("arn:aws:lambda:{region}:{ACCOUNT}:function:classify");
    world.with("aws_lambda_function", &arn, json!({"function_name": "classify", "role": role("fn")}))
}

#[tokio::test]
async fn a_function_by_what_the_session_was_handed_to() {
    let handed = |to: &str| ApiCall { credentials_issued_to: to.into(), ..by_session("fn", "classify") };
    let two = || function(function(World::new(), "us-east-1"), "eu-west-1");
    let arn = format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:classify");
    let edge = two().calls([handed(&format!("{arn}:live"))]).edge().await;
    assert_eq!(told(&edge), (WorkloadKind::Function, arn, Confidence::Exact));
    let foreign = "arn:aws:lambda:eu-west-1:210987654321:function:classify";
    assert_eq!(
        two().calls([handed(foreign)]).edge().await.confidence,
        Confidence::Inferred,
        "another account's function"
    );
    let edge = World::new().calls([handed(&format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:gone"))]).edge().await;
    assert_eq!((edge.workload_kind, edge.workload_title.as_str()), (WorkloadKind::Function, "gone"));
}

fn studio(world: World) -> World {
    let arn = |what: &str| format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:{what}");
    world
        .with(
            "aws_sagemaker_domain",
            &arn("domain/d-1"),
            json!({"domain_id": "d-1", "default_user_settings": {"ExecutionRole": role("studio")}}),
        )
        .with(
            "aws_sagemaker_user_profile",
            &arn("user-profile/d-1/jane"),
            json!({"domain_id": "d-1", "user_profile_name": "jane"}),
        )
}

#[tokio::test]
async fn a_profile_of_studio_by_its_role_and_none_of_several() {
    let edge = studio(World::new()).calls([by_session("studio", "SageMaker")]).edge().await;
    let arn = format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:user-profile/d-1/jane");
    assert_eq!(told(&edge), (WorkloadKind::Notebook, arn, Confidence::Session));
    let job = format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:training-job/tune");
    let shared = studio(World::new()).with("aws_sagemaker_training_job", &job, json!({"role_arn": role("studio")}));
    let edge = shared.calls([by_session("studio", "SageMaker")]).edge().await;
    only_role(&edge, "studio");
    assert!(edge.attribution.contains("user-profile/d-1/jane") && edge.attribution.contains("training-job/tune"));
    only_role(&studio(World::new()).calls([by_session("studio", "jane")]).edge().await, "studio");
    let open =
        trusting(studio(World::new()), "studio", json!({"Service": "sagemaker.amazonaws.com", "AWS": "123456789012"}));
    assert_eq!(open.calls([by_session("studio", "SageMaker")]).edge().await.confidence, Confidence::Inferred);
}

fn project(world: World, name: &str) -> World {
    let arn = format!("arn:aws:codebuild:us-east-1:{ACCOUNT}:project/{name}");
    world.with("aws_codebuild_project", &arn, json!({"name": name, "service_role": role("build")}))
}

#[tokio::test]
async fn a_build_by_the_one_project_of_its_role() {
    let named = || by_session("build", &format!("AWSCodeBuild-{UUID}"));
    let arn = format!("arn:aws:codebuild:us-east-1:{ACCOUNT}:project/release");
    let edge = project(World::new(), "release").calls([named()]).edge().await;
    assert_eq!(told(&edge), (WorkloadKind::Build, arn.clone(), Confidence::Session));
    only_role(&project(project(World::new(), "release"), "nightly").calls([named()]).edge().await, "build");
    only_role(&project(World::new(), "release").calls([by_session("build", "somebody")]).edge().await, "build");
    let closed = trusting(project(World::new(), "release"), "build", json!({"Service": "codebuild.amazonaws.com"}));
    assert_eq!(
        told(&closed.calls([by_session("build", "odd")]).edge().await),
        (WorkloadKind::Build, arn, Confidence::Session)
    );
    let open = || trusting(project(World::new(), "release"), "build", json!({"AWS": "123456789012"}));
    only_role(&open().calls([by_session("build", "odd")]).edge().await, "build");
    assert_eq!(open().calls([named()]).edge().await.confidence, Confidence::Inferred);
}

#[tokio::test]
async fn a_state_machine_where_nobody_else_may_take_its_role() {
    let arn = format!("arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:summarize");
    let machine = || World::new().with("aws_sfn_state_machine", &arn, json!({"role_arn": role("flow")}));
    let calls = || [by_session("flow", "kTnXbQeRfU")];
    let closed = trusting(machine(), "flow", json!({"Service": "states.amazonaws.com"})).calls(calls());
    assert_eq!(told(&closed.edge().await), (WorkloadKind::Service, arn.clone(), Confidence::Session));
    only_role(&machine().calls(calls()).edge().await, "flow");
}

fn association(world: World, cluster: &str, account: &str) -> World {
    let arn = format!("arn:aws:eks:us-east-1:{ACCOUNT}:podidentityassociation/{cluster}/{account}");
    let config =
        json!({"cluster_name": cluster, "namespace": "chat", "service_account": account, "role_arn": role("pod")});
    world.with("aws_eks_pod_identity_association", &arn, config)
}

#[tokio::test]
async fn of_service_accounts_that_share_a_role_the_pods_name_tells() {
    let world = || association(association(World::new(), "prod", "summarizer"), "prod", "reporter");
    let session = || by_session("pod", &format!("eks-prod-summarizer-7f-{UUID}"));
    only_role(&world().calls([session()]).edge().await, "pod");

    let pod = |cluster: &str| {
        let config = json!({"cluster_name": cluster, "namespace": "chat", "name": "summarizer-7f", "service_account": "summarizer"});
        let arn = format!("arn:aws:eks:us-east-1:{ACCOUNT}:pod/{cluster}/chat/summarizer-7f");
        resource_of("20261119T000000Z-000001", "kubernetes_pod", &arn, config)
    };
    let scanned = |cluster: &str| {
        world()
            .with_rows(SCAN, [old_scan("20261119T000000Z-000001", "2026-11-19T00:10:00Z")])
            .with_rows(RESOURCE, [pod(cluster)])
    };
    let expected = format!("arn:aws:eks:us-east-1:{ACCOUNT}:pod/prod/chat/summarizer");
    let edge = scanned("prod").calls([session()]).edge().await;
    assert_eq!(told(&edge), (WorkloadKind::Pod, expected.clone(), Confidence::Session));
    only_role(&scanned("staging").calls([session()]).edge().await, "pod");

    let audited = json!({"event_time": "2026-11-20T00:00:00Z", "account_id": ACCOUNT, "region": "us-east-1", "cluster_name": "prod", "verb": "create",
        "resource": "pods", "namespace": "chat", "name": "summarizer-7f", "pod": {"service_account": "summarizer"}});
    let edge = world().with_rows(KUBERNETES_CALL, [audited]).calls([session()]).edge().await;
    assert_eq!(told(&edge), (WorkloadKind::Pod, expected, Confidence::Session));
}

#[tokio::test]
async fn a_node_may_have_pods_behind_it() {
    let config = json!({"instance_id": "i-0a"});
    let mut node = resource_of(
        "20261120T000000Z-000001",
        "aws_ec2_instance",
        &format!("arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0a"),
        config,
    );
    node["tags"] = json!({"eks:cluster-name": "prod"});
    let edge = World::new().with_rows(RESOURCE, [node]).calls([by_session("node", "i-0a")]).edge().await;
    assert_eq!(edge.workload_kind, WorkloadKind::Instance);
    assert!(
        edge.attribution.ends_with("; it is a node of prod, so a pod of it may be behind the calls"),
        "{}",
        edge.attribution
    );
}

#[tokio::test]
async fn keys_of_bedrock_are_told_apart() {
    let user = |name: &str| ApiCall {
        identity_type: "IAMUser".into(),
        identity_arn: format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        user_name: name.into(),
        bearer_token: Some(true),
        ..call()
    };
    let edge = World::new().calls([user("BedrockAPIKey-a1b2")]).edge().await;
    insta::assert_snapshot!(edge.attribution, @"the event names the user, whom the console made for a long-term Bedrock API key; calls were made with a long-term Bedrock API key");
    let short = ApiCall { bearer_token: Some(true), ..by_session("app", "s") };
    let edge = World::new().calls([short]).edge().await;
    assert!(edge.attribution.contains("short-term Bedrock API key"), "{}", edge.attribution);
}

#[tokio::test]
async fn a_role_whose_issuing_event_is_lost_stays_the_role() {
    only_role(&World::new().calls([by_session("caller", "evaluation")]).edge().await, "caller");
    let other_key = ApiCall { issued_access_key_id: "ASIAOTHER".into(), ..issued("AssumeRole") };
    only_role(&World::new().calls([by_session("caller", "evaluation"), other_key]).edge().await, "caller");
}

#[tokio::test]
async fn a_person_of_another_directory_by_the_assertion() {
    let assertion = ApiCall {
        identity_type: "SAMLUser".into(),
        user_name: "jane@corp.example".into(),
        ..issued("AssumeRoleWithSAML")
    };
    let discovery = World::new().calls([by_session("analyst", "whoever"), assertion]).discovery(&[]).await;
    let [edge] = discovery.edges.as_slice() else { panic!() };
    assert_eq!(
        (edge.workload_kind, edge.workload_title.as_str(), edge.confidence),
        (WorkloadKind::User, "jane@corp.example", Confidence::Exact)
    );
    assert!(
        discovery.evidence.iter().any(|one| one.proves == "session" && one.event_id == "e-0"),
        "{:?}",
        discovery.evidence
    );
}

#[tokio::test]
async fn a_caller_of_a_scanned_account_is_found_there() {
    let other = "210987654321";
    let scanned = json!({"scan_id": "20261120T000000Z-000002", "account_id": other, "region": "us-east-1", "table_name": "aws_lambda_function",
        "action": "lambda:ListFunctions", "operation": "lambda:ListFunctions", "outcome": "ok"});
    let scan =
        json!({"scan_id": "20261120T000000Z-000002", "account_id": other, "finished_at": "2026-11-20T00:10:00Z"});
    let arn = format!("arn:aws:lambda:us-east-1:{other}:function:classify");
    let shared = ApiCall {
        identity_account_id: other.into(),
        issuer_arn: format!("arn:aws:iam::{other}:role/fn"),
        credentials_issued_to: arn.clone(),
        ..by_session("fn", "classify")
    };
    // The trails of both accounts have the call: it is one.
    let theirs = ApiCall { event_id: "theirs".into(), account_id: other.into(), ..shared.clone() };
    let world = World::new().with_rows(COVERAGE, [scanned]).with_rows(SCAN, [scan]).calls([shared, theirs]);
    let edge = world.edge().await;
    assert_eq!(told(&edge), (WorkloadKind::Function, arn, Confidence::Exact));
    assert_eq!((edge.account_id.as_str(), edge.calls), (other, 1));
}
