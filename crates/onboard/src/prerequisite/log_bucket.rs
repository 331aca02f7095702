//! The bucket into which AWS delivers the logs that Sightline reads.

use crate::context::Context;
use crate::delivery;
use crate::error::OnboardError;
use crate::log_bucket;
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::{Template, reference};
use crate::render::hcl::{self, Block, jsonencode};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy};
use crate::render::shell::{Step, script};
use crate::verdict::Verdict;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use sightline_iam::PolicyDocument;

/// The unit.
pub static UNIT: LogBucket = LogBucket;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct LogBucket;

pub(crate) const ID: &str = "log-bucket";
const HEAD: &str = "Sightline: the bucket for VPC flow logs, CloudTrail, look-ups and Bedrock invocation logs.";
pub(crate) const BLOCK: [&str; 4] = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
/// Days after which what was overwritten or deleted is gone.
const NONCURRENT_DAYS: u32 = 30;
/// Days after which uploads that never ended are removed: they cost, and no list shows them.
const UPLOAD_DAYS: u32 = 7;
const WHY_BUCKET: &str = "Kept when the stack goes: the logs are evidence.";
const WHY_BLOCK: &str = "No policy or ACL can make the logs public.";
const WHY_OWNER: &str = "Every object belongs to this account, whoever wrote it; ACLs are off.";
const WHY_SSE: &str = "Encrypted at rest.";
const WHY_VERSIONING: &str = "What is overwritten or deleted can be brought back.";
const WHY_LIFECYCLE: &str = "Logs are removed after the retention, leftovers of versions and uploads sooner.";
const WHY_POLICY: &str = "TLS only, and AWS's log services may write: each its own logs, on behalf of this account alone.";

