//! The log of what models are asked and answer.

use crate::bucket;
use crate::context::{Asked, Context, is_true, text};
use crate::delivery;
use crate::destination::Destination;
use crate::error::OnboardError;
use crate::invocations;
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given, log_bucket};
use crate::render::hcl::{self, Block};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy, Reasoned};
use crate::render::shell::{Step, script};
use crate::verdict::{Judge, State, Verdict};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use sightline_model::column;

/// The unit.
pub static UNIT: InvocationLogging = InvocationLogging;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct InvocationLogging;

pub(crate) const ID: &str = "invocation-logging";
const HEAD: &str = "Sightline: the log of what models are asked and answer, in every region with use.";
const AFTER: &str = "The log bucket and its policy come first: Bedrock tries to write as soon as this is switched on. The setting is one for the account \
                     and region: what stands there now is replaced.";
const WHY_REGION: &str = "One setting a region. Bedrock delivers into buckets of the account and of this very region alone; flow logs, trails and look-ups know \
                          no such rule.";
const WHY_KINDS: &str =
    "What is left out here is left out for good: the logs are the only record of what was asked and answered.";
const WHY_BUCKET: &str = "A bucket of its own, as the log bucket is in another region or account. Kept when the stack goes: the logs are evidence.";
const WHY_LARGE: &str = "Bodies of more than 100 kB, and those that are no text, lie beside the records, below data/: the same bucket serves for both.";
const NO_SOUND: &str =
    "Sound is not among the provider's attributes: switch it on with the CLI steps, if models speak here.";
const OLD_CLI: &str =
    "A CLI that does not know audioDataDeliveryEnabled is old: leave that one out, or take a newer one.";
/// Kinds of data that are asked for, and what is lost without.
const KINDS: [(&str, &str); 4] = [
    ("textDataDeliveryEnabled", "prompts and answers"),
    ("imageDataDeliveryEnabled", "images"),
    ("embeddingDataDeliveryEnabled", "embeddings"),
    ("videoDataDeliveryEnabled", "video"),
];
/// Terraform's provider cannot ask for it.
const SOUND: &str = "audioDataDeliveryEnabled";
const NOT_COVERED: &str = "calls through bedrock-mantle are not in this log";

