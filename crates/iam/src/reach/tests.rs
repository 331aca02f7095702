//! Small organizations, a way each.

mod chains;
mod large;
mod ways;

use super::{Access, Ask, Graph, Routes, Scope};
use crate::direct::Interpreter;
use crate::organization::{Assumptions, Organization, Question};
use serde_json::{Value, json};

pub(super) const ACCOUNT: &str = "111111111111";
pub(super) const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/m";

/// What the small organizations ask: a model of the account.
pub(super) fn model() -> Ask {
    Question::new("bedrock:InvokeModel", MODEL, ACCOUNT).into()
}

pub(super) fn arn(name: &str) -> String {
    let kind = if name.starts_with("u-") { "user" } else { "role" };
    format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}")
}

pub(super) fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

pub(super) fn with(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

/// A user, whose name begins with `u-`, or a role that trusts the principals, services too, of `trust`.
pub(super) fn principal(name: &str, statements: Value, trust: &[&str]) -> Value {
    let trusted = trust.iter().map(|who| {
        let kind = if who.ends_with(".amazonaws.com") { "Service" } else { "AWS" };
        json!({ "Effect": "Allow", "Action": "sts:*", "Principal": { kind: who } })
    });
    let kind = if name.starts_with("u-") { "user" } else { "role" };
    let document = |statements: Value| json!({ "Version": "2012-10-17", "Statement": statements });
    json!({
        "arn": arn(name), "account": ACCOUNT, "kind": kind,
        "inline": [document(statements)],
        "trust": (kind == "role").then(|| document(trusted.collect())),
    })
}

pub(super) fn organization(principals: Value, workloads: Value) -> Organization {
    let boundary = json!({ "Version": "2012-10-17", "Statement": [allow("iam:*", "*")] });
    let file = json!({
        "org_id": "o-1", "accounts": [ACCOUNT], "principals": principals, "workloads": workloads,
        "boundaries": { "iam-only": boundary },
    });
    Organization::read(file.to_string().as_bytes()).unwrap().0
}

/// Every condition key that the inventory does not tell is open.
pub(super) fn open(organization: Organization) -> Organization {
    Organization { assumptions: Assumptions::Open, ..organization }
}

/// Who can, by which way: `u-a +1 assumes …`.
pub(super) fn who(organization: &Organization, routes: Routes, ask: Ask) -> Vec<String> {
    let direct = Interpreter { organization };
    let graph = Graph::with(organization, &direct, &Scope { routes, regions: Vec::new() });
    let rows = graph.who_can(&direct, &[ask]).remove(0);
    rows.iter().map(|row| shown(organization, row)).collect()
}

fn shown(organization: &Organization, row: &Access) -> String {
    let name = organization.principals[row.principal].name();
    let words = row.words().replace(&format!("arn:aws:iam::{ACCOUNT}:"), "");
    format!("{name} {:?} +{} {words}", row.tri, row.hops).trim_end().to_owned()
}
