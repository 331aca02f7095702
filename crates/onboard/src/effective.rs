//! What a role may do: its own policies, its boundary and the service control policies above it, decided action by action by the IAM
//! engine. Enough to say whether the scanner can make its calls.

use crate::grant::covers;
use sightline_iam::caller::Caller;
use sightline_iam::context::{Context, Fact};
use sightline_iam::explain::{Explanation, explain};
use sightline_iam::interpret::{Decision, LayerName, interpret};
use sightline_iam::policy::Policy;
use sightline_iam::request::{Layer, Level, Policies, Request};
use sightline_iam::solve::Tri;
use sightline_iam::split;
use sightline_iam::{Effect, PolicyDocument, Statement};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A role and the policies that bear on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Effective {
    /// the role's ARN
    pub(crate) role: String,
    /// where calls are made: policies may speak of it
    pub(crate) region: String,
    /// of the role, managed and inline, each with its name
    pub(crate) identity: Vec<Named>,
    /// the permissions boundary, if it has one
    pub(crate) boundary: Option<Named>,
    /// service control policies from the root down; none where none apply
    pub(crate) service_control: Vec<Level>,
}

/// A policy's name and text.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Actions by what the policies say of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sorted<'a> {
    /// not allowed, by the policy that says so; no policy where none allows it
    pub(crate) refused: BTreeMap<Option<Refusing>, Vec<&'a str>>,
    /// allowed under conditions that cannot be settled from here
    pub(crate) conditional: Vec<&'a str>,
}

/// What stands in the way of an action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Refusing {
    Boundary,
    /// the root's, unit's or account's id
    ServiceControl(String),
    /// a policy of the role itself denies it
    OwnDenial,
}

impl Effective {
    /// Sorts out the actions that are not plainly allowed on all resources.
    pub(crate) fn sort<'a>(&self, actions: impl Iterator<Item = &'a str>) -> Sorted<'a> {
        let policies = self.policies();
        let mut sorted = Sorted::default();
        for action in actions {
            let request = self.request(action);
            if interpret(&request, &policies).decision() == Some(Decision::Allowed) {
                continue;
            }
            let explanation = explain(&request, &policies);
            match explanation.decision {
                Tri::Allow => {}
                Tri::Conditional => sorted.conditional.push(action),
                Tri::Deny => sorted.refused.entry(refusing(&explanation)).or_default().push(action),
            }
        }
        sorted
    }

    /// An action pattern that allows a whole service, or everything, on all resources.
    pub(crate) fn everything(&self) -> Option<String> {
        let documents =
            self.identity.iter().filter_map(|named| serde_json::from_str::<PolicyDocument>(&named.text).ok());
        let statements = documents.flat_map(|document| document.statement);
        let mut allows = statements.filter(|s| s.effect == Effect::Allow && everywhere(s)).flat_map(|s| s.action);
        allows.find(|pattern| covers(pattern, "sightline:EveryAction") || pattern.ends_with(":*"))
    }

    /// All of them, as the engine takes them.
    pub(crate) fn policies(&self) -> Policies {
        let read = |named: &Named| Arc::new(Policy::read_text(&named.name, &named.text));
        Policies {
            identity: Layer::Known(self.identity.iter().map(read).collect()),
            boundary: Layer::Known(self.boundary.iter().map(read).collect()),
            scp: Layer::Known(self.service_control.clone()),
            ..Policies::default()
        }
    }

    fn request(&self, action: &str) -> Request {
        let caller = Caller::Role { arn: self.role.clone() };
        let account = caller.account().unwrap_or_default().to_owned();
        let mut context = Context::open().with("aws:SecureTransport", Fact::Known("true".into()));
        context.set_value("aws:PrincipalArn", &self.role);
        context.set_value("aws:PrincipalAccount", &account);
        context.set_value("aws:RequestedRegion", &self.region);
        // What is granted on certain resources alone is asked of the first of them.
        let resource = split::resources(action).and_then(|arns| arns.first()).unwrap_or(&"*");
        Request {
            caller,
            action: action.to_owned(),
            resource: (*resource).to_owned(),
            resource_account: account,
            context,
        }
    }
}

