use super::*;
use insta::assert_debug_snapshot;

const REGION: &str = "us-east-1";

fn lambda(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

fn ml(trust: &[&str]) -> Value {
    principal("ml", json!([allow("bedrock:*", "*")]), trust)
}

fn passer(name: &str, to: &str, more: Vec<Value>) -> Value {
    let condition = json!({ "StringEquals": { "iam:PassedToService": to } });
    let mut statements = vec![with(allow("iam:PassRole", &arn("m*")), condition)];
    statements.extend(more);
    principal(name, json!(statements), &[])
}

#[test]
fn a_role_handed_to_a_function() {
    let make = |name: &str| allow("lambda:CreateFunction", &lambda(name));
    let invoke = |name: &str| allow("lambda:InvokeFunction", &lambda(name));
    let service = "lambda.amazonaws.com";
    let organization = organization(
        json!([
            passer("u-any", service, vec![make("*"), invoke("*")]),
            passer("u-dev", service, vec![make("dev-*"), invoke("*")]),
            passer("u-source", service, vec![make("dev-*"), allow("lambda:CreateEventSourceMapping", "*")]),
            passer("u-other-names", service, vec![make("dev-*"), invoke("prod-*")]),
            passer("u-other-service", "ec2.amazonaws.com", vec![make("*"), invoke("*")]),
            passer("u-cannot-make", service, vec![invoke("*")]),
            passer("u-cannot-run", service, vec![make("*")]),
            ml(&[service]),
        ]),
        json!([]),
    );
    assert_debug_snapshot!(who(&organization, Routes::All, model()), @r#"
    [
        "u-any Allow +1 hands `role/ml` to a service (lambda-create-function)",
        "u-dev Allow +1 hands `role/ml` to a service (lambda-create-function)",
        "u-source Allow +1 hands `role/ml` to a service (lambda-create-function)",
        "ml Allow +0",
    ]
    "#);
    assert_eq!(who(&organization, Routes::Roles, model()), ["ml Allow +0"]);
}

#[test]
fn a_role_handed_to_a_service_that_it_does_not_trust() {
    let statements = vec![allow("lambda:*", "*")];
    let organization =
        organization(json!([passer("u-a", "lambda.amazonaws.com", statements), ml(&["ec2.amazonaws.com"])]), json!([]));
    assert_eq!(who(&organization, Routes::All, model()), ["ml Allow +0"]);
}

#[test]
fn a_role_handed_to_pods() {
    let statements = || vec![allow("eks:CreatePodIdentityAssociation", "*")];
    let service = "pods.eks.amazonaws.com";
    let organization = organization(json!([passer("u-a", service, statements()), ml(&[service])]), json!([]));
    assert_debug_snapshot!(who(&organization, Routes::All, model()), @r#"
    [
        "u-a Conditional +1 hands `role/ml` to a service (eks-pod-identity), if the caller can run pods in the cluster",
        "ml Allow +0",
    ]
    "#);
}

fn function(open_to: &[&str]) -> Value {
    json!([{
        "id": lambda("chat"), "kind": "lambda", "account": ACCOUNT, "role": arn("ml"),
        "invoked_by": ["lambda:InvokeFunction"], "open_to": open_to,
    }])
}

#[test]
fn a_function_that_runs_already() {
    let organization = organization(
        json!([
            principal("u-code", json!([allow("lambda:UpdateFunctionCode", &lambda("chat"))]), &[]),
            principal("u-calls", json!([allow("lambda:InvokeFunction", &lambda("chat"))]), &[]),
            principal("u-other", json!([allow("lambda:*", &lambda("other"))]), &[]),
            ml(&[]),
        ]),
        function(&[]),
    );
    assert_debug_snapshot!(who(&organization, Routes::All, model()), @r#"
    [
        "u-code Allow +1 gets at what runs as `role/ml` (lambda-update-code)",
        "u-calls Allow +1 calls `arn:aws:lambda:us-east-1:111111111111:function:chat`, which runs as `role/ml`",
        "ml Allow +0",
    ]
    "#);
}

#[test]
fn a_function_that_is_open_to_anybody() {
    let organization = organization(json!([ml(&[])]), function(&["anybody who knows the function's URL"]));
    let direct = Interpreter { organization: &organization };
    let graph = Graph::new(&organization, &direct);
    let asks = [model()];
    let rows = graph.reach(&direct, &asks).outside(0);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].who.as_str(), rows[0].hops), ("anybody who knows the function's URL", 1));
    assert_eq!(rows[0].tri, crate::solve::Tri::Allow);
    assert_eq!(rows[0].witness[0].kind, crate::reach::HopKind::Invoke(lambda("chat")));
}

#[test]
fn a_way_into_another_principal() {
    let organization = organization(
        json!([
            principal("u-trust", json!([allow("iam:UpdateAssumeRolePolicy", &arn("ml"))]), &[]),
            principal("u-keys", json!([allow("iam:CreateAccessKey", "*")]), &[]),
            principal("u-ml", json!([allow("bedrock:*", "*")]), &[]),
            ml(&[]),
        ]),
        json!([]),
    );
    assert_debug_snapshot!(who(&organization, Routes::All, model()), @r#"
    [
        "u-trust Allow +1 makes itself a way into `role/ml` (iam-update-assume-role-policy)",
        "u-keys Allow +1 makes itself a way into `user/u-ml` (iam-create-access-key)",
        "u-ml Allow +0",
        "ml Allow +0",
    ]
    "#);
}

#[test]
fn what_one_may_give_oneself() {
    let own = |name: &str| json!([allow("iam:PutUserPolicy", &arn(name))]);
    let mut bounded = principal("u-bounded", own("u-bounded"), &[]);
    bounded["boundary"] = json!("iam-only");
    let mut denied = own("u-denied");
    denied.as_array_mut().unwrap().push(json!({ "Effect": "Deny", "Action": "bedrock:*", "Resource": "*" }));
    let organization = organization(
        json!([
            principal("u-free", own("u-free"), &[]),
            bounded,
            principal("u-denied", denied, &[]),
            principal(
                "u-role",
                json!([allow("iam:PutRolePolicy", &arn("empty")), allow("sts:AssumeRole", &arn("empty"))]),
                &[]
            ),
            principal("u-cannot-assume", json!([allow("iam:PutRolePolicy", &arn("empty"))]), &[]),
            principal("empty", json!([]), &[&arn("u-role")]),
        ]),
        json!([]),
    );
    assert_debug_snapshot!(who(&organization, Routes::All, model()), @r#"
    [
        "u-free Allow +1 changes what `user/u-free` may do (iam-user-policy)",
        "u-role Allow +1 changes what `role/empty` may do (iam-role-policy)",
    ]
    "#);
}

/// What one may give oneself leads on: to a role that leaves it to the account who assumes it.
#[test]
fn a_role_that_one_may_assume_once_one_gives_oneself_that() {
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    let mut user = principal("u-a", json!([allow("iam:PutUserPolicy", &arn("u-a"))]), &[]);
    user["inline"][0]["Statement"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "Effect": "Deny", "Action": "bedrock:*", "Resource": "*" }));
    let organization = organization(json!([user, ml(&[&root])]), json!([]));
    assert_debug_snapshot!(who(&organization, Routes::All, model()), @r#"
    [
        "u-a Allow +2 changes what `user/u-a` may do (iam-user-policy), then assumes `role/ml`",
        "ml Allow +0",
    ]
    "#);
    let direct = Interpreter { organization: &organization };
    let scope = Scope { routes: Routes::All, regions: Vec::new() };
    assert!(Graph::with(&organization, &direct, &scope).edges().is_empty(), "no principal may assume it as it is");
}

#[test]
fn roles_of_services_cannot_be_changed() {
    let path = format!("arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX");
    let mut role = ml(&[]);
    role["arn"] = json!(path);
    let organization = organization(json!([principal("u-a", json!([allow("iam:*", "*")]), &[]), role]), json!([]));
    let rows = who(&organization, Routes::All, model());
    assert!(rows.iter().all(|row| !row.contains("aws-service-role")), "{rows:?}");
}

#[test]
fn a_key_that_stands_for_a_user() {
    let minter = || principal("u-minter", json!([allow("iam:CreateServiceSpecificCredential", "*")]), &[]);
    let of = |statements: Value, ask: Ask| {
        let organization = organization(json!([minter(), principal("u-ml", statements, &[])]), json!([]));
        who(&organization, Routes::All, ask)
    };
    let agent = format!("arn:aws:bedrock:{REGION}:{ACCOUNT}:agent-alias/A/B");
    let agent = || Ask::from(Question::new("bedrock:InvokeAgent", &agent, ACCOUNT));
    assert_debug_snapshot!(of(json!([allow("bedrock:*", "*")]), model()), @r#"
    [
        "u-minter Allow +1 makes a key that stands for `user/u-ml` (iam-bedrock-api-key)",
        "u-ml Allow +0",
    ]
    "#);
    assert_eq!(of(json!([allow("bedrock:InvokeModel", "*")]), model()), ["u-ml Allow +0"], "no bearer of tokens");
    assert_eq!(of(json!([allow("bedrock:*", "*")]), agent()), ["u-ml Allow +0"], "keys are no good for agents");
}

#[test]
fn what_was_not_tried_is_said() {
    let statements: Vec<Value> =
        (0..20).map(|at| allow("lambda:CreateFunction", &lambda(&format!("n{at}-*")))).collect();
    let organization = organization(
        json!([passer("u-a", "lambda.amazonaws.com", statements), ml(&["lambda.amazonaws.com"])]),
        json!([{ "id": "lambda/1", "kind": "lambda", "account": ACCOUNT, "role": arn("ml") }]),
    );
    let direct = Interpreter { organization: &organization };
    let scope = Scope { routes: Routes::All, regions: vec!["eu-west-1".to_owned()] };
    assert_debug_snapshot!(Graph::with(&organization, &direct, &scope).gaps(), @r#"
    [
        "lambda-update-code on `lambda/1`, which has no ARN",
        "lambda:CreateFunction in account 111111111111: 12 further names of resources were not tried",
        "lambda:CreateFunction in account 111111111111: region `us-east-1` was not tried",
    ]
    "#);
}
