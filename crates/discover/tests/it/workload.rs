//! One test a kind of workload: whom the calls go to, how sure that is, and what it rests on.

use serde_json::{Map, Value, json};
use sightline_model::edge::{Confidence, Edge, WorkloadKind};
use sightline_model::log::ApiCall;

use crate::world::{ACCOUNT, World, by_session, call, issued, role};

fn told(edge: &Edge) -> (WorkloadKind, &str, Confidence, &str) {
    (edge.workload_kind, &edge.workload_arn, edge.confidence, &edge.attribution)
}

fn instance(world: World, profile_role: &str) -> World {
    let profile = format!("arn:aws:iam::{ACCOUNT}:instance-profile/p");
    world
        .with(
            "aws_ec2_instance",
            "arn:aws:ec2:us-east-1:123456789012:instance/i-0a",
            json!({"instance_id": "i-0a", "iam_instance_profile": {"Arn": profile}}),
        )
        .with("aws_iam_instance_profile", &profile, json!({"roles": [{"Arn": role(profile_role)}]}))
}

#[tokio::test]
async fn an_instance_by_the_name_of_its_session() {
    let edge = instance(World::new(), "app").calls([by_session("app", "i-0a")]).edge().await;
    let sentence = "the session is named i-0a, an instance of the inventory";
    assert_eq!(
        told(&edge),
        (WorkloadKind::Instance, "arn:aws:ec2:us-east-1:123456789012:instance/i-0a", Confidence::Exact, sentence)
    );
    assert_eq!((edge.identity_arn, edge.account_id), (role("app"), ACCOUNT.to_owned()));
}

#[tokio::test]
async fn a_session_with_an_instances_name_and_another_role_is_not_the_instance() {
    let edge = instance(World::new(), "other").calls([by_session("app", "i-0a")]).edge().await;
    assert_eq!((edge.workload_kind, edge.workload_arn), (WorkloadKind::Role, role("app")));
}

#[tokio::test]
async fn an_instance_that_no_scan_saw_by_the_delivery_of_its_keys() {
    let delivered = ApiCall { ec2_role_delivery: "2.0".into(), ..by_session("app", "i-0b") };
    let edge = World::new().calls([delivered]).edge().await;
    let sentence = "the session is named i-0b, and its keys came from the metadata service; the inventory does not have it, so its region is the call's";
    assert_eq!(
        told(&edge),
        (WorkloadKind::Instance, "arn:aws:ec2:us-east-1:123456789012:instance/i-0b", Confidence::Exact, sentence)
    );
    let edge = World::new().calls([by_session("app", "i-0b")]).edge().await;
    assert_eq!(edge.workload_kind, WorkloadKind::Role, "anyone may name a session so");
}

#[tokio::test]
async fn a_function_by_name_and_role() {
    let function = |world: World, region: &str| {
        let arn = format!("arn:aws:lambda:{region}:{ACCOUNT}:function:classify");
        world.with("aws_lambda_function", &arn, json!({"function_name": "classify", "role": role("fn")}))
    };
    let one = function(World::new(), "us-east-1").with(
        "aws_lambda_function",
        "arn:aws:lambda:us-east-1:123456789012:function:archive",
        json!({"function_name": "archive", "role": role("fn")}),
    );
    let edge = one.calls([by_session("fn", "classify")]).edge().await;
    let sentence = "the session is named classify, a function that runs as this role";
    assert_eq!(
        told(&edge),
        (
            WorkloadKind::Function,
            "arn:aws:lambda:us-east-1:123456789012:function:classify",
            Confidence::Exact,
            sentence
        )
    );

    let two = function(function(World::new(), "us-east-1"), "eu-west-1");
    assert_eq!(two.calls([by_session("fn", "classify")]).edge().await.confidence, Confidence::Inferred);
    let other_role = function(World::new(), "us-east-1").calls([by_session("else", "classify")]).edge().await;
    assert_eq!(other_role.workload_kind, WorkloadKind::Role);
}

fn sagemaker(world: World) -> World {
    let arn = |what: &str| format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:{what}");
    world
        .with(
            "aws_sagemaker_notebook_instance",
            &arn("notebook-instance/research"),
            json!({"role_arn": role("notebook")}),
        )
        .with(
            "aws_sagemaker_endpoint",
            &arn("endpoint/score"),
            json!({"endpoint_name": "score", "endpoint_config_name": "c"}),
        )
        .with(
            "aws_sagemaker_endpoint_config",
            &arn("endpoint-config/c"),
            json!({"endpoint_config_name": "c", "production_variants": [{"ModelName": "m"}]}),
        )
        .with(
            "aws_sagemaker_model",
            &arn("model/m"),
            json!({"model_name": "m", "execution_role_arn": role("endpoint")}),
        )
}

