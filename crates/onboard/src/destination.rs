//! Whether a log service can deliver into a bucket: the bucket's policy, and that of the key it encrypts with.

use crate::compare;
use crate::context::{Asked, Context, or_absent, text};
use crate::parameters::Parameters;
use crate::render::policy::{Policy, Reasoned, json as document};
use crate::render::shell::Step;
use crate::verdict::{Judge, Verdict};
use serde_json::{Value, json};
use sightline_iam::PolicyDocument;

const WHY_PLAIN: &str = "Encrypted with S3's own key, which asks for no grant.";

/// A bucket and what its service needs there.
pub(crate) struct Destination<'a> {
    /// bucket and folder; home is the region that the bucket is in
    pub(crate) at: &'a Parameters,
    /// who delivers, for people
    pub(crate) service: &'static str,
    pub(crate) bucket_statements: Vec<Reasoned>,
    pub(crate) key_statement: Reasoned,
}

impl Destination<'_> {
    /// One verdict a statement of the bucket's policy, and one on the key if there is one.
    pub(crate) async fn verify(self, context: &Context, judge: &Judge) -> Vec<Verdict> {
        let (mut verdicts, key) = futures::join!(self.policy(context, judge), self.key(context, judge));
        verdicts.extend(key);
        verdicts
    }

    async fn ask(
        &self,
        context: &Context,
        operation: &str,
        action: &'static str,
        absent: &str,
    ) -> Asked<Option<Value>> {
        let Parameters { bucket, bucket_account, home, .. } = self.at;
        let input = json!({"Bucket": bucket, "ExpectedBucketOwner": bucket_account});
        or_absent(context.ask(home, "s3", operation, input, action).await, absent)
    }

    async fn policy(&self, context: &Context, judge: &Judge) -> Vec<Verdict> {
        let region = &self.at.home;
        let answer = match self.ask(context, "GetBucketPolicy", "s3:GetBucketPolicy", "NoSuchBucketPolicy").await {
            Err(unanswered) => return vec![judge.unanswered(&unanswered)],
            Ok(answer) => answer.unwrap_or_else(|| json!({"Policy": r#"{"Statement": []}"#})),
        };
        let wanted = Policy::new("bucket-policy", self.bucket_statements.clone());
        // A policy is put as a whole: what it says besides goes along.
        let fix = |has: &PolicyDocument| {
            let put = Step::aws("", ["s3api", "put-bucket-policy"]).option("region", region);
            let put = put.option("bucket", &self.at.bucket);
            put.option("policy", document(&compare::merged(has, &wanted))).command()
        };
        let call = format!("s3:GetBucketPolicy in {region}");
        compare::statements(judge, &call, text(&answer, "/Policy"), &wanted, fix)
    }

    async fn key(&self, context: &Context, judge: &Judge) -> Option<Verdict> {
        let absent = "ServerSideEncryptionConfigurationNotFoundError";
        let answer = match self.ask(context, "GetBucketEncryption", "s3:GetEncryptionConfiguration", absent).await {
            Err(unanswered) => return Some(judge.unanswered(&unanswered)),
            Ok(answer) => answer?,
        };
        let default = "/ServerSideEncryptionConfiguration/Rules/0/ApplyServerSideEncryptionByDefault";
        if !text(&answer, &format!("{default}/SSEAlgorithm")).starts_with("aws:kms") {
            return None;
        }
        let key = text(&answer, &format!("{default}/KMSMasterKeyID"));
        let call = format!("s3:GetBucketEncryption in {}", self.at.home);
        if key.is_empty() || key.contains("alias/aws/") {
            let reason = format!(
                "the bucket encrypts with the key that AWS manages for S3, and nobody can let {} use it: give the bucket a key of yours, or S3's own encryption",
                self.service
            );
            return Some(judge.wrong(&call, reason, self.step_plain().command()));
        }
        Some(match self.key_policy(context, key).await {
            Err(unanswered) => judge.unanswered(&unanswered),
            Ok((key, region, policy)) => self.granted(judge, &key, &region, &policy),
        })
    }

    fn step_plain(&self) -> Step {
        let rules = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]});
        Step::aws(WHY_PLAIN, ["s3api", "put-bucket-encryption"])
            .option("region", &self.at.home)
            .option("bucket", &self.at.bucket)
            .option("server-side-encryption-configuration", rules.to_string())
    }

    /// The key without an alias, its region and its policy.
    async fn key_policy(&self, context: &Context, key: &str) -> Asked<(String, String, String)> {
        let region = key.split(':').nth(3).unwrap_or(&self.at.home).to_owned();
        let mut key = key.to_owned();
        if key.contains("alias/") {
            let answer = context.ask(&region, "kms", "DescribeKey", json!({"KeyId": key}), "kms:DescribeKey").await?;
            text(&answer, "/KeyMetadata/Arn").clone_into(&mut key);
        }
        let input = json!({"KeyId": key, "PolicyName": "default"});
        let answer = context.ask(&region, "kms", "GetKeyPolicy", input, "kms:GetKeyPolicy").await?;
        Ok((key, region, text(&answer, "/Policy").to_owned()))
    }

    fn granted(&self, judge: &Judge, key: &str, region: &str, policy: &str) -> Verdict {
        let wanted = Policy::new("key-policy-statements", vec![self.key_statement.clone()]);
        let fix = |has: &PolicyDocument| {
            let put = Step::aws("", ["kms", "put-key-policy"]).option("region", region).option("key-id", key);
            put.option("policy-name", "default").option("policy", document(&compare::merged(has, &wanted))).command()
        };
        let call = format!("kms:GetKeyPolicy in {region}");
        let verdicts = compare::statements(judge, &call, policy, &wanted, fix);
        let undecided = || judge.cannot_tell(&call, "the key's policy could not be compared");
        verdicts.into_iter().next().unwrap_or_else(undecided)
    }
}
