//! Resources' own policies, their tags, and where neither was read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};
use sightline_iam::organization::{Organization, UnreadPolicies};
use sightline_iam::request::Layer;
use sightline_lake::Session;

use super::document::Documents;
use super::identity::texts;
use super::inspected::{Covered, Inspected};
use crate::DiscoverError;
use crate::query::{Query, query};

/// A kind of resource that has a policy of its own.
struct Kind {
    table: &'static str,
    query: Query,
    /// The call that reads the policy.
    operation: &'static str,
    /// What the ARNs of the kind are of: service, and how the last part begins.
    arns: (&'static str, &'static str),
    /// Whether a call about a parent, which lists the kind, leaves resources below the parent unread: what stands between
    /// the parent's ARN and theirs.
    below: Option<&'static str>,
}

/// `kind!(table, query, operation, service, prefix)`
macro_rules! kind {
    ($table:literal, $query:literal, $operation:literal, $service:literal, $prefix:literal $(, below $below:literal)?) => {
        Kind {
            table: $table,
            query: query!($query),
            operation: $operation,
            arns: ($service, $prefix),
            below: [$(Some($below),)? None].into_iter().next().flatten(),
        }
    };
}

fn kinds() -> [Kind; 14] {
    [
        kind!("aws_s3_bucket", "access/resource/bucket", "s3:GetBucketPolicy", "s3", ""),
        kind!("aws_kms_key", "access/resource/key", "kms:GetKeyPolicy", "kms", "key/"),
        kind!("aws_lambda_function", "access/resource/function", "lambda:GetPolicy", "lambda", "function:"),
        kind!("aws_lambda_alias", "access/resource/function_alias", "lambda:GetPolicy", "lambda", "function:", below ":"),
        kind!("aws_sns_topic", "access/resource/topic", "sns:GetTopicAttributes", "sns", ""),
        kind!("aws_sqs_queue", "access/resource/queue", "sqs:GetQueueAttributes", "sqs", ""),
        kind!(
            "aws_secretsmanager_secret",
            "access/resource/secret",
            "secretsmanager:GetResourcePolicy",
            "secretsmanager",
            "secret:"
        ),
        kind!("aws_ecr_repository", "access/resource/repository", "ecr:GetRepositoryPolicy", "ecr", "repository/"),
        kind!(
            "aws_sagemaker_model_package_group",
            "access/resource/model_package_group",
            "sagemaker:GetModelPackageGroupPolicy",
            "sagemaker",
            "model-package-group/"
        ),
        kind!(
            "aws_bedrock_guardrail_resource_policy",
            "access/resource/guardrail",
            "bedrock:GetResourcePolicy",
            "bedrock",
            "guardrail/"
        ),
        kind!(
            "aws_bedrock_agentcore_runtime_resource_policy",
            "access/resource/runtime",
            "bedrock-agentcore-control:GetResourcePolicy",
            "bedrock-agentcore",
            "runtime/"
        ),
        kind!(
            "aws_bedrock_agentcore_runtime_endpoint",
            "access/resource/runtime_endpoint",
            "bedrock-agentcore-control:GetResourcePolicy",
            "bedrock-agentcore",
            "runtime/",
            below "/"
        ),
        kind!(
            "aws_bedrock_agentcore_gateway_resource_policy",
            "access/resource/gateway",
            "bedrock-agentcore-control:GetResourcePolicy",
            "bedrock-agentcore",
            "gateway/"
        ),
        kind!(
            "aws_bedrock_agentcore_memory_resource_policy",
            "access/resource/memory",
            "bedrock-agentcore-control:GetResourcePolicy",
            "bedrock-agentcore",
            "memory/"
        ),
    ]
}

