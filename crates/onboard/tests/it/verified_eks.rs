//! The scanner's way into clusters and the roles of pods, verified: nothing there, what is rendered run as it is, one fault at a time.

use crate::verified_models::{all_ok, only_fault, shown};
use crate::workloads::{Account, OneCluster, Pods, invoke, trust};
use crate::{ACCOUNT, checked, plain};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::Aws;
use sightline_onboard::{Cause, Context, Format, Given, ListPods, Pod, State, Verdict};
use std::sync::Arc;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const ACCESS: &str = "eks-access";
const PODS: &str = "pod-model-role";

async fn verify(unit: &str, aws: Aws, given: &Given, pods: Option<Arc<dyn ListPods>>) -> Vec<Verdict> {
    let context = Context { aws, parameters: checked(given.clone()), now: Timestamp::UNIX_EPOCH, pods };
    sightline_onboard::find(unit).unwrap().verify(&context).await
}

fn cli(unit: &str, given: &Given) -> String {
    sightline_onboard::find(unit).unwrap().render(&checked(given.clone()), Format::Cli).unwrap()
}

fn create_cluster(account: &Account) {
    account.run(&format!(
        "aws eks create-cluster --name apps --role-arn arn:aws:iam::{ACCOUNT}:role/control-plane \
         --resources-vpc-config '{{\"subnetIds\": [\"subnet-1\"], \"endpointPublicAccess\": true, \"publicAccessCidrs\": [\"203.0.113.0/24\"]}}' \
         --access-config authenticationMode=API_AND_CONFIG_MAP\naws eks wait cluster-active --name apps"
    ));
}

