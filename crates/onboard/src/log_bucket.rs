//! Whether the log bucket is there, is as declared, and lets logs in.

use crate::bucket;
use crate::compare;
use crate::context::{Asked, Context, is_true, list, or_absent, text};
use crate::parameters::Parameters;
use crate::prerequisite::log_bucket::{
    BLOCK, ID, bucket_policy, key_policy, policy_step, script_of, step_block, step_encryption, step_lifecycle,
    step_policy, step_versioning,
};
use crate::render::policy;
use crate::render::shell::Step;
use crate::verdict::{Judge, Unanswered, Verdict};
use serde_json::{Value, json};
use sightline_aws::CallErrorKind;
use sightline_iam::PolicyDocument;

/// Looks.
pub(crate) async fn verify(context: &Context) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let judge = Judge::new(ID, parameters.bucket_arn());
    let region = match bucket::location(context, &parameters.bucket).await {
        Ok(Some(region)) => region,
        Ok(None) => {
            let reason = "no bucket of this name is in the account";
            let fix = script_of(parameters);
            return vec![judge.missing("s3:GetBucketLocation", reason, fix)];
        }
        Err(unanswered) => return vec![not_seen(context, &unanswered, &judge).await],
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
    let (encryption, key) = encryption;
    verdicts.extend([block, versioning, encryption, lifecycle]);
    verdicts.extend(policy);
    verdicts.push(readable);
    if let Some(key) = key {
        verdicts.extend(key_grants(context, &region, &key).await);
    }
    verdicts
}

/// A bucket that refuses to say where it is: of another account, or of this one and not allowed to this caller.
async fn not_seen(context: &Context, unanswered: &Unanswered, judge: &Judge) -> Verdict {
    let Context { parameters, .. } = context;
    if unanswered.error.kind != CallErrorKind::Denied {
        return judge.unanswered(unanswered);
    }
    let input = json!({});
    let buckets =
        context.ask_all(&parameters.home, "s3", "ListBuckets", input, ("Buckets", "s3:ListAllMyBuckets")).await;
    let is_own = |buckets: Vec<Value>| buckets.iter().any(|bucket| text(bucket, "/Name") == parameters.bucket);
    if buckets.is_ok_and(is_own) || !parameters.is_bucket_elsewhere() {
        return judge.unanswered(unanswered);
    }
    let reason = format!(
        "the bucket is of account {}, whose policy for it has no statement for this account: logs do not arrive, or cannot be read",
        parameters.bucket_account
    );
    let fix = format!("# with credentials of account {}\n{}", parameters.bucket_account, policy_step(parameters));
    judge.wrong(&format!("s3:GetBucketLocation in {}", parameters.home), reason, fix)
}

/// A question about the bucket whose answer may be that it has no such configuration.
async fn ask(
    context: &Context,
    region: &str,
    operation: &str,
    action: &'static str,
    absent: &str,
) -> Asked<Option<Value>> {
    let Parameters { bucket, bucket_account, .. } = &context.parameters;
    let input = json!({"Bucket": bucket, "ExpectedBucketOwner": bucket_account});
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

/// The verdict, and the key of the objects, if it is one whose policy somebody wrote.
async fn encryption(context: &Context, region: &str, judge: &Judge) -> (Verdict, Option<String>) {
    let call = format!("s3:GetBucketEncryption in {region}");
    let wanted = context.parameters.kms_key_arn.clone();
    let fix = || step_encryption(&context.parameters).command();
    let action = "s3:GetEncryptionConfiguration";
    match ask(context, region, "GetBucketEncryption", action, "ServerSideEncryptionConfigurationNotFoundError").await {
        Err(unanswered) => (judge.unanswered(&unanswered), wanted),
        Ok(None) => (judge.missing(&call, "the bucket has no default encryption", fix()), wanted),
        Ok(Some(answer)) => {
            let default = "/ServerSideEncryptionConfiguration/Rules/0/ApplyServerSideEncryptionByDefault";
            let algorithm = text(&answer, &format!("{default}/SSEAlgorithm"));
            let key = text(&answer, &format!("{default}/KMSMasterKeyID"));
            let verdict = match &wanted {
                Some(wanted) if !same_key(wanted, key) => judge.wrong(
                    &call,
                    format!("encrypted with `{algorithm}` and key `{key}`, not with `{wanted}`"),
                    fix(),
                ),
                _ if algorithm.is_empty() => judge.missing(&call, "the bucket has no default encryption", fix()),
                _ => judge.ok(&call, format!("encrypted with {algorithm}")),
            };
            // AWS writes the policies of its own keys.
            let named = (!key.is_empty() && !key.contains("alias/aws/")).then(|| key.to_owned());
            (verdict, wanted.or(named))
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
            let days =
                |rule: &Value| rule.pointer("/Expiration/Days").filter(|_| text(rule, "/Status") == "Enabled").cloned();
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

async fn key_grants(context: &Context, bucket_region: &str, key: &str) -> Vec<Verdict> {
    let wanted = key_policy(&context.parameters);
    let judge = Judge::new(ID, key);
    if key.contains("alias/") {
        let reason = "the bucket names its key by an alias, whose policy cannot be asked for: give --kms-key-arn";
        return vec![judge.cannot_tell("kms:GetKeyPolicy", reason)];
    }
    let region = key.split(':').nth(3).unwrap_or(bucket_region);
    let input = json!({"KeyId": key, "PolicyName": "default"});
    match context.ask(region, "kms", "GetKeyPolicy", input, "kms:GetKeyPolicy").await {
        Err(unanswered) => vec![judge.unanswered(&unanswered)],
        Ok(answer) => {
            let fix = |has: &PolicyDocument| {
                let merged = policy::json(&compare::merged(has, &wanted));
                let put = Step::aws("", ["kms", "put-key-policy"]).option("region", region).option("key-id", key);
                put.option("policy-name", "default").option("policy", merged).command()
            };
            compare::statements(
                &judge,
                &format!("kms:GetKeyPolicy in {region}"),
                text(&answer, "/Policy"),
                &wanted,
                fix,
            )
        }
    }
}