impl Prerequisite for InvocationLogging {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Bedrock model invocation logging"
    }

    fn about(&self) -> &'static str {
        "Off until somebody switches it on, for each region by itself: the record of every call of a model by InvokeModel and Converse, with prompt, answer, \
         tokens and caller. CloudTrail says that a model was called; only this log says with what. Sightline joins the two by the \
         request's id. Records are delivered to S3, into a bucket of the same account and the same region: a rule that the other \
         logs do not have, which is why every region but the home region gets a bucket of its own. What passes through the bedrock-mantle endpoints is never in this \
         log; CloudTrail's data events cover it. The log holds what people typed: keep the bucket closed, and tell those whom it \
         concerns. Delivery is charged like other vended logs, by the gigabyte."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[given::ACCOUNT_ID, given::REGIONS, given::BUCKET, given::PREFIX]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account(
                "bedrock:GetModelInvocationLoggingConfiguration",
                "whether calls of models are logged, and where to",
            ),
            Permission::account(
                "cloudwatch:GetMetricStatistics",
                "whether models were called, and whether delivering their logs failed",
            ),
            Permission::account("kms:DescribeKey", "which key stands behind an alias"),
            Permission::account("kms:GetKeyPolicy", "whether AWS's log services may use the logs' key"),
            Permission::log_bucket("s3:GetBucketLocation", "which region the log bucket is in"),
            Permission::log_bucket(
                "s3:GetBucketPolicy",
                "whether AWS's log services may deliver, and nobody without TLS",
            ),
            Permission::log_bucket(
                "s3:GetEncryptionConfiguration",
                "whether the log bucket encrypts, and with which key",
            ),
            Permission::log_bucket("s3:ListBucket", "whether the logs can be read, and how old the newest is"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        Ok(match format {
            Format::Terraform => terraform(parameters),
            Format::CloudFormation => {
                let why = "CloudFormation has no resource type for this setting: run the AWS CLI steps once, after the log bucket";
                return Err(OnboardError::NoForm { prerequisite: ID, format: format.as_str(), why });
            }
            Format::Cli => {
                let steps: Vec<Step> = parameters.regions.iter().flat_map(|region| steps(parameters, region)).collect();
                script(&format!("{HEAD}\n{AFTER}"), &steps)
            }
            Format::Policy => policy::json_of(&policies(parameters)),
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        async move {
            let regions = context.parameters.regions.iter().map(|region| verify(context, region));
            futures::future::join_all(regions).await.into_iter().flatten().collect()
        }
        .boxed()
    }
}

/// The policy of a bucket for one region's invocation logs.
fn bucket_policy(store: &Parameters) -> Policy {
    let statements = std::iter::once(delivery::tls_only(store)).chain(delivery::bedrock(store));
    Policy::new("bucket-policy", statements.collect())
}

/// Policies by bucket: what the log bucket's must say besides, and those of the other regions' buckets.
fn policies(parameters: &Parameters) -> Vec<Policy> {
    let store = |region: &String| {
        let store = bucket::of_region(parameters, region);
        if is_log_bucket(parameters, &store) {
            return Policy::new("bucket-policy-statements", delivery::bedrock(parameters));
        }
        Policy::new(format!("policy-of-bucket-in-{region}"), bucket_policy(&store).statements)
    };
    parameters.regions.iter().map(store).collect()
}

/// Whether a region's invocation logs go into the log bucket itself, which is another prerequisite's.
fn is_log_bucket(parameters: &Parameters, store: &Parameters) -> bool {
    store.bucket == parameters.bucket
}

/// What is set: the destination and all kinds of data.
fn logging_config(store: &Parameters) -> Value {
    let mut config = Map::new();
    config.insert("s3Config".to_owned(), s3_config(store));
    config.extend(
        KINDS.iter().map(|(kind, _)| (*kind).to_owned()).chain([SOUND.to_owned()]).map(|kind| (kind, true.into())),
    );
    Value::Object(config)
}

fn s3_config(store: &Parameters) -> Value {
    let prefix = key_prefix(store);
    if prefix.is_empty() {
        json!({"bucketName": store.bucket})
    } else {
        json!({"bucketName": store.bucket, "keyPrefix": prefix})
    }
}

/// The folder without the slash at its end, which Bedrock adds.
fn key_prefix(store: &Parameters) -> &str {
    store.prefix.trim_end_matches('/')
}

fn terraform(parameters: &Parameters) -> String {
    let mut blocks = Vec::new();
    for region in &parameters.regions {
        let store = bucket::of_region(parameters, region);
        let alias = region.replace('-', "_");
        let mut setting = Block::resource("aws_bedrock_model_invocation_logging_configuration", &alias)
            .because(&format!("{region}: {WHY_REGION}\n{NO_SOUND}"));
        let provider = (*region != parameters.home).then(|| Node::code(format!("aws.{alias}")));
        if let Some(provider) = &provider {
            blocks.push(Block::new("provider", ["aws"]).with("alias", &alias).with("region", region));
            setting = setting.with("provider", provider.clone());
        }
        if !is_log_bucket(parameters, &store) {
            let label = format!("invocations_{alias}");
            let mut bucket = log_bucket::blocks(&store, &label, provider.as_ref(), &bucket_policy(&store));
            if let Some(first) = bucket.first_mut() {
                *first = first.clone().because(WHY_BUCKET);
            }
            blocks.append(&mut bucket);
            setting = setting.with("depends_on", Node::list([Node::code(format!("aws_s3_bucket_policy.{label}"))]));
        }
        let mut kinds = Block::new("logging_config", []).because(WHY_KINDS);
        for (kind, _) in KINDS {
            kinds = kinds.with(&column::snake_case(kind), true);
        }
        let mut s3 = Block::new("s3_config", []).because(WHY_LARGE).entry(Entry::new("bucket_name", &store.bucket));
        if !store.prefix.is_empty() {
            s3 = s3.with("key_prefix", key_prefix(&store));
        }
        blocks.push(setting.block(kinds.block(s3)));
    }
    hcl::file(&format!("{HEAD}\n{AFTER}\nThe provider's region is {}.", parameters.home), &blocks)
}

/// The bucket, where the region needs one of its own, and the setting.
fn steps(parameters: &Parameters, region: &str) -> Vec<Step> {
    let store = bucket::of_region(parameters, region);
    let mut steps = if is_log_bucket(parameters, &store) { Vec::new() } else { own_bucket(&store) };
    steps.push(step_put(region, &logging_config(&store)));
    steps
}

fn own_bucket(store: &Parameters) -> Vec<Step> {
    let mut steps = log_bucket::steps_with(store, &bucket_policy(store));
    if let Some(first) = steps.first_mut() {
        *first = first.clone().because(WHY_BUCKET);
    }
    steps
}

fn step_put(region: &str, config: &Value) -> Step {
    Step::aws(
        format!("{region}: {WHY_REGION}\n{WHY_KINDS}\n{WHY_LARGE}\n{OLD_CLI}"),
        ["bedrock", "put-model-invocation-logging-configuration"],
    )
    .option("region", region)
    .option("logging-config", config.to_string())
}

async fn verify(context: &Context, region: &str) -> Vec<Verdict> {
    let judge = Judge::new(ID, format!("Bedrock in {region}"));
    let call = format!("bedrock:GetModelInvocationLoggingConfiguration in {region}");
    let config = match configuration(context, region).await {
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
        Ok(config) => config,
    };
    let put = |config: &Value| step_put(region, config).command();
    let wanted = bucket::of_region(&context.parameters, region);
    let (bucket, group) = (text(&config, "/s3Config/bucketName"), text(&config, "/cloudWatchConfig/logGroupName"));
    if bucket.is_empty() && group.is_empty() {
        let reason = "no call of a model is logged: what was asked and answered is nowhere";
        return vec![judge.missing(&call, reason, in_place(context, region, &logging_config(&wanted)).await)];
    }
    if bucket.is_empty() {
        let reason = format!("calls are logged to the log group `{group}` alone: Sightline's logs lie in S3");
        let fix = in_place(context, region, &with(&config, "s3Config", s3_config(&wanted))).await;
        return vec![judge.wrong(&call, reason, fix)];
    }
    let left_out: Vec<(&str, &str)> =
        KINDS.into_iter().filter(|(kind, _)| !is_true(&config, &format!("/{kind}"))).collect();
    let mut verdicts = vec![if left_out.is_empty() {
        judge.ok(&call, told(&config, bucket))
    } else {
        let names: Vec<&str> = left_out.iter().map(|(_, lost)| *lost).collect();
        let full = left_out.iter().fold(config.clone(), |config, (kind, _)| with(&config, kind, true.into()));
        judge.wrong(&call, format!("the log leaves out {}", names.join(", ")), put(&full))
    }];
    verdicts.extend(verify_destination(context, region, &config, &judge).await);
    verdicts
}

async fn configuration(context: &Context, region: &str) -> Asked<Value> {
    let action = "bedrock:GetModelInvocationLoggingConfiguration";
    let answer = context.ask(region, "bedrock", "GetModelInvocationLoggingConfiguration", json!({}), action).await?;
    Ok(answer.get("loggingConfig").cloned().unwrap_or_default())
}

fn told(config: &Value, bucket: &str) -> String {
    let sound = if is_true(config, &format!("/{SOUND}")) { "sound" } else { "no sound" };
    let large = match text(config, "/cloudWatchConfig/largeDataDeliveryS3Config/bucketName") {
        "" => String::new(),
        large => format!(", of the log group's records in `{large}`"),
    };
    format!(
        "calls of models are logged to `{bucket}`: text, images, embeddings, video and {sound}; bodies over 100 kB lie there below data/{large}; {NOT_COVERED}"
    )
}

/// The configuration with one thing changed: what else was set stays.
fn with(config: &Value, key: &str, value: Value) -> Value {
    let mut all = config.as_object().cloned().unwrap_or_default();
    all.insert(key.to_owned(), value);
    Value::Object(all)
}

/// The commands that set a configuration, and make its bucket where the region has none yet.
async fn in_place(context: &Context, region: &str, config: &Value) -> String {
    let store = bucket::of_region(&context.parameters, region);
    let put = step_put(region, config);
    let is_there = !matches!(bucket::location(context, &store.bucket).await, Ok(None));
    commands(if is_there || is_log_bucket(&context.parameters, &store) {
        vec![put]
    } else {
        [own_bucket(&store), vec![put]].concat()
    })
}

fn commands(steps: Vec<Step>) -> String {
    steps.iter().map(Step::command).collect::<Vec<_>>().join("\n")
}

async fn verify_destination(context: &Context, region: &str, config: &Value, judge: &Judge) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let (bucket, prefix) = (text(config, "/s3Config/bucketName"), text(config, "/s3Config/keyPrefix"));
    let call = format!("s3:GetBucketLocation in {}", parameters.home);
    let place = match bucket::location(context, bucket).await {
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
        Ok(place) => place,
    };
    if let Some(told) = misplaced(parameters, region, bucket, place.as_deref()) {
        return vec![judge.wrong(&call, told, elsewhere(context, region, config).await)];
    }
    let Some(mut at) = bucket::named(parameters, region, bucket, prefix) else {
        return vec![judge.cannot_tell(&call, "the bucket's or the folder's name is of a form that is not known here")];
    };
    // The log bucket's statement speaks of all regions, another bucket's of its own.
    if at.bucket != parameters.bucket {
        at.regions = vec![region.to_owned()];
    }
    let statements: Vec<Reasoned> = delivery::bedrock(&at);
    let key_statement = delivery::bedrock_key(&at);
    let destination = Destination { at: &at, service: "Bedrock", bucket_statements: statements, key_statement };
    let mut verdicts = destination.verify(context, judge).await;
    if verdicts.iter().all(|verdict| verdict.status == State::Ok) {
        verdicts.push(invocations::delivered(context, region, &at, judge).await);
    }
    verdicts
}

