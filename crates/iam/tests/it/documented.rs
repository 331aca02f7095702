//! Rules of AWS's pages, one small decision each. `None`: the page leaves it open, and so does the answer.

mod conditions;
mod language;
mod layers;

use serde_json::{Value, json};
use sightline_iam::cases::Case;
use sightline_iam::interpret::{Decision, interpret};

const ALLOWED: Option<Decision> = Some(Decision::Allowed);
const IMPLICIT: Option<Decision> = Some(Decision::ImplicitlyDenied);
const EXPLICIT: Option<Decision> = Some(Decision::ExplicitlyDenied);

const OWN: &str = "111111111111";
const OTHER: &str = "222222222222";
const ROLE: &str = "arn:aws:iam::111111111111:role/app";
const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/app/s1";
const USER: &str = "arn:aws:iam::111111111111:user/ann";
const FEDERATED: &str = "arn:aws:sts::111111111111:federated-user/fed";
const ROOT: &str = "arn:aws:iam::111111111111:root";
const OBJECT: &str = "arn:aws:s3:::bucket/team/key";
const KEY: &str = "arn:aws:kms:us-east-1:111111111111:key/k1";
const TARGET: &str = "arn:aws:iam::111111111111:role/path/target";
const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/m";

/// Decides, and says what differs.
fn check(page: &str, name: &str, request: &Value, policies: &Value, expected: Option<Decision>) {
    let mut whole = json!({"principal": ROLE, "action": "s3:GetObject", "resource": OBJECT, "resource_account": OWN, "context": {}});
    for (name, value) in request.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let line = json!({"id": name, "request": whole, "policies": policies, "expected": {"decision": "Allowed"}});
    let case = Case::read(&line.to_string()).unwrap();
    let outcome = interpret(&case.request().unwrap(), &case.policies());
    assert_eq!(outcome.decision(), expected, "{name}\nhttps://docs.aws.amazon.com/{page}\n{:?}", outcome.allowed());
}

fn document(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn full() -> Value {
    document(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}))
}

fn nothing() -> Value {
    document(json!({"Effect": "Allow", "Action": "other:*", "Resource": "*"}))
}

fn deny() -> Value {
    document(
        json!([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]),
    )
}

fn for_principal(effect: &str, principal: Value) -> Value {
    document(json!({"Effect": effect, "Principal": principal, "Action": "*", "Resource": "*"}))
}

fn but_for(effect: &str, principal: Value) -> Value {
    document(json!({"Effect": effect, "NotPrincipal": principal, "Action": "*", "Resource": "*"}))
}
