//! The bucket into which AWS delivers the logs that Sightline reads.

use crate::bucket;
use crate::compare;
use crate::context::{Asked, Context, is_true, list, or_absent, text};
use crate::delivery;
use crate::error::OnboardError;
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::{Template, reference};
use crate::render::hcl::{self, Block, jsonencode};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy};
use crate::render::shell::{Step, script};
use crate::verdict::{Judge, Verdict};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use sightline_iam::PolicyDocument;

/// The unit.
pub static UNIT: LogBucket = LogBucket;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct LogBucket;

const ID: &str = "log-bucket";
const HEAD: &str = "Sightline: the bucket for VPC flow logs, CloudTrail and Bedrock invocation logs.";
const BLOCK: [&str; 4] = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
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
        "VPC flow logs, CloudTrail and Bedrock invocation logs are delivered into one S3 bucket, from which Sightline reads them. The bucket \
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
        &[
            given::ACCOUNT_ID,
            given::REGIONS,
            given::BUCKET,
            given::PREFIX,
            given::TRAIL,
            given::ORGANIZATION,
            given::KMS_KEY,
            RETENTION,
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
        verify(context).boxed()
    }
}

/// The bucket's policy: what the renderers write and verification looks for.
fn bucket_policy(parameters: &Parameters) -> Policy {
    let deliveries = [delivery::flow_logs(parameters), delivery::cloudtrail(parameters), delivery::bedrock(parameters)];
    let statements = std::iter::once(delivery::tls_only(parameters)).chain(deliveries.into_iter().flatten());
    Policy::new("bucket-policy", statements.collect())
}

fn key_policy(parameters: &Parameters) -> Option<Policy> {
    parameters.kms_key_arn.as_ref().map(|_| Policy::new("key-policy-statements", delivery::key_statements(parameters)))
}

fn policies(parameters: &Parameters) -> Vec<Policy> {
    std::iter::once(bucket_policy(parameters)).chain(key_policy(parameters)).collect()
}

fn terraform(parameters: &Parameters) -> String {
    let of_bucket = |kind: &str, why: &str| {
        Block::resource(kind, "logs").because(why).with("bucket", Node::code("aws_s3_bucket.logs.id"))
    };
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
    let mut blocks = vec![
        Block::resource("aws_s3_bucket", "logs")
            .because(WHY_BUCKET)
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
            .with("policy", jsonencode(bucket_policy(parameters).node()))
            .with("depends_on", Node::list([Node::code("aws_s3_bucket_public_access_block.logs")])),
    ];
    if let Some(key) = key_policy(parameters) {
        blocks.push(
            Block::new("output", ["log_key_policy_statements"])
                .with("description", "Add these statements to the policy of the logs' KMS key; a resource would replace the whole policy.")
                .with("value", jsonencode(key.node())),
        );
    }
    hcl::file(&format!("{HEAD}\nMake it in {}: the provider's region."  , parameters.home), &blocks)
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
    if let Some(key) = key_policy(parameters) {
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
    let mut steps = vec![
        step_create(parameters),
        step_block(parameters),
        step_owner(parameters),
        step_encryption(parameters),
        step_versioning(parameters),
        step_lifecycle(parameters, &[]),
        step_policy(parameters, &bucket_policy(parameters).document()),
    ];
    steps.extend(key_policy(parameters).map(|policy| step_key(parameters, &policy)));
    steps
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

fn step_block(parameters: &Parameters) -> Step {
    let all = BLOCK.map(|name| format!("{name}=true")).join(",");
    step(parameters, WHY_BLOCK, ["s3api", "put-public-access-block"]).option("public-access-block-configuration", all)
}

fn step_owner(parameters: &Parameters) -> Step {
    let controls = json!({"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}).to_string();
    step(parameters, WHY_OWNER, ["s3api", "put-bucket-ownership-controls"]).option("ownership-controls", controls)
}

fn step_encryption(parameters: &Parameters) -> Step {
    let default = match algorithm(parameters) {
        (algorithm, Some(key)) => json!({"SSEAlgorithm": algorithm, "KMSMasterKeyID": key}),
        (algorithm, None) => json!({"SSEAlgorithm": algorithm}),
    };
    let bucket_key = parameters.kms_key_arn.is_some();
    let rules = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}]});
    step(parameters, WHY_SSE, ["s3api", "put-bucket-encryption"])
        .option("server-side-encryption-configuration", rules.to_string())
}