#[tokio::test]
async fn a_notebook_and_an_endpoint_by_their_execution_role() {
    let edge = sagemaker(World::new()).calls([by_session("notebook", "SageMaker")]).edge().await;
    let sentence = "the session is named SageMaker, and its role is this notebook's alone";
    assert_eq!(
        told(&edge),
        (
            WorkloadKind::Notebook,
            "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/research",
            Confidence::Session,
            sentence
        )
    );
    let edge = sagemaker(World::new()).calls([by_session("endpoint", "SageMaker")]).edge().await;
    assert_eq!((edge.workload_kind, edge.workload_title.as_str()), (WorkloadKind::Endpoint, "score"));
}

#[tokio::test]
async fn of_several_notebooks_with_one_role_none_is_chosen() {
    let arn = format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:notebook-instance/second");
    let world =
        sagemaker(World::new()).with("aws_sagemaker_notebook_instance", &arn, json!({"role_arn": role("notebook")}));
    let edge = world.calls([by_session("notebook", "SageMaker")]).edge().await;
    assert_eq!(
        (edge.workload_kind, edge.workload_arn.clone(), edge.confidence),
        (WorkloadKind::Role, role("notebook"), Confidence::Inferred)
    );
    insta::assert_snapshot!(edge.attribution, @"the session's role is that of arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/research, arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/second: the log does not tell which");
}

fn cluster(world: World) -> World {
    let identity = json!({"identity": {"oidc": {"issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"}}});
    world.with("aws_eks_cluster", "arn:aws:eks:eu-west-1:123456789012:cluster/prod", identity)
}

#[tokio::test]
async fn a_pod_by_the_web_identity_that_its_key_was_issued_to() {
    let provider = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC";
    let token = ApiCall {
        identity_type: "WebIdentityUser".into(),
        user_name: "system:serviceaccount:reports:reporter".into(),
        principal_id: format!("{provider}:sts.amazonaws.com:system:serviceaccount:reports:reporter"),
        ..issued("AssumeRoleWithWebIdentity")
    };
    let edge = cluster(World::new()).calls([by_session("irsa", "botocore-session-1"), token.clone()]).edge().await;
    let sentence = "the key was issued by AssumeRoleWithWebIdentity to system:serviceaccount:reports:reporter";
    assert_eq!(
        told(&edge),
        (
            WorkloadKind::Pod,
            "arn:aws:eks:eu-west-1:123456789012:pod/prod/reports/reporter",
            Confidence::Exact,
            sentence
        )
    );
    let edge = World::new().calls([by_session("irsa", "botocore-session-1"), token]).edge().await;
    assert_eq!(edge.workload_arn, "arn:aws:eks:us-east-1:123456789012:pod/unknown/reports/reporter");
}

#[tokio::test]
async fn a_pod_by_the_tags_of_pod_identity() {
    let tags: Map<String, Value> = serde_json::from_value(json!({
        "eks-cluster-name": "prod", "kubernetes-namespace": "chat", "kubernetes-service-account": "summarizer", "kubernetes-pod-name": "summarizer-7f"
    }))
    .unwrap();
    for event in ["AssumeRole", "AssumeRoleForPodIdentity"] {
        let assumed = ApiCall {
            session_tags: tags.clone(),
            identity_type: "AWSService".into(),
            invoked_by: "pods.eks.amazonaws.com".into(),
            ..issued(event)
        };
        let edge =
            cluster(World::new()).calls([by_session("pod", "eks-prod-summarizer-7f-uuid"), assumed]).edge().await;
        let sentence = format!("the key was issued by {event} with the pod's session tags, pod summarizer-7f");
        assert_eq!(
            told(&edge),
            (
                WorkloadKind::Pod,
                "arn:aws:eks:eu-west-1:123456789012:pod/prod/chat/summarizer",
                Confidence::Exact,
                sentence.as_str()
            )
        );
    }
}

