//! What AWS's log services must be allowed in order to deliver into the log bucket. The bucket's prerequisite renders and verifies
//! these; those of the logs name them.
//!
//! Sources: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html>, and their pages on KMS keys.

use crate::parameters::Parameters;
use crate::render::policy::Reasoned;
use sightline_iam::{Principal, Statement};

const LOG_DELIVERY: &str = "delivery.logs.amazonaws.com";
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
const BEDROCK: &str = "bedrock.amazonaws.com";

/// Nobody reads or writes the bucket without TLS.
pub(crate) fn tls_only(parameters: &Parameters) -> Reasoned {
    let resources = vec![parameters.bucket_arn(), format!("{}/*", parameters.bucket_arn())];
    Reasoned::new(
        "Refuses every request without TLS, so that logs never cross a network in clear text.",
        Statement::deny("DenyWithoutTls", words(["s3:*"]), resources).of(Principal::EVERYBODY).when(
            "Bool",
            "aws:SecureTransport",
            words(["false"]),
        ),
    )
}

/// VPC flow logs, under Hive-compatible prefixes.
pub(crate) fn flow_logs(parameters: &Parameters) -> Vec<Reasoned> {
    let objects = parameters.objects_arn(&format!("AWSLogs/aws-account-id={}/*", parameters.account_id));
    let bound = |statement: Statement| from_regions(statement.of(Principal::service(LOG_DELIVERY)), parameters, "logs");
    let check = Statement::allow("FlowLogsAclCheck", words(["s3:GetBucketAcl"]), vec![parameters.bucket_arn()]);
    let write = Statement::allow("FlowLogsWrite", words(["s3:PutObject"]), vec![objects]);
    vec![
        Reasoned::new(
            "The log delivery service looks whether it may write before it writes; only on behalf of this account.",
            bound(check),
        ),
        Reasoned::new("The log delivery service writes flow logs of this account and no other.", bound(owned(write))),
    ]
}

/// CloudTrail: this trail alone.
pub(crate) fn cloudtrail(parameters: &Parameters) -> Vec<Reasoned> {
    let owners = std::iter::once(&parameters.account_id).chain(&parameters.organization_id);
    let objects = owners.map(|owner| parameters.objects_arn(&format!("AWSLogs/{owner}/*"))).collect();
    let bound = |statement: Statement| {
        statement.of(Principal::service(CLOUDTRAIL)).when("StringEquals", "aws:SourceArn", [parameters.trail_arn()])
    };
    let check = Statement::allow("CloudTrailAclCheck", words(["s3:GetBucketAcl"]), vec![parameters.bucket_arn()]);
    let write = Statement::allow("CloudTrailWrite", words(["s3:PutObject"]), objects);
    vec![
        Reasoned::new("CloudTrail looks whether it may write before it writes; only for this trail.", bound(check)),
        Reasoned::new("CloudTrail writes the events of this trail and no other.", owned(bound(write))),
    ]
}

/// Bedrock model invocation logs.
pub(crate) fn bedrock(parameters: &Parameters) -> Vec<Reasoned> {
    let key = format!("AWSLogs/{}/BedrockModelInvocationLogs/*", parameters.account_id);
    let write = Statement::allow("BedrockWrite", words(["s3:PutObject"]), vec![parameters.objects_arn(&key)]);
    vec![Reasoned::new(
        "Bedrock writes invocation logs of this account, once they are switched on. It delivers into buckets of the same account \
         and region only: other regions need a bucket each.",
        from_regions(write.of(Principal::service(BEDROCK)), parameters, "bedrock"),
    )]
}

/// What the key's policy must say besides what it says already, where the logs have a key.
pub(crate) fn key_statements(parameters: &Parameters) -> Vec<Reasoned> {
    let every = || words(["*"]);
    let logs = words(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]);
    let trail = words(["kms:DescribeKey", "kms:GenerateDataKey*"]);
    let allow = |sid: &str, actions, service| Statement::allow(sid, actions, every()).of(Principal::service(service));
    vec![
        Reasoned::new(
            "The log delivery service encrypts flow logs with the key, and finishes uploads in parts, which takes decryption.",
            from_regions(allow("FlowLogsUseKey", logs, LOG_DELIVERY), parameters, "logs"),
        ),
        Reasoned::new(
            "CloudTrail encrypts the events of this trail with the key.",
            allow("CloudTrailUsesKey", trail, CLOUDTRAIL).when(
                "StringEquals",
                "aws:SourceArn",
                [parameters.trail_arn()],
            ),
        ),
        Reasoned::new(
            "Bedrock encrypts invocation logs with the key.",
            from_regions(allow("BedrockUsesKey", words(["kms:GenerateDataKey"]), BEDROCK), parameters, "bedrock"),
        ),
    ]
}

/// Objects that services write must belong to the bucket's owner.
fn owned(statement: Statement) -> Statement {
    statement.when("StringEquals", "s3:x-amz-acl", words(["bucket-owner-full-control"]))
}

/// Only when the service acts for this account, in its regions: without it, anybody could make the service write here.
fn from_regions(statement: Statement, parameters: &Parameters, service: &str) -> Statement {
    let Parameters { partition, account_id, regions, .. } = parameters;
    let sources = regions.iter().map(|region| format!("arn:{partition}:{service}:{region}:{account_id}:*"));
    statement.when("ArnLike", "aws:SourceArn", sources).when("StringEquals", "aws:SourceAccount", [account_id.clone()])
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}