fn step_versioning(parameters: &Parameters) -> Step {
    step(parameters, WHY_VERSIONING, ["s3api", "put-bucket-versioning"]).option("versioning-configuration", "Status=Enabled")
}

fn step_lifecycle(parameters: &Parameters, besides: &[Value]) -> Step {
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

fn step_policy(parameters: &Parameters, document: &PolicyDocument) -> Step {
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

async fn verify(context: &Context) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let judge = Judge::new(ID, parameters.bucket_arn());
    let region = match bucket::location(context, &parameters.bucket).await {
        Ok(Some(region)) => region,
        Ok(None) => {
            let reason = "no bucket of this name is in the account";
            let fix = script(HEAD, &steps(parameters));
            return vec![judge.missing("s3:GetBucketLocation", reason, fix)];
        }
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
    };
    let call = format!("s3:GetBucketLocation in {}", parameters.home);
    let mut verdicts = vec![if parameters.regions.contains(&region) {
        judge.ok(&call, format!("the bucket is in {region}"))
    } else {
        let regions = parameters.regions.join(", ");
        judge.wrong(
            &call,
            format!("the bucket is in {region}, the workloads in {regions}: flow logs and trails still reach it, Bedrock invocation logs do not"),
            format!("--bucket <a bucket in {}>", parameters.home),
        )
    }];
    let (block, versioning, encryption, lifecycle, policy, readable) = futures::join!(
        public_access(context, &region, &judge),
        versioning(context, &region, &judge),
        encryption(context, &region, &judge),
        lifecycle(context, &region, &judge),
        delivery_statements(context, &region, &judge),
        readable(context, &region, &judge),
    );
    verdicts.extend([block, versioning, encryption, lifecycle]);
    verdicts.extend(policy);
    verdicts.push(readable);
    verdicts.extend(key_grants(context).await);
    verdicts
}

/// A question about the bucket whose answer may be that it has no such configuration.
async fn ask(
    context: &Context,
    region: &str,
    operation: &str,
    action: &'static str,
    absent: &str,
) -> Asked<Option<Value>> {
    let Parameters { bucket, account_id, .. } = &context.parameters;
    let input = json!({"Bucket": bucket, "ExpectedBucketOwner": account_id});
    or_absent(context.ask(region, "s3", operation, input, action).await, absent)
}

async fn public_access(context: &Context, region: &str, judge: &Judge) -> Verdict {
    let call = format!("s3:GetPublicAccessBlock in {region}");
    let fix = || step_block(&context.parameters).command();
    let action = "s3:GetBucketPublicAccessBlock";
    match ask(context, region, "GetPublicAccessBlock", action, "NoSuchPublicAccessBlockConfiguration").await {
        Err(unanswered) => judge.unanswered(&unanswered),
        Ok(None) => judge.missing(&call, "no public access block: a policy or an ACL can make the logs public", fix()),
        Ok(Some(answer)) => {
            let is_off = |name: &&&str| !is_true(&answer, &format!("/PublicAccessBlockConfiguration/{name}"));
            let off: Vec<&str> = BLOCK.iter().filter(is_off).copied().collect();
            if off.is_empty() {
                judge.ok(&call, "the bucket is closed to the public")
            } else {
                judge.wrong(&call, format!("the public access block leaves open: {}", off.join(", ")), fix())
            }
        }
    }
}

async fn versioning(context: &Context, region: &str, judge: &Judge) -> Verdict {
    let call = format!("s3:GetBucketVersioning in {region}");
    let fix = || step_versioning(&context.parameters).command();
    match ask(context, region, "GetBucketVersioning", "s3:GetBucketVersioning", "NoSuchBucket").await {
        Err(unanswered) => judge.unanswered(&unanswered),
        Ok(answer) => match text(&answer.unwrap_or_default(), "/Status") {
            "Enabled" => judge.ok(&call, "versions are kept"),
            "" => judge.missing(&call, "versions are not kept: a deleted log is gone", fix()),
            other => judge.wrong(&call, format!("versioning is `{other}`: a deleted log is gone"), fix()),
        },
    }
}

async fn encryption(context: &Context, region: &str, judge: &Judge) -> Verdict {
    let call = format!("s3:GetBucketEncryption in {region}");
    let fix = || step_encryption(&context.parameters).command();
    let action = "s3:GetEncryptionConfiguration";
    match ask(context, region, "GetBucketEncryption", action, "ServerSideEncryptionConfigurationNotFoundError").await {
        Err(unanswered) => judge.unanswered(&unanswered),
        Ok(None) => judge.missing(&call, "the bucket has no default encryption", fix()),
        Ok(Some(answer)) => {
            let default = "/ServerSideEncryptionConfiguration/Rules/0/ApplyServerSideEncryptionByDefault";
            let algorithm = text(&answer, &format!("{default}/SSEAlgorithm"));
            let key = text(&answer, &format!("{default}/KMSMasterKeyID"));
            match &context.parameters.kms_key_arn {
                Some(wanted) if !same_key(wanted, key) => {
                    judge.wrong(&call, format!("encrypted with `{algorithm}` and key `{key}`, not with `{wanted}`"), fix())
                }
                _ if algorithm.is_empty() => judge.missing(&call, "the bucket has no default encryption", fix()),
                _ => judge.ok(&call, format!("encrypted with {algorithm}")),
            }
        }
    }
}

/// A key is named by its ARN or, in its own account, by its id.
fn same_key(arn: &str, named: &str) -> bool {
    arn == named || arn.ends_with(&format!("/{named}"))
}

async fn lifecycle(context: &Context, region: &str, judge: &Judge) -> Verdict {
    let call = format!("s3:GetBucketLifecycleConfiguration in {region}");
    let fix = |rules: &[Value]| step_lifecycle(&context.parameters, rules).command();
    let action = "s3:GetLifecycleConfiguration";
    match ask(context, region, "GetBucketLifecycleConfiguration", action, "NoSuchLifecycleConfiguration").await {
        Err(unanswered) => judge.unanswered(&unanswered),
        Ok(None) => judge.missing(&call, "no lifecycle rule: logs are kept, and paid for, for ever", fix(&[])),
        Ok(Some(answer)) => {
            let rules: Vec<Value> = list(&answer, "/Rules").cloned().collect();
            let days = |rule: &Value| rule.pointer("/Expiration/Days").filter(|_| text(rule, "/Status") == "Enabled").cloned();
            match rules.iter().find_map(days) {
                Some(days) => judge.ok(&call, format!("logs are removed after {days} days")),
                None => {
                    let reason = "no enabled lifecycle rule removes logs: they are paid for, for ever";
                    judge.missing(&call, reason, fix(&rules))
                }
            }
        }
    }
}

async fn readable(context: &Context, region: &str, judge: &Judge) -> Verdict {
    let Context { parameters, .. } = context;
    let input = json!({"Bucket": parameters.bucket, "Prefix": format!("{}AWSLogs/", parameters.prefix), "MaxKeys": 1});
    match context.ask(region, "s3", "ListObjectsV2", input, "s3:ListBucket").await {
        Err(unanswered) => judge.unanswered(&unanswered),
        Ok(_) => judge.ok(&format!("s3:ListObjectsV2 in {region}"), "the logs can be listed"),
    }
}

async fn delivery_statements(context: &Context, region: &str, judge: &Judge) -> Vec<Verdict> {
    let call = format!("s3:GetBucketPolicy in {region}");
    let wanted = bucket_policy(&context.parameters);
    let answer = match ask(context, region, "GetBucketPolicy", "s3:GetBucketPolicy", "NoSuchBucketPolicy").await {
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
        Ok(answer) => answer.unwrap_or_else(|| json!({"Policy": r#"{"Statement": []}"#})),
    };
    // A policy is put as a whole: what it says besides goes along.
    let fix = |has: &PolicyDocument| step_policy(&context.parameters, &compare::merged(has, &wanted)).command();
    compare::statements(judge, &call, text(&answer, "/Policy"), &wanted, fix)
}

async fn key_grants(context: &Context) -> Vec<Verdict> {
    let (Some(key), Some(wanted)) = (&context.parameters.kms_key_arn, key_policy(&context.parameters)) else {
        return Vec::new();
    };
    let judge = Judge::new(ID, key);
    let region = key.split(':').nth(3).unwrap_or_default();
    let input = json!({"KeyId": key, "PolicyName": "default"});
    match context.ask(region, "kms", "GetKeyPolicy", input, "kms:GetKeyPolicy").await {
        Err(unanswered) => vec![judge.unanswered(&unanswered)],
        Ok(answer) => {
            let fix = |has: &PolicyDocument| {
                let merged = policy::json(&compare::merged(has, &wanted));
                let put = Step::aws("", ["kms", "put-key-policy"]).option("region", region).option("key-id", key);
                put.option("policy-name", "default").option("policy", merged).command()
            };
            compare::statements(&judge, &format!("kms:GetKeyPolicy in {region}"), text(&answer, "/Policy"), &wanted, fix)
        }
    }
}
