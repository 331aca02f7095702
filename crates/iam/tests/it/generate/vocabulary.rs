//! The words: few, so that policies and requests meet.

pub(crate) const OWN: &str = "111111111111";
pub(crate) const OTHER: &str = "222222222222";

/// Questions: action, resource, the resource's account.
pub(crate) const QUESTIONS: [(&str, &str, &str); 7] = [
    ("bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude", OWN),
    ("s3:GetObject", "arn:aws:s3:::bucket/team-a/key", OWN),
    ("s3:GetObject", "arn:aws:s3:::theirs/team-b/key", OTHER),
    ("sts:AssumeRole", "arn:aws:iam::111111111111:role/path/target", OWN),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:111111111111:key/k1", OWN),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:222222222222:key/k2", OTHER),
    ("sagemaker:ListEndpoints", "*", OWN),
];

pub(super) const ACTIONS: [&str; 12] = [
    "*",
    "*:*",
    "bedrock:*",
    "BEDROCK:invoke*",
    "bedrock:InvokeMode?",
    "s3:Get*",
    "S3:getobject",
    "sts:AssumeRole*",
    "kms:*",
    "kms:Decrypt",
    "sagemaker:*s",
    "other:*",
];

pub(super) const RESOURCES: [&str; 18] = [
    "*",
    "arn:aws:*",
    "arn:aws:bedrock:*",
    "arn:aws:bedrock:*::foundation-model/*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::*/team-?/key",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team}/*",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'team-a'}/key",
    "arn:aws:s3:::${aws:username}/team-b/*",
    "arn:aws:s3:::bucket/team-a/${*}",
    "arn:aws:s3",
    "arn:*:s3:::theirs/*",
    "arn:aws:iam::111111111111:role/*",
    "arn:aws:iam::*:role/path/${aws:username, 'target'}",
    "arn:aws:kms:us-east-?:*:key/k1",
    "arn:aws:kms:*:222222222222:key/*",
    "arn:aws:sagemaker:*:*:endpoint/*",
    "arn:aws:s3:::other",
];

pub(crate) const PRINCIPALS: [(&str, &str); 16] = [
    ("AWS", "*"),
    ("AWS", "111111111111"),
    ("AWS", "arn:aws:iam::111111111111:root"),
    ("AWS", "arn:aws:iam::222222222222:root"),
    ("AWS", "arn:aws:iam::111111111111:role/app"),
    ("AWS", "arn:aws:iam::111111111111:role/path/target"),
    ("AWS", "arn:aws:iam::111111111111:user/alice"),
    ("AWS", "arn:aws:iam::222222222222:role/far"),
    ("AWS", "arn:aws:sts::111111111111:assumed-role/app/session"),
    ("AWS", "arn:aws:sts::111111111111:federated-user/fed"),
    ("AWS", "AROAEXAMPLEDELETED000"),
    ("Service", "lambda.amazonaws.com"),
    ("Service", "ec2.amazonaws.com"),
    ("Federated", "arn:aws:iam::111111111111:oidc-provider/token.example.com"),
    ("Federated", "accounts.google.com"),
    ("CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
];

pub(super) const CALLERS: [&str; 11] = [
    "arn:aws:iam::111111111111:role/app",
    "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "arn:aws:iam::111111111111:user/alice",
    "arn:aws:iam::222222222222:role/far",
    "arn:aws:sts::111111111111:assumed-role/app/session",
    "arn:aws:sts::111111111111:federated-user/fed",
    "arn:aws:iam::111111111111:root",
    "lambda.amazonaws.com",
    "arn:aws:iam::111111111111:oidc-provider/token.example.com",
    "accounts.google.com",
    "anonymous",
];

/// A condition key: its name, which operators fit it, what policies compare it with, what requests bring.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(super) operators: &'static [&'static str],
    pub(super) constants: &'static [&'static str],
    pub(crate) values: &'static [&'static str],
    pub(crate) is_list: bool,
}

const TEXT: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
];
const ARN: &[&str] = &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringNotEquals"];
const NUMBER: &[&str] = &[
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
];
const DATE: &[&str] =
    &["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"];

pub(crate) const KEYS: [Key; 10] = [
    Key {
        name: "aws:SourceVpce",
        operators: TEXT,
        constants: &["vpce-1", "vpce-2", "vpce-*", "VPCE-1", "*-1", "vpce-?", "${aws:username}"],
        values: &["vpce-1", "vpce-2", "vpce-11", "VPCE-1", "vpce-", "", "alice"],
        is_list: false,
    },
    Key {
        name: "aws:PrincipalTag/team",
        operators: TEXT,
        constants: &["team-a", "team-b", "team-*", "${aws:username}", "${aws:SourceVpce, 'team-a'}", "${*}"],
        values: &["team-a", "team-b", "Team-A", "team-", "*", "alice"],
        is_list: false,
    },
    Key {
        name: "aws:username",
        operators: TEXT,
        constants: &["alice", "bob", "a*", "${aws:PrincipalTag/team}", "*"],
        values: &["alice", "bob", "Alice", "bucket", "theirs", "target"],
        is_list: false,
    },
    Key {
        name: "aws:TagKeys",
        operators: TEXT,
        constants: &["a", "b", "ab", "a*", "*b", "A"],
        values: &["a", "b", "ab", "A", "c", "abb"],
        is_list: true,
    },
    Key {
        name: "aws:SourceIp",
        operators: &["IpAddress", "NotIpAddress"],
        constants: &["10.0.0.0/8", "10.1.2.3", "10.0.0.0/9", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::1"],
        values: &["10.1.2.3", "10.128.0.0", "9.255.255.255", "11.0.0.0", "2001:db8::1", "2001:db9::", "none"],
        is_list: false,
    },
    Key {
        name: "aws:MultiFactorAuthAge",
        operators: NUMBER,
        constants: &["0", "5", "5.0", "5.01", "-1", "300"],
        values: &["0", "5", "5.005", "-0.5", "300", "301", "4.999", "x"],
        is_list: false,
    },
    Key {
        name: "aws:CurrentTime",
        operators: DATE,
        constants: &["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5+00:00", "1767225601", "2026", "2026-06-01"],
        values: &[
            "2026-01-01T00:00:00Z",
            "2026-01-01T01:00:00.25+01:00",
            "1767225600.75",
            "2026-06-01T00:00:00.001Z",
            "2025-12-31",
            "-5",
            "x",
        ],
        is_list: false,
    },
    Key {
        name: "aws:MultiFactorAuthPresent",
        operators: &["Bool"],
        constants: &["true", "false", "True"],
        values: &["true", "false", "TRUE", "x"],
        is_list: false,
    },
    Key {
        name: "aws:PrincipalArn",
        operators: ARN,
        constants: &[
            "arn:aws:iam::111111111111:role/*",
            "arn:aws:iam::*:role/app",
            "arn:aws:iam::111111111111:role/app",
            "arn:*",
            "*",
            "arn:aws:iam::??????111111:user/${aws:username}",
        ],
        values: &[
            "arn:aws:iam::111111111111:role/app",
            "arn:aws:iam::222222222222:role/app",
            "arn:aws:iam::111111111111:user/alice",
            "arn:aws:iam::111111111111:role/a:b",
            "x",
        ],
        is_list: false,
    },
    Key {
        name: "aws:CalledVia",
        operators: TEXT,
        constants: &["athena.amazonaws.com", "*.amazonaws.com", "glue.amazonaws.com"],
        values: &["athena.amazonaws.com", "glue.amazonaws.com", "x"],
        is_list: true,
    },
];