impl Prerequisite for LogBucket {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "A bucket for the logs"
    }

    fn about(&self) -> &'static str {
        "VPC flow logs, CloudTrail, look-ups of names and Bedrock invocation logs are delivered into one S3 bucket, from which Sightline reads them. The bucket \
         is closed to the public, refuses requests without TLS, encrypts, keeps versions, and its policy lets AWS's log services write on \
         behalf of this account alone: a delivery statement without `aws:SourceAccount` or `aws:SourceArn` lets anybody's trail or flow log \
         write into your evidence. The bucket may stand in any region; only Bedrock invocation logging asks for a bucket in the \
         account and region of the model. When a flow log is created by somebody who may change the bucket's policy and the policy lacks the \
         delivery statements, AWS writes a policy of its own over yours: make the bucket first. What is stored costs by the gigabyte \
         and month; lifecycle rules bound it."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const RETENTION: Parameter =
            Parameter { name: "retention-days", about: "days that logs are kept; default 400" };
        const OWNER: Parameter =
            Parameter { name: "bucket-account", about: "the account that owns the bucket, if it is another one" };
        &[
            given::ACCOUNT_ID,
            given::REGIONS,
            given::BUCKET,
            given::PREFIX,
            given::TRAIL,
            given::ORGANIZATION,
            given::KMS_KEY,
            RETENTION,
            OWNER,
        ]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::log_bucket("s3:GetBucketLocation", "which region the log bucket is in"),
            Permission::log_bucket("s3:GetBucketPublicAccessBlock", "whether the log bucket is closed to the public"),
            Permission::log_bucket("s3:GetBucketVersioning", "whether the log bucket keeps versions"),
            Permission::log_bucket("s3:GetEncryptionConfiguration", "whether the log bucket encrypts, and with which key"),
            Permission::log_bucket("s3:GetLifecycleConfiguration", "whether logs are removed one day"),
            Permission::log_bucket("s3:GetBucketPolicy", "whether AWS's log services may deliver, and nobody without TLS"),
            Permission::log_bucket("s3:ListBucket", "whether the logs can be read, and how old the newest is"),
            Permission::account("s3:ListAllMyBuckets", "whether a bucket that cannot be looked at is this account's"),
            Permission::account("kms:GetKeyPolicy", "whether AWS's log services may use the logs' key"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        Ok(match format {
            Format::Terraform => terraform(parameters),
            Format::CloudFormation => cloudformation(parameters),
            Format::Cli => script(&format!("{HEAD}\n{}", bucket_policy(parameters).reasons()), &steps(parameters)),
            Format::Policy => policy::json_of(&policies(parameters)),
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        log_bucket::verify(context).boxed()
    }
}

/// The bucket's policy: what the renderers write and verification looks for.
pub(crate) fn bucket_policy(parameters: &Parameters) -> Policy {
    let reader = if parameters.is_bucket_elsewhere() { delivery::scanner(parameters) } else { Vec::new() };
    let deliveries = [
        delivery::flow_logs(parameters),
        delivery::cloudtrail(parameters),
        delivery::bedrock(parameters),
        delivery::look_ups(parameters),
        reader,
    ];
    let statements = std::iter::once(delivery::tls_only(parameters)).chain(deliveries.into_iter().flatten());
    Policy::new("bucket-policy", statements.collect())
}

/// What the key's policy must say besides: what the renderers write and verification looks for.
pub(crate) fn key_policy(parameters: &Parameters) -> Policy {
    Policy::new("key-policy-statements", delivery::key_statements(parameters))
}

/// The same, where the logs are to have a key.
fn own_key_policy(parameters: &Parameters) -> Option<Policy> {
    parameters.kms_key_arn.as_ref().map(|_| key_policy(parameters))
}

/// Puts the bucket's policy as it shall be.
pub(crate) fn policy_step(parameters: &Parameters) -> String {
    let step = step_policy(parameters, &bucket_policy(parameters).document()).command();
    format!("# a policy is put as a whole: add to this one what the bucket's says besides\n{step}")
}

/// The whole bucket, step by step.
pub(crate) fn script_of(parameters: &Parameters) -> String {
    script(HEAD, &steps(parameters))
}

fn policies(parameters: &Parameters) -> Vec<Policy> {
    std::iter::once(bucket_policy(parameters)).chain(own_key_policy(parameters)).collect()
}

fn terraform(parameters: &Parameters) -> String {
    let mut blocks = blocks(parameters, "logs", None, &bucket_policy(parameters));
    if let Some(key) = own_key_policy(parameters) {
        blocks.push(
            Block::new("output", ["log_key_policy_statements"])
                .with("description", "Add these statements to the policy of the logs' KMS key; a resource would replace the whole policy.")
                .with("value", jsonencode(key.node())),
        );
    }
    hcl::file(&format!("{HEAD}\nMake it in {}: the provider's region."  , parameters.home), &blocks)
}

/// A bucket for logs with this policy; `label` is what its resources are called, `provider` that of another region.
pub(crate) fn blocks(parameters: &Parameters, label: &str, provider: Option<&Node>, policy: &Policy) -> Vec<Block> {
    let resource = |kind: &str, why: &str| {
        let block = Block::resource(kind, label).because(why);
        provider.into_iter().fold(block, |block, provider| block.with("provider", provider.clone()))
    };
    let of_bucket = |kind: &str, why: &str| resource(kind, why).with("bucket", Node::code(format!("aws_s3_bucket.{label}.id")));
    let block_public = BLOCK.iter().fold(of_bucket("aws_s3_bucket_public_access_block", WHY_BLOCK), |block, name| {
        block.with(&sightline_model::column::snake_case(name), true)
    });
    let (algorithm, key) = algorithm(parameters);
    let mut sse = Block::new("apply_server_side_encryption_by_default", []).with("sse_algorithm", algorithm);
    let mut rule = Block::new("rule", []);
    if let Some(key) = key {
        sse = sse.with("kms_master_key_id", key);
        rule = rule.with("bucket_key_enabled", true);
    }
    let expiry = |name, key: &str, days: u32| Block::new(name, []).with(key, days);
    let lifecycle = Block::new("rule", [])
        .with("id", "sightline-retention")
        .with("status", "Enabled")
        .block(Block::new("filter", []))
        .block(expiry("expiration", "days", parameters.retention_days))
        .block(expiry("noncurrent_version_expiration", "noncurrent_days", NONCURRENT_DAYS))
        .block(expiry("abort_incomplete_multipart_upload", "days_after_initiation", UPLOAD_DAYS));
    vec![
        resource("aws_s3_bucket", WHY_BUCKET)
            .with("bucket", &parameters.bucket)
            .block(Block::new("lifecycle", []).with("prevent_destroy", true)),
        block_public,
        of_bucket("aws_s3_bucket_ownership_controls", WHY_OWNER)
            .block(Block::new("rule", []).with("object_ownership", "BucketOwnerEnforced")),
        of_bucket("aws_s3_bucket_server_side_encryption_configuration", WHY_SSE).block(rule.block(sse)),
        of_bucket("aws_s3_bucket_versioning", WHY_VERSIONING)
            .block(Block::new("versioning_configuration", []).with("status", "Enabled")),
        of_bucket("aws_s3_bucket_lifecycle_configuration", WHY_LIFECYCLE).block(lifecycle),
        of_bucket("aws_s3_bucket_policy", WHY_POLICY)
            .with("policy", jsonencode(policy.node()))
            .with("depends_on", Node::list([Node::code(format!("aws_s3_bucket_public_access_block.{label}"))])),
    ]
}

fn cloudformation(parameters: &Parameters) -> String {
    let (algorithm, key) = algorithm(parameters);
    let mut default = vec![Entry::new("SSEAlgorithm", algorithm)];
    default.extend(key.map(|key| Entry::new("KMSMasterKeyID", key)));
    let mut sse = vec![Entry::new("ServerSideEncryptionByDefault", Node::Map(default))];
    sse.extend(key.map(|_| Entry::new("BucketKeyEnabled", true)));
    let lifecycle = Node::map([
        ("Id", "sightline-retention".into()),
        ("Status", "Enabled".into()),
        ("ExpirationInDays", parameters.retention_days.into()),
        ("NoncurrentVersionExpiration", Node::map([("NoncurrentDays", NONCURRENT_DAYS.into())])),
        ("AbortIncompleteMultipartUpload", Node::map([("DaysAfterInitiation", UPLOAD_DAYS.into())])),
    ]);
    let owner = Node::list([Node::map([("ObjectOwnership", "BucketOwnerEnforced".into())])]);
    let bucket = vec![
        Entry::new("BucketName", &parameters.bucket),
        Entry::new("PublicAccessBlockConfiguration", Node::map(BLOCK.map(|name| (name, true.into())))).because(WHY_BLOCK),
        Entry::new("OwnershipControls", Node::map([("Rules", owner)])).because(WHY_OWNER),
        Entry::new(
            "BucketEncryption",
            Node::map([("ServerSideEncryptionConfiguration", Node::list([Node::Map(sse)]))]),
        )
        .because(WHY_SSE),
        Entry::new("VersioningConfiguration", Node::map([("Status", "Enabled".into())])).because(WHY_VERSIONING),
        Entry::new("LifecycleConfiguration", Node::map([("Rules", Node::list([lifecycle]))])).because(WHY_LIFECYCLE),
    ];
    let policy = vec![
        Entry::new("Bucket", reference("LogBucket")),
        Entry::new("PolicyDocument", bucket_policy(parameters).node()),
    ];
    let keep = || [("DeletionPolicy", "Retain".into()), ("UpdateReplacePolicy", "Retain".into())];
    let mut template = Template::new(HEAD)
        .resource_with("LogBucket", "AWS::S3::Bucket", WHY_BUCKET, bucket, keep())
        .resource_with("LogBucketPolicy", "AWS::S3::BucketPolicy", WHY_POLICY, policy, keep())
        .output("LogBucketArn", "The log bucket", Node::call("GetAtt", "LogBucket.Arn"));
    if let Some(key) = own_key_policy(parameters) {
        let statements = Entry::new("AddToKeyPolicy", key.node());
        let statements = statements.because("Add these statements to the policy of the logs' KMS key by hand.");
        template = template.metadata(Node::Map(vec![statements]));
    }
    template.render(&format!("{HEAD}\nMake the stack in {}.", parameters.home))
}

/// The encryption algorithm and the key.
fn algorithm(parameters: &Parameters) -> (&'static str, Option<&String>) {
    (if parameters.kms_key_arn.is_some() { "aws:kms" } else { "AES256" }, parameters.kms_key_arn.as_ref())
}

fn steps(parameters: &Parameters) -> Vec<Step> {
    let mut steps = steps_with(parameters, &bucket_policy(parameters));
    steps.extend(own_key_policy(parameters).map(|policy| step_key(parameters, &policy)));
    steps
}

/// A bucket for logs with this policy.
pub(crate) fn steps_with(parameters: &Parameters, policy: &Policy) -> Vec<Step> {
    vec![
        step_create(parameters),
        step_block(parameters),
        step_owner(parameters),
        step_encryption(parameters),
        step_versioning(parameters),
        step_lifecycle(parameters, &[]),
        step_policy(parameters, &policy.document()),
    ]
}

fn step<const N: usize>(parameters: &Parameters, why: &str, words: [&str; N]) -> Step {
    Step::aws(why, words).option("region", &parameters.home).option("bucket", &parameters.bucket)
}

fn step_create(parameters: &Parameters) -> Step {
    let create = step(parameters, "The bucket.", ["s3api", "create-bucket"]);
    match parameters.home.as_str() {
        // The API refuses the name of this one region.
        "us-east-1" => create,
        home => create.option("create-bucket-configuration", format!("LocationConstraint={home}")),
    }
}

pub(crate) fn step_block(parameters: &Parameters) -> Step {
    let all = BLOCK.map(|name| format!("{name}=true")).join(",");
    step(parameters, WHY_BLOCK, ["s3api", "put-public-access-block"]).option("public-access-block-configuration", all)
}

fn step_owner(parameters: &Parameters) -> Step {
    let controls = json!({"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}).to_string();
    step(parameters, WHY_OWNER, ["s3api", "put-bucket-ownership-controls"]).option("ownership-controls", controls)
}

pub(crate) fn step_encryption(parameters: &Parameters) -> Step {
    let default = match algorithm(parameters) {
        (algorithm, Some(key)) => json!({"SSEAlgorithm": algorithm, "KMSMasterKeyID": key}),
        (algorithm, None) => json!({"SSEAlgorithm": algorithm}),
    };
    let bucket_key = parameters.kms_key_arn.is_some();
    let rules = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}]});
    step(parameters, WHY_SSE, ["s3api", "put-bucket-encryption"])
        .option("server-side-encryption-configuration", rules.to_string())
}

