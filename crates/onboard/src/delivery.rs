//! What AWS's log services must be allowed in order to deliver into the log bucket. The bucket's prerequisite renders and verifies
//! these; those of the logs name them.
//!
//! Sources: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html>, and their pages on KMS keys.

use crate::parameters::Parameters;
use crate::prerequisite::{self, Scope};
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

/// Look-ups that Route 53 Resolver logs, which the same service delivers: [`flow_logs`] lets it look before it writes.
pub(crate) fn look_ups(parameters: &Parameters) -> Vec<Reasoned> {
    let objects = parameters.objects_arn(&format!("AWSLogs/{}/vpcdnsquerylogs/*", parameters.account_id));
    let write = Statement::allow("LookUpsWrite", words(["s3:PutObject"]), vec![objects]);
    let write = owned(write.of(Principal::service(LOG_DELIVERY)));
    vec![Reasoned::new(
        "The log delivery service writes the look-ups of this account's VPCs and no other's.",
        from_regions(write, parameters, "logs"),
    )]
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

/// The scanner, where the bucket is of another account: a role's own policy is not enough there.
pub(crate) fn scanner(parameters: &Parameters) -> Vec<Reasoned> {
    let on_bucket = prerequisite::permissions().into_values().filter(|permission| permission.scope == Scope::LogBucket);
    let actions = on_bucket.map(|permission| permission.action.to_owned()).collect();
    let role = || Principal::aws(&parameters.role_arn());
    let look = Statement::allow("ScannerLooks", actions, vec![parameters.bucket_arn()]).of(role());
    let read =
        Statement::allow("ScannerReads", words(["s3:GetObject"]), vec![parameters.objects_arn("AWSLogs/*")]).of(role());
    vec![
        Reasoned::new(
            "The scanner's role, of another account, looks how the bucket is set up and lists the logs.",
            look,
        ),
        Reasoned::new("The scanner's role reads the logs, and nothing else in the bucket.", read),
    ]
}

/// What a key's policy must say for Bedrock alone.
pub(crate) fn bedrock_key(parameters: &Parameters) -> Reasoned {
    let use_key = Statement::allow("BedrockUsesKey", words(["kms:GenerateDataKey"]), words(["*"]));
    Reasoned::new(
        "Bedrock encrypts invocation logs with the key.",
        from_regions(use_key.of(Principal::service(BEDROCK)), parameters, "bedrock"),
    )
}

/// What a key's policy must say for the log delivery service alone.
pub(crate) fn log_delivery_key(parameters: &Parameters) -> Reasoned {
    let actions = words(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]);
    let use_key = Statement::allow("FlowLogsUseKey", actions, words(["*"])).of(Principal::service(LOG_DELIVERY));
    Reasoned::new(
        "The log delivery service encrypts flow logs with the key, and finishes uploads in parts, which takes decryption.",
        from_regions(use_key, parameters, "logs"),
    )
}

/// What the key's policy must say besides what it says already, where the logs have a key.
pub(crate) fn key_statements(parameters: &Parameters) -> Vec<Reasoned> {
    let actions = words(["kms:DescribeKey", "kms:GenerateDataKey*"]);
    let trail = Statement::allow("CloudTrailUsesKey", actions, words(["*"])).of(Principal::service(CLOUDTRAIL));
    vec![
        log_delivery_key(parameters),
        Reasoned::new(
            "CloudTrail encrypts the events of this trail with the key.",
            trail.when("StringEquals", "aws:SourceArn", [parameters.trail_arn()]),
        ),
        bedrock_key(parameters),
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
