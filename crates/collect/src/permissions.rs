//! The least-privilege policies of a scan, made of the calls that the tables declare: nothing more, and nothing less.

use sightline_iam::{PolicyDocument, audit, split};
use std::collections::{BTreeMap, BTreeSet};

/// Policies that together allow these actions on all resources, by name: one a family of services, as many as fit the size of a
/// managed policy. All are reads that AWS offers no narrower resource for, or whose resources are not known before they are
/// listed.
pub fn policies(actions: &BTreeSet<String>) -> BTreeMap<String, PolicyDocument> {
    split::parts(actions).into_iter().map(|part| (format!("inventory-{}", part.name), part.document())).collect()
}

/// The actions that AWS's managed policy `SecurityAudit` does not allow.
pub fn beyond_security_audit(actions: &BTreeSet<String>) -> BTreeSet<String> {
    actions.iter().filter(|action| !audit::allows(action)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_policy_a_family() {
        let actions = ["s3:GetBucketPolicy", "bedrock-agentcore:ListMemories", "s3:ListAllMyBuckets"];
        insta::assert_json_snapshot!(policies(&actions.map(str::to_owned).into()), @r#"
        {
          "inventory-data": {
            "Version": "2012-10-17",
            "Statement": [
              {
                "Sid": "InventoryData",
                "Effect": "Allow",
                "Action": [
                  "s3:GetBucketPolicy",
                  "s3:ListAllMyBuckets"
                ],
                "Resource": [
                  "*"
                ]
              }
            ]
          },
          "inventory-models": {
            "Version": "2012-10-17",
            "Statement": [
              {
                "Sid": "InventoryModels",
                "Effect": "Allow",
                "Action": [
                  "bedrock-agentcore:ListMemories"
                ],
                "Resource": [
                  "*"
                ]
              }
            ]
          }
        }
        "#);
    }

    #[test]
    fn the_supplement_is_what_auditors_do_not_read() {
        let actions = ["bedrock:GetPrompt", "ec2:DescribeVpcs"].map(str::to_owned).into();
        assert_eq!(beyond_security_audit(&actions), ["bedrock:GetPrompt".to_owned()].into());
    }
}