#[tokio::test]
async fn which_of_several_sessions_is_told_does_not_rest_on_their_order() {
    let of_pod = |key: &str, event: &str, pod: &str| {
        let tags = json!({
            "eks-cluster-name": "prod", "kubernetes-namespace": "chat", "kubernetes-service-account": "summarizer", "kubernetes-pod-name": pod
        });
        let issued_call = ApiCall {
            session_tags: serde_json::from_value(tags).unwrap(),
            identity_type: "AWSService".into(),
            invoked_by: "pods.eks.amazonaws.com".into(),
            issued_access_key_id: key.into(),
            ..issued(event)
        };
        [ApiCall { access_key_id: key.into(), ..by_session("pod", &format!("eks-prod-{pod}-uuid")) }, issued_call]
    };
    let first = of_pod("ASIAFIRST", "AssumeRole", "summarizer-9k");
    let second = of_pod("ASIASECOND", "AssumeRoleForPodIdentity", "summarizer-7f");
    let one = cluster(World::new()).calls(first.clone().into_iter().chain(second.clone())).edge().await;
    let other = cluster(World::new()).calls(second.into_iter().chain(first)).edge().await;
    assert_eq!(one.attribution, other.attribution);
    assert!(one.attribution.contains("by AssumeRole with the pod's session tags"), "{}", one.attribution);
}

#[tokio::test]
async fn a_pod_by_the_only_association_of_its_role() {
    let association = |world: World, account: &str| {
        let arn = format!("arn:aws:eks:us-east-1:{ACCOUNT}:podidentityassociation/prod/{account}");
        let config =
            json!({"cluster_name": "prod", "namespace": "chat", "service_account": account, "role_arn": role("pod")});
        world.with("aws_eks_pod_identity_association", &arn, config)
    };
    let edge = association(World::new(), "a").calls([by_session("pod", "eks-prod-x")]).edge().await;
    let sentence = "Pod Identity gives the session's role to this service account alone";
    assert_eq!(
        told(&edge),
        (WorkloadKind::Pod, "arn:aws:eks:us-east-1:123456789012:pod/prod/chat/a", Confidence::Session, sentence)
    );
    let edge = association(association(World::new(), "a"), "b").calls([by_session("pod", "eks-prod-x")]).edge().await;
    assert_eq!((edge.workload_kind, edge.confidence), (WorkloadKind::Role, Confidence::Inferred));
}

#[tokio::test]
async fn an_agent_by_its_role_when_bedrock_calls() {
    let world = || {
        let config = json!({"agent_id": "AGENT", "agent_resource_role_arn": role("agent")});
        World::new().with("aws_bedrock_agent", "arn:aws:bedrock:us-east-1:123456789012:agent/AGENT", config)
    };
    let on_behalf = ApiCall {
        source_ip: "bedrock.amazonaws.com".into(),
        invoked_by: "bedrock.amazonaws.com".into(),
        ..by_session("agent", "BedrockAgents")
    };
    let edge = world().calls([on_behalf.clone()]).edge().await;
    let sentence = "the session's role is that of this agent alone";
    assert_eq!(
        told(&edge),
        (WorkloadKind::Agent, "arn:aws:bedrock:us-east-1:123456789012:agent/AGENT", Confidence::Session, sentence)
    );
    let edge = world().coverage("aws_bedrock_flow", "throttled").calls([on_behalf]).edge().await;
    let doubt = format!(
        "{sentence}, as far as could be read, which aws_bedrock_flow in us-east-1 (throttled: some:Action) could not"
    );
    assert_eq!((edge.confidence, edge.attribution), (Confidence::Inferred, doubt));
    let edge = world().calls([by_session("agent", "somebody")]).edge().await;
    assert_eq!(edge.workload_kind, WorkloadKind::Role, "a person in the agent's role is not the agent");
}

#[tokio::test]
async fn a_user_by_name() {
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/people/alice");
    let user = ApiCall {
        identity_type: "IAMUser".into(),
        identity_arn: arn.clone(),
        user_name: "alice".into(),
        bearer_token: Some(true),
        ..call()
    };
    let edge = World::new().calls([user]).edge().await;
    assert_eq!(
        told(&edge),
        (
            WorkloadKind::User,
            arn.as_str(),
            Confidence::Exact,
            "the event names the user; calls were made with a Bedrock API key"
        )
    );
    assert_eq!((edge.workload_title.as_str(), &edge.identity_arn), ("alice", &arn));
}