/// Kinds of resources that may have a policy of their own which no table has.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>.
const NOT_COLLECTED: &[(&str, &str)] = &[
    ("acm-pca", ""),
    ("backup", "backup-vault:"),
    ("bedrock", "guardrail-profile/"),
    ("cassandra", ""),
    ("cloudtrail", ""),
    ("codeartifact", ""),
    ("codebuild", "project/"),
    ("codebuild", "report-group/"),
    ("dynamodb", "table/"),
    ("elasticfilesystem", "file-system/"),
    ("es", "domain/"),
    ("events", "event-bus/"),
    ("execute-api", ""),
    ("glacier", "vaults/"),
    ("glue", ""),
    ("kinesis", "stream/"),
    ("lambda", "layer:"),
    ("lex", ""),
    ("logs", "destination:"),
    ("redshift-serverless", ""),
    ("rekognition", "project/"),
    ("s3", "accesspoint/"),
    ("s3express", ""),
    ("s3tables", ""),
    ("s3vectors", ""),
    ("sagemaker", "feature-group/"),
    ("sagemaker", "lineage-group/"),
    ("schemas", ""),
    ("ses", "identity/"),
    ("signer", ""),
    ("ssm", "parameter/"),
    ("vpc-lattice", ""),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    arn: String,
    document: Value,
    /// the policy is there and was not asked for
    not_asked: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tagged {
    arn: String,
    tags: Map<String, Value>,
}

/// Adds policies and tags of resources to the organization. Gives whose the buckets are, which their ARNs do not tell.
pub(crate) async fn read(
    session: &Session,
    inspected: &Inspected,
    documents: &mut Documents,
    organization: &mut Organization,
) -> Result<BTreeMap<String, String>, DiscoverError> {
    let mut owners = BTreeMap::new();
    for kind in kinds() {
        unread(&kind, inspected, documents, organization);
        let rows: Vec<Row> = kind.query.rows(session).await?;
        for row in rows {
            if kind.arns.0 == "s3" {
                owners.insert(row.arn.clone(), row.account_id);
            }
            if row.not_asked {
                let why = format!("the policy of `{}`, which is not collected, allows", row.arn);
                organization.resource_policies.insert(row.arn, Layer::Unknown(why.into()));
                continue;
            }
            let document = Some(&row.document).filter(|document| !document.is_null());
            let policy = document.map(|document| documents.policy(&format!("policy of {}", row.arn), Some(document)));
            // What a call about this resource could not bring stands there already.
            organization.resource_policies.entry(row.arn).or_insert_with(|| Layer::Known(policy.into_iter().collect()));
        }
    }
    not_collected(inspected, organization);
    let tagged: Vec<Tagged> = query!("access/tag").rows(session).await?;
    let identities = organization.principals.iter().map(|principal| (principal.arn.clone(), principal.tags.clone()));
    let tags: BTreeMap<_, _> = tagged.into_iter().map(|row| (row.arn, texts(&row.tags))).chain(identities).collect();
    organization.resource_tags = tags;
    Ok(owners)
}

/// Notes what of a kind was not read: single resources, regions, all of it.
fn unread(kind: &Kind, inspected: &Inspected, documents: &mut Documents, organization: &mut Organization) {
    for account in inspected.accounts() {
        for missed in inspected.missed(account, kind.table) {
            let why = format!("was not read ({})", missed.cause());
            if missed.operation == kind.operation {
                documents.problem(&missed.target, &format!("its policy {why}"));
                let unknown = format!("the policy of `{}`, which {why}, allows", missed.target);
                organization.resource_policies.insert(missed.target.clone(), Layer::Unknown(unknown.into()));
            } else if let (Some(between), Some((_, rest))) = (kind.below, resource_of(missed)) {
                let prefix = format!("{rest}{between}");
                organization.unread.push(place(account, kind.arns.0, &prefix, BTreeSet::new(), &why));
            }
        }
        let gap = inspected.gap(account, kind.table);
        let read_in = match &gap {
            Some(_) => inspected.listed_in(account, kind.table),
            None if is_global(kind, inspected, account) => continue,
            None => inspected.listed_in(account, kind.table),
        };
        if let Some(gap) = &gap {
            documents.problem(
                account,
                &format!("policies of its resources in {} could not all be read ({gap})", kind.table),
            );
        }
        let why =
            gap.map_or_else(|| "is in a region that was not scanned".to_owned(), |gap| format!("was not read ({gap})"));
        organization.unread.push(place(account, kind.arns.0, kind.arns.1, read_in, &why));
    }
}

/// Service and last part of the ARN that a call was about.
fn resource_of(missed: &Covered) -> Option<(&str, &str)> {
    let mut parts = missed.target.splitn(6, ':').skip(2);
    Some((parts.next()?, parts.nth(2)?))
}

fn is_global(kind: &Kind, inspected: &Inspected, account: &str) -> bool {
    inspected.listed_in(account, kind.table).contains(sightline_model::resource::GLOBAL)
}

/// Roles are resources too: of those that could not be listed, the trust policy is unknown.
pub(crate) fn unlisted_roles(account: &str, why: &str) -> UnreadPolicies {
    place(account, "iam", "role/", BTreeSet::new(), &format!("was not read ({why})"))
}

fn not_collected(inspected: &Inspected, organization: &mut Organization) {
    for account in inspected.accounts() {
        let places = NOT_COLLECTED.iter();
        let places = places.map(|(service, prefix)| {
            place(account, service, prefix, BTreeSet::new(), "is of a kind that is not collected")
        });
        organization.unread.extend(places);
    }
}

fn place(account: &str, service: &str, prefix: &str, read_in: BTreeSet<String>, why: &str) -> UnreadPolicies {
    UnreadPolicies {
        account: account.to_owned(),
        service: service.to_owned(),
        prefix: prefix.to_owned(),
        read_in,
        why: Arc::from(why),
    }
}