pub(crate) fn step_versioning(parameters: &Parameters) -> Step {
    step(parameters, WHY_VERSIONING, ["s3api", "put-bucket-versioning"]).option("versioning-configuration", "Status=Enabled")
}

pub(crate) fn step_lifecycle(parameters: &Parameters, besides: &[Value]) -> Step {
    let ours = json!({
        "ID": "sightline-retention",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": parameters.retention_days},
        "NoncurrentVersionExpiration": {"NoncurrentDays": NONCURRENT_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UPLOAD_DAYS},
    });
    let all = [&[ours], besides].concat();
    let rules = json!({"Rules": all});
    step(parameters, WHY_LIFECYCLE, ["s3api", "put-bucket-lifecycle-configuration"])
        .option("lifecycle-configuration", rules.to_string())
}

pub(crate) fn step_policy(parameters: &Parameters, document: &PolicyDocument) -> Step {
    step(parameters, WHY_POLICY, ["s3api", "put-bucket-policy"]).option("policy", policy::json(document))
}

/// The key's policy has other statements, which a put would drop: only a person can add to it.
fn step_key(parameters: &Parameters, policy: &Policy) -> Step {
    let key = parameters.kms_key_arn.clone().unwrap_or_default();
    let why = format!(
        "Prints the key's policy. Add these statements to it and put it back with `aws kms put-key-policy`:\n{}\n{}",
        policy.reasons(),
        policy.json()
    );
    Step::aws(why, ["kms", "get-key-policy"]).option("key-id", key).option("policy-name", "default").option("output", "text")
}
