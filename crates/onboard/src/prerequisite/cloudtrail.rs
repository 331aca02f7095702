//! The trail: who called which model, as whom.

use crate::context::{Asked, Context, is_true, list, text};
use crate::delivery;
use crate::error::OnboardError;
use crate::newest;
use crate::parameters::Parameters;
use crate::prerequisite::log_bucket;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::Template;
use crate::render::hcl::{self, Block};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy};
use crate::render::shell::{Step, script};
use crate::selector::{self, DATA_EVENTS, Recorded, selectors};
use crate::verdict::{Judge, State, Verdict};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The unit.
pub static UNIT: CloudTrail = CloudTrail;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct CloudTrail;

const ID: &str = "cloudtrail";
const HEAD: &str = "Sightline: the trail that records who called which model.";
const AFTER: &str = "The log bucket and its policy come first: CloudTrail refuses a bucket that it may not write to.";
const WHY_TRAIL: &str = "Every region, reads and writes, with digests that show when a log file was changed.";
const WHY_DATA: &str = "Data events are charged by the event: see CloudTrail's price list.";
/// An account that is not idle has events every hour; a day is long for any.
const STALE: SignedDuration = SignedDuration::from_hours(24);

impl Prerequisite for CloudTrail {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "A trail that records model calls"
    }

    fn about(&self) -> &'static str {
        "CloudTrail is the only log that names both the caller and the model. Calls of Bedrock models (InvokeModel, Converse) are management \
         events, and AWS's own examples do not agree on whether they count as reads or as writes: the trail has to record both, in \
         every region. It is the sessions of AWS STS in the same trail that lead from a call to the workload behind it. Calls of \
         agents, knowledge bases, flows, guardrails, AgentCore runtimes, SageMaker endpoints and Mantle projects are data events: \
         recorded only if asked for (`--data-events`), and charged by the event. The first trail's management events are free but for \
         storage; a second trail's are not. Some things no trail shows: prompts and answers, and most parameters of SageMaker's InvokeEndpoint."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const DATA: Parameter = Parameter {
            name: "data-events",
            about: "record data events of agents, knowledge bases, flows, guardrails and endpoints as well; they cost by the event",
        };
        &[
            given::ACCOUNT_ID,
            given::REGIONS,
            given::TRAIL,
            given::BUCKET,
            given::PREFIX,
            given::ORGANIZATION,
            given::KMS_KEY,
            DATA,
        ]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account("cloudtrail:DescribeTrails", "which trails there are, and where they deliver"),
            Permission::account("cloudtrail:GetTrailStatus", "whether a trail is logging, and whether delivery fails"),
            Permission::account("cloudtrail:GetEventSelectors", "whether a trail records reads, and what it leaves out"),
            Permission::log_bucket("s3:GetBucketLocation", "which region the log bucket is in"),
            Permission::log_bucket("s3:ListBucket", "whether the logs can be read, and how old the newest is"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        Ok(match format {
            Format::Terraform => terraform(parameters),
            Format::CloudFormation => cloudformation(parameters),
            Format::Cli => script(&format!("{HEAD}\n{AFTER}"), &steps(parameters)),
            Format::Policy => policy::json_of(&[Policy::new("bucket-policy-statements", delivery::cloudtrail(parameters))]),
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        verify(context).boxed()
    }
}

/// What the comment on the selectors says.
fn why_selectors(parameters: &Parameters) -> String {
    let management = "Calls of Bedrock models are management events, whether AWS counts them as reads or as writes: no `readOnly` here.";
    if parameters.data_events { format!("{management}\n{WHY_DATA}") } else { management.to_owned() }
}

fn folder(parameters: &Parameters) -> &str {
    parameters.prefix.trim_end_matches('/')
}

fn terraform(parameters: &Parameters) -> String {
    let mut trail = Block::resource("aws_cloudtrail", "sightline")
        .because(WHY_TRAIL)
        .with("name", &parameters.trail)
        .with("s3_bucket_name", &parameters.bucket);
    if !parameters.prefix.is_empty() {
        trail = trail.with("s3_key_prefix", folder(parameters));
    }
    trail = trail
        .with("is_multi_region_trail", true)
        .with("is_organization_trail", parameters.organization_id.is_some())
        .with("include_global_service_events", true)
        .with("enable_log_file_validation", true)
        .with("enable_logging", true);
    if let Some(key) = &parameters.kms_key_arn {
        trail = trail.with("kms_key_id", key);
    }
    let mut why = Some(why_selectors(parameters));
    for selector in selectors(parameters.data_events) {
        let mut block = Block::new("advanced_event_selector", []).with("name", &selector.name);
        for (field, value) in &selector.fields {
            block = block.block(Block::new("field_selector", []).with("field", *field).with("equals", Node::list([*value])));
        }
        trail = trail.block(match why.take() {
            Some(why) => block.because(&why),
            None => block,
        });
    }
    hcl::file(&format!("{HEAD}\n{AFTER}\nMake it in {}: the provider's region.", parameters.home), &[trail])
}

fn cloudformation(parameters: &Parameters) -> String {
    let mut properties =
        vec![Entry::new("TrailName", &parameters.trail), Entry::new("S3BucketName", &parameters.bucket)];
    if !parameters.prefix.is_empty() {
        properties.push(Entry::new("S3KeyPrefix", folder(parameters)));
    }
    properties.extend([
        Entry::new("IsMultiRegionTrail", true),
        Entry::new("IsOrganizationTrail", parameters.organization_id.is_some()),
        Entry::new("IncludeGlobalServiceEvents", true),
        Entry::new("EnableLogFileValidation", true),
        Entry::new("IsLogging", true),
    ]);
    properties.extend(parameters.kms_key_arn.as_ref().map(|key| Entry::new("KMSKeyId", key)));
    let all = selectors(parameters.data_events);
    let selectors = Entry::new("AdvancedEventSelectors", Node::list(all.iter().map(|selector| selector.node())));
    properties.push(selectors.because(&why_selectors(parameters)));
    Template::new(HEAD)
        .resource("Trail", "AWS::CloudTrail::Trail", WHY_TRAIL, properties)
        .output("TrailArn", "The trail", Node::call("GetAtt", "Trail.Arn"))
        .render(&format!("{HEAD}\n{AFTER}\nMake the stack in {}.", parameters.home))
}

fn steps(parameters: &Parameters) -> [Step; 3] {
    [step_trail(parameters, "create-trail"), step_selectors(parameters, &parameters.trail, &[]), step_start(parameters, &parameters.trail)]
}

/// `create-trail`, or `update-trail` with the same options.
fn step_trail(parameters: &Parameters, verb: &'static str) -> Step {
    let mut step = Step::aws(WHY_TRAIL, ["cloudtrail", verb])
        .option("region", &parameters.home)
        .option("name", &parameters.trail)
        .option("s3-bucket-name", &parameters.bucket);
    if !parameters.prefix.is_empty() {
        step = step.option("s3-key-prefix", folder(parameters));
    }
    step = step.flag("is-multi-region-trail").flag("include-global-service-events").flag("enable-log-file-validation");
    if parameters.organization_id.is_some() {
        step = step.flag("is-organization-trail");
    }
    match &parameters.kms_key_arn {
        Some(key) => step.option("kms-key-id", key),
        None => step,
    }
}

fn step_selectors(parameters: &Parameters, trail: &str, kept: &[Value]) -> Step {
    let ours = selectors(parameters.data_events).iter().map(|selector| selector.json()).collect::<Vec<_>>();
    let all = ours.into_iter().chain(kept.iter().cloned()).collect();
    Step::aws(why_selectors(parameters), ["cloudtrail", "put-event-selectors"])
        .option("region", &parameters.home)
        .option("trail-name", trail)
        .option("advanced-event-selectors", policy::pretty(&Value::Array(all)))
}

fn step_start(parameters: &Parameters, trail: &str) -> Step {
    Step::aws("A trail made by command does not log until it is told to.", ["cloudtrail", "start-logging"])
        .option("region", &parameters.home)
        .option("name", trail)
}

/// The change to one trail that is not ours: only what is wrong with it.
fn update(trail: &Value, flag: &str) -> String {
    Step::aws("", ["cloudtrail", "update-trail"])
        .option("region", text(trail, "/HomeRegion"))
        .option("name", text(trail, "/TrailARN"))
        .flag(flag)
        .command()
}

async fn verify(context: &Context) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let judge = Judge::new(ID, parameters.trail_arn());
    let input = json!({"includeShadowTrails": true});
    let answer = context.ask(&parameters.home, "cloudtrail", "DescribeTrails", input, "cloudtrail:DescribeTrails").await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
    };
    let trails = list(&answer, "/trailList").map(|trail| verify_trail(context, trail));
    let verdicts = futures::future::join_all(trails).await;
    let faults = |verdicts: &Vec<Verdict>| verdicts.iter().filter(|verdict| verdict.status != State::Ok).count();
    // One good trail is enough; where none is, the nearest to it is worth mending.
    verdicts.into_iter().min_by_key(faults).unwrap_or_else(|| {
        let call = format!("cloudtrail:DescribeTrails in {}", parameters.home);
        vec![judge.missing(&call, "no trail: nobody can say who called a model", script(HEAD, &steps(parameters)))]
    })
}