#[tokio::test]
async fn a_role_where_the_session_tells_nothing() {
    let name = "AWSReservedSSO_DataScientist_0123456789abcdef";
    let edge = World::new().calls([by_session(name, "jane@example.com")]).edge().await;
    let sentence = "a session of the role, named `jane@example.com`, tells no workload";
    assert_eq!(told(&edge), (WorkloadKind::Role, role(name).as_str(), Confidence::Session, sentence));
    let edge =
        World::new().coverage("aws_lambda_function", "denied").calls([by_session(name, "classify")]).edge().await;
    insta::assert_snapshot!(edge.attribution, @"a session of the role, named `classify`, tells no workload; it may be hidden, could not read aws_lambda_function in us-east-1 (denied: some:Action)");
}

#[tokio::test]
async fn a_chained_role_by_whoever_asked_for_it() {
    let asked = |from: ApiCall, key: &str| ApiCall {
        issued_access_key_id: key.into(),
        ..ApiCall {
            event_name: "AssumeRole".into(),
            event_source: "sts.amazonaws.com".into(),
            model_id: String::new(),
            ..from
        }
    };
    let first = asked(
        ApiCall { ec2_role_delivery: "2.0".into(), access_key_id: "ASIAINSTANCE".into(), ..by_session("app", "i-0a") },
        "ASIAMIDDLE",
    );
    let second = asked(ApiCall { access_key_id: "ASIAMIDDLE".into(), ..by_session("middle", "m") }, "ASIACALL");
    let edge = instance(World::new(), "app").calls([by_session("caller", "evaluation"), second, first]).edge().await;
    assert_eq!(
        (edge.workload_kind, edge.identity_arn.clone(), edge.confidence),
        (WorkloadKind::Instance, role("caller"), Confidence::Exact)
    );
    insta::assert_snapshot!(edge.attribution, @"the key was issued by AssumeRole to arn:aws:sts::123456789012:assumed-role/app/i-0a: the session is named i-0a, an instance of the inventory, and its keys came from the metadata service");

    let loop_of_one =
        asked(ApiCall { access_key_id: "ASIACALL".into(), ..by_session("caller", "evaluation") }, "ASIACALL");
    let edge = World::new().calls([by_session("caller", "evaluation"), loop_of_one]).edge().await;
    assert_eq!(edge.workload_kind, WorkloadKind::Role);
}

#[tokio::test]
async fn another_account_is_external() {
    let arn = "arn:aws:iam::210987654321:role/partner";
    let foreign =
        ApiCall { identity_account_id: "210987654321".into(), issuer_arn: arn.into(), ..by_session("partner", "i-0a") };
    let edge = World::new().calls([foreign]).edge().await;
    let sentence = "the event's identity is of account 210987654321; what runs there is that account's to say";
    assert_eq!(told(&edge), (WorkloadKind::External, arn, Confidence::Exact, sentence));
    assert_eq!(edge.account_id, "210987654321");
}

#[tokio::test]
async fn a_service_and_nobody() {
    let service = ApiCall { identity_type: "AWSService".into(), invoked_by: "lex.amazonaws.com".into(), ..call() };
    assert_eq!(World::new().calls([service]).edge().await.workload_kind, WorkloadKind::Service);
    let nobody = ApiCall { identity_type: "Unknown".into(), ..call() };
    assert_eq!(World::new().calls([nobody]).edge().await.workload_kind, WorkloadKind::Unknown);
}

#[tokio::test]
async fn of_agents_that_share_a_role_the_sessions_name_tells_which() {
    let agent = |id: &str| {
        (
            format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:agent/{id}"),
            json!({"agent_id": id, "agent_resource_role_arn": role("agents")}),
        )
    };
    let world = ["FIRST", "SECOND"]
        .into_iter()
        .map(agent)
        .fold(World::new(), |world, (arn, config)| world.with("aws_bedrock_agent", &arn, config));
    let from_bedrock = |session: &str| ApiCall {
        source_ip: "bedrock.amazonaws.com".into(),
        invoked_by: "bedrock.amazonaws.com".into(),
        ..by_session("agents", session)
    };
    let mut edges = world.calls([from_bedrock("BedrockAgents-SECOND-77"), from_bedrock("unnamed")]).edges().await;
    edges.sort_by_key(|edge| edge.workload_kind);
    assert!(edges[0].workload_arn.ends_with("agent/SECOND"), "{:?}", edges[0]);
    assert_eq!((edges[1].workload_kind, edges[1].confidence), (WorkloadKind::Role, Confidence::Inferred));
}