fn pod(namespace: &str, service_account: &str) -> Pod {
    let (namespace, service_account) = (namespace.to_owned(), service_account.to_owned());
    Pod { namespace, service_account, name: "main".into(), ..Pod::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_into_a_cluster_one_fault_at_a_time() {
    let Some(account) = Account::start() else { return };
    let given = plain();
    let none = verify(ACCESS, account.connect(), &Given { clusters: vec![], ..given.clone() }, None).await;
    all_ok(&none, "an account without clusters");
    assert!(none[0].reason.contains("nothing to do"), "{}", shown(&none));
    let gone = verify(ACCESS, account.connect(), &given, None).await;
    assert!(only_fault(&gone).reason.contains("no cluster of this name"), "{}", shown(&gone));

    create_cluster(&account);
    let seen = || Some(Pods::seen(vec![pod("shop", "assistant")]));
    let missing = verify(ACCESS, account.connect(), &given, seen()).await;
    let fault = only_fault(&missing);
    assert!(fault.status == State::Missing && fault.reason.contains("no access entry"), "{}", shown(&missing));
    account.run(&fault.fix);
    let verdicts = verify(ACCESS, account.connect(), &given, seen()).await;
    all_ok(&verdicts, "the first fix");
    assert!(
        verdicts.iter().any(|verdict| verdict.call == "list pods" && verdict.reason.contains("pods listed: 1")),
        "{}",
        shown(&verdicts)
    );
    let unasked = verify(ACCESS, account.connect(), &given, None).await;
    assert_eq!(only_fault(&unasked).status, State::CannotTell);

    let entry = format!("--cluster-name apps --principal-arn arn:aws:iam::{ACCOUNT}:role/sightline-scanner");
    let policy = |name: &str| format!("--policy-arn arn:aws:eks::aws:cluster-access-policy/{name}");
    let (let_go, give) = ("aws eks disassociate-access-policy", "aws eks associate-access-policy");
    let (view, admin) = (policy("AmazonEKSViewPolicy"), policy("AmazonEKSClusterAdminPolicy"));
    for (fault, status, told) in [
        (format!("aws eks delete-access-entry {entry}"), State::Missing, "no access entry"),
        (format!("{let_go} {entry} {view}"), State::Missing, "no access policy"),
        (
            format!("{let_go} {entry} {view}\n{give} {entry} {admin} --access-scope type=cluster"),
            State::Wrong,
            "wrong access policy, `AmazonEKSClusterAdminPolicy`",
        ),
        (
            format!("{give} {entry} {admin} --access-scope type=cluster"),
            State::Wrong,
            "it may change everything in the cluster",
        ),
        (
            format!("{let_go} {entry} {view}\n{give} {entry} {view} --access-scope type=namespace,namespaces=[shop]"),
            State::Wrong,
            "for the namespaces shop alone",
        ),
    ] {
        account.run(&fault);
        // What the cluster then says is a consequence.
        let verdicts = verify(ACCESS, account.connect(), &given, Some(Pods::not_listed(Cause::Unknown))).await;
        let found = only_fault(&verdicts);
        assert!(found.status == status && found.reason.contains(told), "{fault}\n{}", shown(&verdicts));
        account.run(&found.fix);
        all_ok(&verify(ACCESS, account.connect(), &given, seen()).await, &fault);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_knows_the_config_map_alone() {
    let cluster = OneCluster::new("CONFIG_MAP", true, &["0.0.0.0/0"]);
    let server = cluster.serve().await;
    let Some(account) = Account::with_eks(&server.uri()) else { return };
    let given = plain();
    let verdicts = verify(ACCESS, account.connect(), &given, Some(Pods::not_listed(Cause::Unknown))).await;
    let fault = only_fault(&verdicts);
    assert!(fault.reason.contains("one-way") && fault.reason.contains("`CONFIG_MAP`"), "{}", shown(&verdicts));
    account.run(&fault.fix);
    all_ok(&verify(ACCESS, account.connect(), &given, Some(Pods::seen(vec![]))).await, "the change of mode");

    // The rendered steps do the same by themselves, and change nothing of a cluster that needs no change.
    for (mode, ranges) in [("CONFIG_MAP", ["0.0.0.0/0"]), ("API", ["198.51.100.0/24"])] {
        let cluster = OneCluster::new(mode, true, &ranges);
        let server = cluster.serve().await;
        let Some(account) = Account::with_eks(&server.uri()) else { return };
        let given = Given { scanner_cidrs: vec!["203.0.113.7/32".into()], ..plain() };
        account.run(&cli(ACCESS, &given));
        all_ok(&verify(ACCESS, account.connect(), &given, Some(Pods::seen(vec![]))).await, mode);
        let expected = if mode == "API" { json!(["198.51.100.0/24", "203.0.113.7/32"]) } else { json!(ranges) };
        assert_eq!(cluster.ranges(), expected, "ranges stay, and nobody is shut out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_closed_to_us() {
    let ours = || Given { scanner_cidrs: vec!["203.0.113.7/32".into()], ..plain() };
    for (is_public, ranges, given, told) in [
        (
            true,
            vec!["198.51.100.0/24"],
            ours(),
            "closed to 203.0.113.7/32: the public endpoint takes calls from 198.51.100.0/24",
        ),
        (false, vec!["0.0.0.0/0"], ours(), "closed to 203.0.113.7/32: the public endpoint is off"),
        (
            true,
            vec!["198.51.100.0/24"],
            plain(),
            "closed to this machine: the public endpoint takes calls from 198.51.100.0/24",
        ),
        (false, vec![], plain(), "closed to this machine: the public endpoint is off"),
    ] {
        let cluster = OneCluster::new("API", is_public, &ranges);
        let server = cluster.serve().await;
        let Some(account) = Account::with_eks(&server.uri()) else { return };
        account.run(&cli(ACCESS, &plain()));
        let verdicts = verify(ACCESS, account.connect(), &given, Some(Pods::not_listed(Cause::Unreachable))).await;
        let fault = only_fault(&verdicts);
        assert!(fault.status == State::Wrong && fault.reason.contains(told), "{}", shown(&verdicts));
        if given.scanner_cidrs.is_empty() {
            assert!(fault.fix.contains("--scanner-cidr"), "{}", fault.fix);
            continue;
        }
        account.run(&fault.fix);
        all_ok(&verify(ACCESS, account.connect(), &given, Some(Pods::seen(vec![]))).await, told);
        let kept: Vec<&str> =
            ranges.into_iter().filter(|range| *range != "0.0.0.0/0").chain(["203.0.113.7/32"]).collect();
        assert_eq!(cluster.ranges(), json!(kept));
    }
    let everybody = OneCluster::new("API", true, &["0.0.0.0/0"]);
    let server = everybody.serve().await;
    let Some(account) = Account::with_eks(&server.uri()) else { return };
    account.run(&cli(ACCESS, &plain()));
    for cause in [Cause::Unreachable, Cause::Forbidden, Cause::Unknown, Cause::Other] {
        let verdicts = verify(ACCESS, account.connect(), &plain(), Some(Pods::not_listed(cause))).await;
        assert_eq!(only_fault(&verdicts).status, State::CannotTell, "{}", shown(&verdicts));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_and_their_roles_one_fault_at_a_time() {
    let Some(account) = Account::start() else { return };
    let given = plain();
    let verdicts =
        verify(PODS, account.connect(), &Given { clusters: vec![], models: vec![], ..given.clone() }, None).await;
    all_ok(&verdicts, "nothing is asked for");

    create_cluster(&account);
    let verdicts = verify(PODS, account.connect(), &given, None).await;
    let fault = only_fault(&verdicts);
    assert!(fault.status == State::Missing && fault.reason.contains("no role of this name"), "{}", shown(&verdicts));
    account.run(&fault.fix);
    let verdicts = verify(PODS, account.connect(), &given, None).await;
    let fault = only_fault(&verdicts);
    assert!(fault.status == State::Missing && fault.reason.contains("eks-pod-identity-agent"), "{}", shown(&verdicts));
    account.run(&fault.fix);
    let pods = || Some(Pods::seen(vec![pod("default", "model-caller"), pod("default", "model-caller")]));
    let verdicts = verify(PODS, account.connect(), &given, pods()).await;
    all_ok(&verdicts, "the agent");
    assert!(
        verdicts.iter().any(|verdict| verdict.reason.contains("default/model-caller (2 pods)")),
        "{}",
        shown(&verdicts)
    );

    let role = "--role-name sightline-pod-models";
    let assume = "sts:AssumeRole";
    let read = json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]);
    account.role("other", &trust("pods.eks.amazonaws.com", &[assume, "sts:TagSession"]), &read);
    account.role("wide", &trust("pods.eks.amazonaws.com", &[assume, "sts:TagSession"]), &invoke("*"));
    account.role(
        "untagged",
        &trust("pods.eks.amazonaws.com", &[assume]),
        &invoke("arn:aws:bedrock:us-east-1::foundation-model/a.b"),
    );
    let associations = account.answer("eks list-pod-identity-associations --cluster-name apps");
    let id = associations.pointer("/associations/0/associationId").and_then(Value::as_str).unwrap();
    let arn = |name: &str| format!("arn:aws:iam::{ACCOUNT}:role/{name}");
    let associate = |namespace: &str, name: &str| {
        format!(
            "aws eks create-pod-identity-association --cluster-name apps --namespace {namespace} --service-account a --role-arn {}",
            arn(name)
        )
    };
    let put_trust =
        |document: &Value| format!("aws iam update-assume-role-policy {role} --policy-document '{document}'");
    let put_policy = |statements: &Value| {
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        format!("aws iam put-role-policy {role} --policy-name invoke-listed-models --policy-document '{document}'")
    };
    for (fault, status, told) in [
        (
            format!("aws eks delete-pod-identity-association --cluster-name apps --association-id {id}"),
            State::Missing,
            "default/model-caller has no Pod Identity association",
        ),
        (put_trust(&trust("pods.eks.amazonaws.com", &[assume])), State::Wrong, "lacks `sts:TagSession`"),
        (put_trust(&trust("ec2.amazonaws.com", &[assume])), State::Wrong, "sts:AssumeRole and sts:TagSession: no pod"),
        (put_policy(&invoke("*")), State::Wrong, "any model, by `invoke-listed-models`"),
        (
            put_policy(&invoke("arn:aws:bedrock:us-east-1::foundation-model/a.b")),
            State::Wrong,
            "do not allow to invoke",
        ),
        (
            format!(
                "aws iam delete-role-policy {role} --policy-name invoke-listed-models\n\
                 aws iam attach-role-policy {role} --policy-arn arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
            ),
            State::Wrong,
            "the policy of the control plane of EKS: it grants no Bedrock",
        ),
        (associate("wide", "wide"), State::Wrong, "wide/a may invoke any model through the role `wide`"),
        (associate("untagged", "untagged"), State::Wrong, "the trust of `untagged` lacks `sts:TagSession`"),
    ] {
        account.run(&fault);
        let verdicts = verify(PODS, account.connect(), &given, None).await;
        let found = only_fault(&verdicts);
        assert!(found.status == status && found.reason.contains(told), "{fault}\n{}", shown(&verdicts));
        account.run(&found.fix);
        all_ok(&verify(PODS, account.connect(), &given, None).await, &fault);
    }

    let associations = account.answer("eks list-pod-identity-associations --cluster-name apps --namespace default");
    let id = associations.pointer("/associations/0/associationId").and_then(Value::as_str).unwrap();
    account.run(&format!(
        "aws eks update-pod-identity-association --cluster-name apps --association-id {id} --role-arn {}",
        arn("other")
    ));
    let verdicts = verify(PODS, account.connect(), &given, None).await;
    let found = only_fault(&verdicts);
    assert!(found.reason.contains("names another role, arn:aws:iam::123456789012:role/other"), "{}", shown(&verdicts));
    account.run(&found.fix);
    all_ok(&verify(PODS, account.connect(), &given, None).await, "another role");
}

#[tokio::test(flavor = "multi_thread")]
async fn pods_inherit_the_role_of_their_node() {
    let Some(account) = Account::start() else { return };
    let given = Given { models: vec![], ..plain() };
    create_cluster(&account);
    account.role(
        "node",
        &trust("ec2.amazonaws.com", &["sts:AssumeRole"]),
        &invoke("arn:aws:bedrock:us-east-1::foundation-model/a.b"),
    );
    account.run(&format!(
        "aws iam create-instance-profile --instance-profile-name node\n\
         aws iam add-role-to-instance-profile --instance-profile-name node --role-name node\n\
         aws eks create-nodegroup --cluster-name apps --nodegroup-name n --subnets subnet-1 --node-role arn:aws:iam::{ACCOUNT}:role/node"
    ));
    let unseen = verify(PODS, account.connect(), &given, None).await;
    assert!(only_fault(&unseen).reason.contains("no node of it runs"), "{}", shown(&unseen));

    let launch = |options: &str| {
        let tags =
            r#"[{"ResourceType": "instance", "Tags": [{"Key": "kubernetes.io/cluster/apps", "Value": "owned"}]}]"#;
        account.answer(&format!(
            "ec2 run-instances --image-id ami-12c6146b --min-count 1 --max-count 1 --iam-instance-profile Name=node \
             --metadata-options {options} --tag-specifications '{tags}'"
        ))
    };
    launch("HttpTokens=required,HttpPutResponseHopLimit=1,HttpEndpoint=enabled");
    let verdicts = verify(PODS, account.connect(), &given, None).await;
    all_ok(&verdicts, "a node that keeps its role");
    assert!(verdicts.iter().any(|verdict| verdict.reason.contains("pods do not inherit it")), "{}", shown(&verdicts));

    launch("HttpTokens=required,HttpPutResponseHopLimit=2,HttpEndpoint=enabled");
    let verdicts = verify(PODS, account.connect(), &given, None).await;
    let found = only_fault(&verdicts);
    assert!(found.status == State::Wrong && found.reason.contains("every pod on i-"), "{}", shown(&verdicts));
    account.run(&found.fix);
    all_ok(&verify(PODS, account.connect(), &given, None).await, "a node that lends its role");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_a_cluster_are_bound_to_one_service_account() {
    let Some(account) = Account::start() else { return };
    create_cluster(&account);
    let issuer = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF";
    let given = Given { irsa: true, oidc_provider: Some(issuer.to_owned()), ..plain() };
    account.run(&format!(
        "aws iam create-open-id-connect-provider --url https://{issuer} --client-id-list sts.amazonaws.com"
    ));
    account.run(&cli(PODS, &given));
    all_ok(&verify(PODS, account.connect(), &given, None).await, "the rendered steps");

    let (sub, aud) = (format!("{issuer}:sub"), format!("{issuer}:aud"));
    let (subject, sts) = ("system:serviceaccount:default:model-caller", "sts.amazonaws.com");
    for (condition, told) in [
        (
            json!({"StringLike": {&sub: "system:serviceaccount:*:*"}, "StringEquals": {&aud: sts}}),
            "by the pattern `system:serviceaccount:*:*`",
        ),
        (json!({"StringEquals": {&aud: sts}}), "asks no `:sub`"),
        (json!({"StringEquals": {&sub: subject}}), "asks no `:aud`"),
        (
            json!({"StringEquals": {&sub: "system:serviceaccount:other:x", &aud: sts}}),
            "does not trust `system:serviceaccount:default:model-caller`",
        ),
    ] {
        let federated = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}");
        let statement = json!({"Effect": "Allow", "Principal": {"Federated": federated}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition});
        let document = json!({"Version": "2012-10-17", "Statement": [statement]});
        account.run(&format!(
            "aws iam update-assume-role-policy --role-name sightline-pod-models --policy-document '{document}'"
        ));
        let verdicts = verify(PODS, account.connect(), &given, None).await;
        let found = only_fault(&verdicts);
        assert!(found.status == State::Wrong && found.reason.contains(told), "{}", shown(&verdicts));
        account.run(&found.fix);
        all_ok(&verify(PODS, account.connect(), &given, None).await, told);
    }
    account.run(&format!(
        "aws iam delete-open-id-connect-provider --open-id-connect-provider-arn arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    ));
    let verdicts = verify(PODS, account.connect(), &given, None).await;
    let found = only_fault(&verdicts);
    assert!(
        found.status == State::Missing && found.reason.contains("IAM does not know the issuer"),
        "{}",
        shown(&verdicts)
    );
    account.run(&found.fix);
    all_ok(&verify(PODS, account.connect(), &given, None).await, "the provider");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_guide_asks_for_is_found_wrong() {
    let Some(account) = Account::start() else { return };
    create_cluster(&account);
    let given = plain();
    account.run("aws eks create-addon --cluster-name apps --addon-name eks-pod-identity-agent");
    account.run(&cli(PODS, &Given { as_documented: true, ..given.clone() }));
    let verdicts = verify(PODS, account.connect(), &given, None).await;
    let found = only_fault(&verdicts);
    assert!(found.reason.contains("`AmazonEKSClusterPolicy`"), "{}", shown(&verdicts));
    account.run(&found.fix);
    all_ok(&verify(PODS, account.connect(), &given, None).await, "the guide's policy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_never_ok() {
    let Some(account) = Account::start() else { return };
    create_cluster(&account);
    let refuses = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(403)).mount(&refuses).await;
    let all = || Given { clusters: vec![], models: vec![], ..plain() };
    for (unit, service, action) in [
        (ACCESS, "EKS", "`eks:ListClusters`"),
        (PODS, "EKS", "`eks:ListClusters`"),
        (PODS, "IAM", "`iam:GetAccountAuthorizationDetails`"),
        (PODS, "EC2", "`ec2:DescribeInstances`"),
    ] {
        let aws = account.connect_but(service, &refuses.uri());
        let verdicts = verify(unit, aws, &all(), Some(Pods::seen(vec![]))).await;
        assert!(
            verdicts.iter().all(|verdict| verdict.status == State::CannotTell)
                && verdicts.iter().any(|verdict| verdict.reason.contains(action)),
            "{unit} {service}\n{}",
            shown(&verdicts)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roles_that_other_service_accounts_are_annotated_with() {
    let cluster = OneCluster::new("API", true, &["0.0.0.0/0"]);
    let server = cluster.serve().await;
    let Some(account) = Account::with_eks(&server.uri()) else { return };
    let given = Given { models: vec![], ..plain() };
    let issuer = "oidc.eks.us-east-1.amazonaws.com/id/0123";
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/annotated");
    let bound = |sub: &str| {
        let federated = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}");
        let condition = json!({"StringLike": {format!("{issuer}:sub"): sub}, "StringEquals": {format!("{issuer}:aud"): "sts.amazonaws.com"}});
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": federated},
            "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}]})
    };
    let trusted = "system:serviceaccount:shop:assistant";
    account.role("annotated", &bound(trusted), &invoke("arn:aws:bedrock:us-east-1::foundation-model/a.b"));
    let pods = || Some(Pods::seen(vec![Pod { irsa_role: arn.clone(), ..pod("shop", "assistant") }]));
    let verdicts = verify(PODS, account.connect(), &given, pods()).await;
    all_ok(&verdicts, "a role for the one service account");
    assert!(
        verdicts.iter().any(|verdict| verdict.reason.contains("shop/assistant (1 pod) may invoke")),
        "{}",
        shown(&verdicts)
    );
    for (sub, told) in [
        ("system:serviceaccount:shop:*", "by the pattern `system:serviceaccount:shop:*`"),
        (
            "system:serviceaccount:shop:other",
            "shop/assistant is annotated with the role `annotated`, which does not trust it",
        ),
    ] {
        account.run(&format!(
            "aws iam update-assume-role-policy --role-name annotated --policy-document '{}'",
            bound(sub)
        ));
        let verdicts = verify(PODS, account.connect(), &given, pods()).await;
        let found = only_fault(&verdicts);
        assert!(found.status == State::Wrong && found.reason.contains(told), "{}", shown(&verdicts));
        account.run(&found.fix);
        all_ok(&verify(PODS, account.connect(), &given, pods()).await, told);
    }
}