async fn verify_trail(context: &Context, trail: &Value) -> Vec<Verdict> {
    let parameters = &context.parameters;
    let arn = text(trail, "/TrailARN");
    let judge = Judge::new(ID, arn);
    let region = match text(trail, "/HomeRegion") {
        "" => &parameters.home,
        region => region,
    };
    let call = format!("cloudtrail:DescribeTrails in {}", parameters.home);
    let flag = |pointer: &str, good: &str, bad: &str, flag: &str| match is_true(trail, pointer) {
        true => judge.ok(&call, good),
        false => judge.wrong(&call, bad, update(trail, flag)),
    };
    let mut verdicts = vec![
        flag(
            "/IsMultiRegionTrail",
            "the trail records every region",
            "the trail records its own region alone: calls of models elsewhere are not seen",
            "is-multi-region-trail",
        ),
        flag(
            "/LogFileValidationEnabled",
            "digests show when a log file was changed",
            "no log file validation: a changed log file cannot be told from a true one",
            "enable-log-file-validation",
        ),
    ];
    verdicts.extend(encryption(parameters, trail, &judge, &call));
    let (status, selectors, newest) = futures::join!(
        context.ask(region, "cloudtrail", "GetTrailStatus", json!({"Name": arn}), "cloudtrail:GetTrailStatus"),
        context.ask(region, "cloudtrail", "GetEventSelectors", json!({"TrailName": arn}), "cloudtrail:GetEventSelectors"),
        delivered(context, trail, &judge),
    );
    verdicts.extend(logging(parameters, trail, status, &judge, region));
    verdicts.extend(recorded(parameters, arn, selectors, &judge, region));
    verdicts.push(newest);
    verdicts
}

