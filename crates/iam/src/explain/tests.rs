use super::*;
use crate::context::Context;
use crate::request::{Layer, Level};
use serde_json::Value;

const ROLE: &str = "arn:aws:iam::111111111111:role/app";
const KEY: &str = "arn:aws:s3:::b/k";

fn request(owner: &str) -> Request {
    Request {
        caller: Caller::Role { arn: ROLE.to_owned() },
        action: "s3:GetObject".to_owned(),
        resource: KEY.to_owned(),
        resource_account: owner.to_owned(),
        context: Context::open(),
    }
}

fn policy(name: &str, statement: Value) -> Arc<Policy> {
    Arc::new(Policy::read(name, &json!({"Version": "2012-10-17", "Statement": [statement]})))
}

fn allow(name: &str) -> Arc<Policy> {
    policy(name, json!({"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}))
}

fn deny(name: &str, condition: Value) -> Arc<Policy> {
    policy(name, json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}))
}

fn deciding(explanation: &Explanation) -> Vec<String> {
    let deciding = explanation.layers.iter().filter(|layer| layer.decides);
    deciding
        .map(|layer| format!("{:?} {} {:?}", layer.layer, layer.level.clone().unwrap_or_default(), layer.says))
        .collect()
}

#[test]
fn an_identity_policy_grants() {
    let policies = Policies { identity: Layer::Known(vec![allow("p")]), ..Policies::default() };
    let explanation = explain(&request("111111111111"), &policies);
    assert_eq!((explanation.decision, deciding(&explanation)), (Tri::Allow, vec!["Identity  Allows".to_owned()]));
    let identity = explanation.layers.iter().find(|layer| layer.decides).unwrap();
    assert_eq!(identity.statements[0].sid.as_deref(), Some("Read"));
    assert_eq!((identity.statements[0].number, identity.statements[0].when.as_str()), (1, "always"));
}

#[test]
fn a_level_that_allows_nothing_decides() {
    let level = |id: &str, policies| Level { id: id.to_owned(), policies };
    let scp = Layer::Known(vec![level("root", vec![allow("full")]), level("ou-1", Vec::new())]);
    let policies = Policies { identity: Layer::Known(vec![allow("p")]), scp, ..Policies::default() };
    let explanation = explain(&request("111111111111"), &policies);
    assert_eq!((explanation.decision, explanation.explicit), (Tri::Deny, false));
    assert_eq!(deciding(&explanation), ["ServiceControl ou-1 Silent"]);
}

#[test]
fn nothing_at_all_lacks_a_permission_of_the_principal() {
    assert_eq!(deciding(&explain(&request("111111111111"), &Policies::default())), ["Identity  Silent"]);
}

#[test]
fn across_accounts_both_must_allow() {
    let explanation = explain(&request("222222222222"), &Policies::default());
    assert_eq!(deciding(&explanation), ["Identity  Silent", "Resource  Silent"]);
}

#[test]
fn a_denial_decides_whatever_else_allows() {
    let policies = Policies {
        identity: Layer::Known(vec![allow("p")]),
        boundary: Layer::Known(vec![allow("b"), deny("no", json!({}))]),
        ..Policies::default()
    };
    let explanation = explain(&request("111111111111"), &policies);
    assert_eq!((explanation.decision, explanation.explicit), (Tri::Deny, true));
    assert_eq!(deciding(&explanation), ["Boundary  Denies"]);
}

#[test]
fn what_is_open_is_named() {
    let outside = json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}});
    let policies = Policies {
        identity: Layer::Known(vec![allow("p"), deny("perimeter", outside)]),
        boundary: Layer::Unknown("the boundary allows".into()),
        ..Policies::default()
    };
    let explanation = explain(&request("111111111111"), &policies);
    assert_eq!(explanation.decision, Tri::Conditional);
    assert_eq!(explanation.unknown, ["aws:SourceVpce", "whether the boundary allows"]);
    assert_eq!(deciding(&explanation), ["Identity  Depends", "Boundary  Unread"]);
    insta::assert_snapshot!(explanation.residual.unwrap(), @"through vpce-1 and if the boundary allows");
}

#[test]
fn a_service_linked_role_is_not_bound_by_its_organization() {
    let level = Level { id: "root".to_owned(), policies: vec![deny("no", json!({}))] };
    let policies =
        Policies { identity: Layer::Known(vec![allow("p")]), scp: Layer::Known(vec![level]), ..Policies::default() };
    let arn = "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX".to_owned();
    let request = Request { caller: Caller::Role { arn }, ..request("111111111111") };
    let explanation = explain(&request, &policies);
    assert_eq!((explanation.decision, explanation.layers[0].says), (Tri::Allow, Says::NotBound));
}
