//! What AWS's managed policy `SecurityAudit` allows on all resources, as it was when `tools/iam/generate.sh` was last run.
//! AWS adds to it at will, and rarely takes away: what is missing here may be in it by now.
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/SecurityAudit.html>.

use crate::glob::matches_fold;

/// The first line says which version of the policy it is.
const POLICY: &str = include_str!("../data/security-audit.txt");

/// The version of the policy that is known here, such as `v94`.
pub fn version() -> &'static str {
    POLICY.lines().next().and_then(|line| line.split_whitespace().nth(2)).unwrap_or_default()
}

/// Whether the policy allows the action on all resources.
pub fn allows(action: &str) -> bool {
    patterns().any(|pattern| matches_fold(pattern, action))
}

fn patterns() -> impl Iterator<Item = &'static str> {
    POLICY.lines().filter(|line| !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_auditors_read() {
        assert!(version().starts_with('v') && patterns().count() > 900);
        assert!(allows("ec2:DescribeInstances") && allows("IAM:GetAccountAuthorizationDetails"));
        assert!(!allows("s3:GetObject") && !allows("bedrock:InvokeModel") && !allows("kms:Decrypt"));
    }
}