fn encryption(parameters: &Parameters, trail: &Value, judge: &Judge, call: &str) -> Option<Verdict> {
    let wanted = parameters.kms_key_arn.as_deref()?;
    Some(match text(trail, "/KmsKeyId") {
        key if key == wanted => judge.ok(call, "the events are encrypted with the key"),
        key => judge.wrong(
            call,
            format!("the events are encrypted with `{key}`, not with `{wanted}`"),
            step_trail(parameters, "update-trail").command(),
        ),
    })
}

fn logging(parameters: &Parameters, trail: &Value, status: Asked, judge: &Judge, region: &str) -> Vec<Verdict> {
    let (arn, bucket) = (text(trail, "/TrailARN"), text(trail, "/S3BucketName"));
    let call = format!("cloudtrail:GetTrailStatus in {region}");
    let status = match status {
        Ok(status) => status,
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
    };
    let is_logging = match is_true(&status, "/IsLogging") {
        true => judge.ok(&call, "the trail is logging"),
        false => judge.wrong(&call, "the trail is switched off", step_start(parameters, arn).command()),
    };
    let delivery = match text(&status, "/LatestDeliveryError") {
        "" => judge.ok(&call, "the last delivery did not fail"),
        error => judge.wrong(
            &call,
            format!("the last delivery to `{bucket}` failed with `{error}`: its policy or its key does not let CloudTrail in"),
            delivery_fix(parameters, bucket),
        ),
    };
    vec![is_logging, delivery]
}

