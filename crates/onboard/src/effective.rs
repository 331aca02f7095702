//! What the policies of a role allow on all resources, action by action: enough to say whether the scanner can make its calls. Service
//! control policies and permission boundaries are not looked at here.

use crate::grant::covers;
use sightline_iam::{Effect, PolicyDocument, Statement};

/// A role's policies.
pub(crate) struct Effective {
    statements: Vec<Statement>,
}

/// Actions by what the policies say of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sorted<'a> {
    pub(crate) refused: Vec<&'a str>,
    /// allowed or denied under conditions that are not evaluated here
    pub(crate) conditional: Vec<&'a str>,
}

impl Effective {
    pub(crate) fn new(documents: Vec<PolicyDocument>) -> Self {
        Self { statements: documents.into_iter().flat_map(|document| document.statement).collect() }
    }

    /// Sorts out the actions that are not plainly allowed on all resources.
    pub(crate) fn sort<'a>(&self, actions: impl Iterator<Item = &'a str>) -> Sorted<'a> {
        let mut sorted = Sorted::default();
        for action in actions {
            let about = |effect| self.statements.iter().filter(move |s| s.effect == effect && names(s, action));
            let is_plain = |statement: &Statement| statement.condition.is_empty() && everywhere(statement);
            let is_denied = about(Effect::Deny).any(is_plain);
            if is_denied || about(Effect::Allow).next().is_none() {
                sorted.refused.push(action);
            } else if about(Effect::Deny).next().is_some() || !about(Effect::Allow).any(is_plain) {
                sorted.conditional.push(action);
            }
        }
        sorted
    }

    /// An action pattern that allows a whole service, or everything, on all resources.
    pub(crate) fn everything(&self) -> Option<&str> {
        let allows = self.statements.iter().filter(|s| s.effect == Effect::Allow && everywhere(s));
        let mut patterns = allows.flat_map(|statement| &statement.action);
        patterns.find(|pattern| *pattern == "*" || pattern.ends_with(":*")).map(String::as_str)
    }
}

fn names(statement: &Statement, action: &str) -> bool {
    let listed = |patterns: &[String]| patterns.iter().any(|pattern| covers(pattern, action));
    if statement.action.is_empty() {
        !statement.not_action.is_empty() && !listed(&statement.not_action)
    } else {
        listed(&statement.action)
    }
}

fn everywhere(statement: &Statement) -> bool {
    statement.resource.iter().any(|resource| resource == "*")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn effective(statements: Value) -> Effective {
        Effective::new(vec![serde_json::from_value(json!({"Statement": statements})).unwrap()])
    }

    #[test]
    fn actions_are_sorted() {
        let policies = effective(json!([
            {"Effect": "Allow", "Action": ["ec2:Describe*", "iam:GetRole"], "Resource": "*"},
            {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
            {"Effect": "Deny", "Action": "ec2:DescribeVpcs", "Resource": "*"},
            {"Effect": "Deny", "Action": "ec2:DescribeRegions", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}},
        ]));
        let sorted = policies.sort(
            [
                "ec2:DescribeInstances",
                "ec2:DescribeVpcs",
                "ec2:DescribeRegions",
                "iam:getrole",
                "kms:ListKeys",
                "s3:ListAllMyBuckets",
            ]
            .into_iter(),
        );
        assert_eq!(
            sorted,
            Sorted {
                refused: vec!["ec2:DescribeVpcs", "kms:ListKeys"],
                conditional: vec!["ec2:DescribeRegions", "s3:ListAllMyBuckets"]
            }
        );
        assert_eq!(policies.everything(), None);
    }

    #[test]
    fn a_whole_service_is_too_much() {
        let policies = effective(json!({"Effect": "Allow", "Action": ["iam:GetRole", "s3:*"], "Resource": "*"}));
        assert_eq!(policies.everything(), Some("s3:*"));
    }
}