/// What is wrong with where the bucket is.
fn misplaced(parameters: &Parameters, region: &str, bucket: &str, place: Option<&str>) -> Option<String> {
    match place {
        None => {
            Some(format!("the bucket `{bucket}`, into which calls are to be logged, does not exist: delivery fails"))
        }
        Some(place) if place == region => None,
        Some(place) => {
            let home = if bucket == parameters.bucket && region != parameters.home {
                ": the log bucket serves the home region alone"
            } else {
                ""
            };
            Some(format!(
                "the bucket `{bucket}` is in {place}, and Bedrock delivers into buckets of {region} alone{home}. Other logs know no such rule"
            ))
        }
    }
}

/// The same configuration into the bucket that the region should have; made where it is not there.
async fn elsewhere(context: &Context, region: &str, config: &Value) -> String {
    let parameters = &context.parameters;
    let mut store = bucket::of_region(parameters, region);
    let mut place = bucket::location(context, &store.bucket).await.ok().flatten();
    if place.as_deref().is_some_and(|place| place != region) {
        store = bucket::beside(parameters, region);
        place = bucket::location(context, &store.bucket).await.ok().flatten();
    }
    let put = step_put(region, &with(config, "s3Config", s3_config(&store)));
    commands(if place.is_some() { vec![put] } else { [own_bucket(&store), vec![put]].concat() })
}