fn delivery_fix(parameters: &Parameters, bucket: &str) -> String {
    if bucket == parameters.bucket {
        return log_bucket::policy_step(parameters);
    }
    format!("sightline onboard verify log-bucket --bucket {bucket}")
}

fn recorded(parameters: &Parameters, arn: &str, selectors: Asked, judge: &Judge, region: &str) -> Vec<Verdict> {
    let call = format!("cloudtrail:GetEventSelectors in {region}");
    let answer = match selectors {
        Ok(answer) => answer,
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
    };
    let recorded = Recorded::read(&answer);
    // Selectors are put as a whole: what the trail records besides goes along.
    let fix = || step_selectors(parameters, arn, &selector::besides(&answer, parameters.data_events)).command();
    let management = match (recorded.reads, recorded.writes) {
        (true, true) if recorded.left_out.is_empty() => {
            judge.ok(&call, "management events are recorded, reads and writes: calls of Bedrock models are seen")
        }
        (true, true) => {
            let left_out: Vec<&str> = recorded.left_out.iter().map(String::as_str).collect();
            judge.wrong(&call, format!("its selectors leave out {}", left_out.join("; ")), fix())
        }
        (false, true) => {
            judge.wrong(&call, "it records writes alone: calls of Bedrock models that count as reads are left out", fix())
        }
        (true, false) => judge.wrong(&call, "it records reads alone: changes, and calls of Bedrock models that count as writes, are left out", fix()),
        (false, false) => judge.wrong(&call, "it records no management events: calls of Bedrock models are not seen", fix()),
    };
    let blind: Vec<String> = DATA_EVENTS
        .iter()
        .filter(|data| !recorded.data.contains(data.kind))
        .map(|data| format!("{} ({})", data.calls, data.kind))
        .collect();
    let data = match (blind.as_slice(), parameters.data_events) {
        ([], _) => judge.ok(&call, "data events of all AI services that have them are recorded"),
        (blind, true) => judge.missing(&call, format!("not recorded: {}", blind.join(", ")), fix()),
        (blind, false) => judge.ok(&call, format!("not recorded, as data events were not asked for: {}", blind.join(", "))),
    };
    vec![management, data]
}

async fn delivered(context: &Context, trail: &Value, judge: &Judge) -> Verdict {
    let Context { parameters, now, .. } = context;
    let (home, bucket) = (&parameters.home, text(trail, "/S3BucketName"));
    let mut folders: Vec<&str> = vec![text(trail, "/S3KeyPrefix"), "AWSLogs"];
    let organization = parameters.organization_id.as_deref().filter(|_| is_true(trail, "/IsOrganizationTrail"));
    folders.extend(organization);
    folders.extend([parameters.account_id.as_str(), "CloudTrail", home.as_str(), ""]);
    let base = folders.into_iter().enumerate().filter(|(at, folder)| *at > 0 || !folder.is_empty());
    let base = base.map(|(_, folder)| folder).collect::<Vec<_>>().join("/");
    let call = "s3:ListObjectsV2";
    let place = format!("s3://{bucket}/{base}");
    match newest::delivered(context, bucket, base, "").await {
        Err(unanswered) => judge.unanswered(&unanswered),
        Ok(None) => judge.missing(call, format!("nothing has been delivered to {place}"), ""),
        Ok(Some(then)) => match newest::age(then, *now) {
            (age, shown) if age > STALE => judge.wrong(call, format!("the newest object of {place} is {shown} old"), ""),
            (_, shown) => judge.ok(call, format!("the newest object is {shown} old")),
        },
    }
}