fn refusing(explanation: &Explanation) -> Option<Refusing> {
    let decides = explanation.layers.iter().filter(|layer| layer.decides);
    let mut refusing: Vec<Refusing> = decides
        .filter_map(|layer| match layer.layer {
            LayerName::Boundary => Some(Refusing::Boundary),
            LayerName::ServiceControl => Some(Refusing::ServiceControl(layer.level.clone().unwrap_or_default())),
            LayerName::Identity if explanation.explicit => Some(Refusing::OwnDenial),
            _ => None,
        })
        .collect();
    refusing.sort();
    refusing.into_iter().next()
}

fn everywhere(statement: &Statement) -> bool {
    statement.resource.iter().any(|resource| resource == "*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn named(name: &str, statements: Value) -> Named {
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        Named { name: name.to_owned(), text }
    }

    fn effective(statements: Value) -> Effective {
        Effective {
            role: "arn:aws:iam::123456789012:role/scanner".to_owned(),
            region: "eu-west-1".to_owned(),
            identity: vec![named("own", statements)],
            ..Effective::default()
        }
    }

    #[test]
    fn actions_are_sorted() {
        let policies = effective(json!([
            {"Effect": "Allow", "Action": ["ec2:Describe*", "iam:GetRole"], "Resource": "*"},
            {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
            {"Effect": "Deny", "Action": "ec2:DescribeVpcs", "Resource": "*"},
            {"Effect": "Deny", "Action": "ec2:DescribeRegions", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}},
            {"Effect": "Deny", "Action": "ec2:DescribeSubnets", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}},
        ]));
        let asked = [
            "ec2:DescribeInstances",
            "ec2:DescribeVpcs",
            "ec2:DescribeRegions",
            "ec2:DescribeSubnets",
            "iam:getrole",
            "kms:ListKeys",
            "s3:ListAllMyBuckets",
        ];
        let sorted = policies.sort(asked.into_iter());
        assert_eq!(sorted.refused[&None], ["kms:ListKeys"]);
        assert_eq!(sorted.refused[&Some(Refusing::OwnDenial)], ["ec2:DescribeVpcs"]);
        assert_eq!(sorted.conditional, ["ec2:DescribeRegions", "s3:ListAllMyBuckets"]);
        assert_eq!(policies.everything(), None);
    }

    #[test]
    fn what_stands_above_the_role_counts() {
        let mut role =
            effective(json!({"Effect": "Allow", "Action": ["ec2:*", "iam:GetRole", "kms:ListKeys"], "Resource": "*"}));
        role.boundary =
            Some(named("boundary", json!({"Effect": "Allow", "Action": ["ec2:*", "iam:*"], "Resource": "*"})));
        let full = Policy::read_text(
            "FullAWSAccess",
            &named("", json!({"Effect": "Allow", "Action": "*", "Resource": "*"})).text,
        );
        let no_iam =
            Policy::read_text("NoIam", &named("", json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*"})).text);
        let level = |id: &str, policies: Vec<Policy>| Level {
            id: id.to_owned(),
            policies: policies.into_iter().map(Arc::new).collect(),
        };
        role.service_control = vec![level("r-ab12", vec![full.clone()]), level("123456789012", vec![full, no_iam])];
        let sorted = role.sort(["ec2:DescribeVpcs", "iam:GetRole", "kms:ListKeys"].into_iter());
        assert_eq!(sorted.refused[&Some(Refusing::Boundary)], ["kms:ListKeys"]);
        assert_eq!(sorted.refused[&Some(Refusing::ServiceControl("123456789012".to_owned()))], ["iam:GetRole"]);
        assert_eq!(sorted.refused.len(), 2);
    }

    #[test]
    fn a_whole_service_is_too_much() {
        let policies = effective(json!({"Effect": "Allow", "Action": ["iam:GetRole", "s3:*"], "Resource": "*"}));
        assert_eq!(policies.everything().as_deref(), Some("s3:*"));
    }
}
