//! The CloudFormation template under `deploy/cloudformation`: the role, the bucket and the trail, with parameters. What is made for each
//! VPC, cluster or model has no place in it, since a template cannot repeat a resource: `sightline onboard cloudformation` writes that.

use super::MADE;
use crate::compose::{self, Part};
use crate::error::OnboardError;
use crate::parameters::{Given, Parameters};
use crate::prerequisite::{Format, find};
use crate::render::node::{Entry, Node};
use crate::render::open::{Kind, open};
use crate::render::yaml;
use std::collections::BTreeSet;

pub(super) const PATH: &str = "deploy/cloudformation/sightline.yaml";
const HEAD: &str = "Sightline: the log bucket, the trail and the scanner's role.";
const UNITS: [&str; 3] = ["log-bucket", "cloudtrail", "scanner-identity"];

/// Name, the parameter on the command line, default, and the pattern that a value must have.
const PARAMETERS: [(&str, &str, Option<&str>, &str); 4] = [
    ("Principal", "principal", None, r"[0-9]{12}|arn:[a-z-]+:iam::[0-9]{12}:[\w+=,.@/-]+"),
    ("ScannerExternalId", "scanner-external-id", None, r"[\w+=,.@:/-]{8,}"),
    ("ScannerRoleName", "scanner-role", Some("sightline-scanner"), r"[\w+=,.@-]{1,40}"),
    ("TrailName", "trail", Some("sightline"), r"[A-Za-z0-9][\w.-]+[A-Za-z0-9]"),
];

pub(super) fn template(actions: BTreeSet<String>) -> Result<String, OnboardError> {
    let parameters = left_open(actions)?;
    let mut parts = vec![Part { id: "", name: String::new(), text: declared() }];
    for unit in UNITS.iter().filter_map(|id| find(id)) {
        let text = unit.render(&parameters, Format::CloudFormation)?;
        parts.push(Part { id: unit.id(), name: String::new(), text });
    }
    let head = format!("{HEAD} {MADE}\nCreate the stack with --capabilities CAPABILITY_NAMED_IAM.");
    compose::cloudformation::template(&head, HEAD, &parameters.home, &parts)
        .map_err(|(has, limit)| OnboardError::TooManyResources { prerequisite: "deploy", has, limit })
}

fn left_open(actions: BTreeSet<String>) -> Result<Parameters, OnboardError> {
    let anybody = Given { account_id: "000000000000".to_owned(), actions, ..Given::default() };
    let one = |name: &str| open(Kind::One, name);
    let (account, home) = (one("AWS::AccountId"), one("AWS::Region"));
    Ok(Parameters {
        partition: one("AWS::Partition"),
        regions: vec![home.clone()],
        bucket: format!("sightline-logs-{account}-{home}"),
        bucket_account: account.clone(),
        trail: one("TrailName"),
        role: one("ScannerRoleName"),
        principal: Some(one("Principal")),
        external_id: Some(one("ScannerExternalId")),
        account_id: account,
        home,
        ..Parameters::check(anybody)?
    })
}

/// The section that declares the parameters.
fn declared() -> String {
    let known: Vec<_> = UNITS.iter().filter_map(|id| find(id)).flat_map(|unit| unit.parameters()).collect();
    let about = |name: &str| known.iter().find(|known| known.name == name).map_or("", |known| known.about);
    let entry = |&(name, parameter, default, pattern): &(&str, &str, Option<&str>, &str)| {
        let mut body = vec![Entry::new("Type", "String"), Entry::new("Description", about(parameter))];
        body.extend(default.map(|default| Entry::new("Default", default)));
        body.push(Entry::new("AllowedPattern", pattern));
        Entry::new(name, Node::Map(body))
    };
    let all = Node::Map(PARAMETERS.iter().map(entry).collect());
    yaml::document("", &Node::map([("Parameters", all)]))
}
