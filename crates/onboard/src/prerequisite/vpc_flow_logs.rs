//! Flow logs of the VPCs with workloads.

use crate::context::{Context, text};
use crate::delivery;
use crate::error::OnboardError;
use crate::flow_field;
use crate::newest;
use crate::prerequisite::log_bucket;
use crate::parameters::{Parameters, Vpc};
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::{Template, reference, region_condition};
use crate::render::hcl::{self, Block};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy};
use crate::render::shell::{Step, script};
use crate::verdict::{Judge, State, Verdict};
use crate::workload_vpcs;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The unit.
pub static UNIT: VpcFlowLogs = VpcFlowLogs;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct VpcFlowLogs;

const ID: &str = "vpc-flow-logs";
const HEAD: &str = "Sightline: flow logs of the VPCs with workloads, into the log bucket.";
const AFTER: &str = "The log bucket and its policy come first: without the delivery statements AWS writes a policy of its own over the bucket's.";
const WHY_LOG: &str = "The whole VPC, so that interfaces made later are covered too; accepted and rejected traffic.";
const WHY_FORMAT: &str = "Named field by field, versions 2 to 8: AWS's default format lacks what tells pods, direction and path.";
const WHY_INTERVAL: &str = "One minute: joining flows with pods and calls is by time. Ten minutes, the default, mixes them up.";
const WHY_OPTIONS: &str = "Folders by account, region and hour, as query engines expect them; text, which every version of Sightline reads.";
/// Seconds over which a record sums up.
const INTERVAL: u32 = 60;
/// Flow logs deliver every five to ten minutes, best effort.
const STALE: SignedDuration = SignedDuration::from_hours(2);
const FIRST_DELIVERY: SignedDuration = SignedDuration::from_mins(30);

impl Prerequisite for VpcFlowLogs {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "VPC flow logs"
    }

    fn about(&self) -> &'static str {
        "Flow logs show over which path a workload reaches a model: through an interface endpoint, or through NAT and the internet. They \
         never name Bedrock; Sightline joins their addresses and times with CloudTrail, pods and endpoints. What the join needs is not in AWS's \
         default format: the original addresses behind NAT and of pods, the direction, and the traffic's path. Hence a VPC-level flow \
         log with every field of versions 2 to 8 named, all traffic, records of one minute. Flow logs are charged by the gigabyte \
         delivered; the long format is about three times the default one. The ECS fields need `ecs:ListClusters`, `ecs:ListContainerInstances` and \
         `ecs:DescribeContainerInstances` of whoever makes the flow log. A format cannot be changed: a flow log that lacks a field is replaced by a new one."
    }

    fn parameters(&self) -> &'static [Parameter] {
        const VPCS: Parameter = Parameter {
            name: "vpc-id",
            about: "the VPCs to log: `vpc-…` in the home region, `<region>/vpc-…` elsewhere; verification without it looks at every VPC with network interfaces",
        };
        &[given::ACCOUNT_ID, given::REGIONS, given::BUCKET, given::PREFIX, VPCS]
    }

    fn permissions(&self) -> &'static [Permission] {
        const USED: &[Permission] = &[
            Permission::account("ec2:DescribeNetworkInterfaces", "which VPCs have workloads"),
            Permission::account("ec2:DescribeVpcs", "which VPCs there are"),
            Permission::account("ec2:DescribeFlowLogs", "which VPCs are logged, in which format, and whether delivery fails"),
            Permission::log_bucket("s3:GetBucketLocation", "which region the log bucket is in"),
            Permission::log_bucket("s3:ListBucket", "whether the logs can be read, and how old the newest is"),
        ];
        USED
    }

    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError> {
        if parameters.vpcs.is_empty() && format != Format::Policy {
            let (prerequisite, parameter) = (ID, "vpc-id");
            return Err(OnboardError::Needed { prerequisite, parameter, about: "the VPCs to log, such as `vpc-0a1b2c3d`" });
        }
        Ok(match format {
            Format::Terraform => terraform(parameters),
            Format::CloudFormation => cloudformation(parameters),
            Format::Cli => {
                let steps: Vec<Step> = workload_vpcs::by_region(parameters).iter().map(|(region, ids)| step(parameters, region, ids)).collect();
                script(&format!("{HEAD}\n{AFTER}"), &steps)
            }
            Format::Policy => policy::json_of(&[Policy::new("bucket-policy-statements", delivery::flow_logs(parameters))]),
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        verify(context).boxed()
    }
}

/// Bucket and folder, as `LogDestination` wants them.
fn destination(parameters: &Parameters) -> String {
    let arn = parameters.bucket_arn();
    if parameters.prefix.is_empty() { arn } else { format!("{arn}/{}", parameters.prefix) }
}

fn terraform(parameters: &Parameters) -> String {
    let mut blocks = Vec::new();
    for (region, ids) in workload_vpcs::by_region(parameters) {
        let is_home = region == parameters.home;
        let name = if is_home { "workloads".to_owned() } else { format!("workloads_{}", region.replace('-', "_")) };
        let alias = region.replace('-', "_");
        let mut log = Block::resource("aws_flow_log", &name)
            .because(WHY_LOG)
            .with("for_each", Node::call("toset", Node::list(ids.iter().copied())));
        if !is_home {
            blocks.push(Block::new("provider", ["aws"]).with("alias", &alias).with("region", region));
            log = log.with("provider", Node::code(format!("aws.{alias}")));
        }
        let options = Block::new("destination_options", [])
            .because(WHY_OPTIONS)
            .with("file_format", "plain-text")
            .with("hive_compatible_partitions", true)
            .with("per_hour_partition", true);
        blocks.push(
            log.with("vpc_id", Node::code("each.value"))
                .with("traffic_type", "ALL")
                .with("log_destination_type", "s3")
                .with("log_destination", destination(parameters))
                .entry(Entry::new("max_aggregation_interval", INTERVAL).because(WHY_INTERVAL))
                .entry(Entry::new("log_format", flow_field::log_format()).because(WHY_FORMAT))
                .block(options),
        );
    }
    hcl::file(&format!("{HEAD}\n{AFTER}\nThe provider's region is {}.", parameters.home), &blocks)
}

/// One template serves every region: it makes the flow logs of the region in which the stack stands.
fn cloudformation(parameters: &Parameters) -> String {
    let regions = workload_vpcs::by_region(parameters);
    // A template with more in it may stand in the home region, too.
    let tells_apart = regions.keys().any(|region| *region != parameters.home);
    let mut template = Template::new(HEAD);
    for region in regions.keys().filter(|_| tells_apart) {
        let here = Node::list([reference("AWS::Region"), (*region).into()]);
        template = template.condition(&region_condition(region), Node::call("Equals", here));
    }
    for Vpc { region, id } in &parameters.vpcs {
        let options = Node::map([
            ("FileFormat", "plain-text".into()),
            ("HiveCompatiblePartitions", true.into()),
            ("PerHourPartition", true.into()),
        ]);
        let properties = vec![
            Entry::new("ResourceType", "VPC"),
            Entry::new("ResourceId", id),
            Entry::new("TrafficType", "ALL"),
            Entry::new("LogDestinationType", "s3"),
            Entry::new("LogDestination", destination(parameters)),
            Entry::new("MaxAggregationInterval", INTERVAL).because(WHY_INTERVAL),
            Entry::new("LogFormat", flow_field::log_format()).because(WHY_FORMAT),
            Entry::new("DestinationOptions", options).because(WHY_OPTIONS),
        ];
        let name = format!("FlowLog{}", id.replace('-', ""));
        template = if tells_apart {
            template.resource_with(&name, "AWS::EC2::FlowLog", WHY_LOG, properties, [("Condition", region_condition(region).into())])
        } else {
            template.resource(&name, "AWS::EC2::FlowLog", WHY_LOG, properties)
        };
    }
    let all: Vec<&str> = regions.into_keys().collect();
    template.render(&format!("{HEAD}\n{AFTER}\nMake one stack of it in each of: {}.", all.join(", ")))
}

fn step(parameters: &Parameters, region: &str, ids: &[&str]) -> Step {
    Step::aws(
        format!("{WHY_LOG}\n{WHY_FORMAT}\n{WHY_INTERVAL}\n{WHY_OPTIONS}"),
        ["ec2", "create-flow-logs"],
    )
    .option("region", region)
    .option("resource-type", "VPC")
    .options("resource-ids", ids.iter().map(|&id| id.to_owned()))
    .option("traffic-type", "ALL")
    .option("log-destination-type", "s3")
    .option("log-destination", destination(parameters))
    .option("max-aggregation-interval", INTERVAL.to_string())
    .option("log-format", flow_field::log_format())
    .option("destination-options", "FileFormat=plain-text,HiveCompatiblePartitions=true,PerHourPartition=true")
}

async fn verify(context: &Context) -> Vec<Verdict> {
    let regions = context.parameters.regions.iter().map(|region| verify_region(context, region));
    futures::future::join_all(regions).await.into_iter().flatten().collect()
}

async fn verify_region(context: &Context, region: &str) -> Vec<Verdict> {
    let judge = Judge::new(ID, format!("VPCs in {region}"));
    let logs = context.ask_all(region, "ec2", "DescribeFlowLogs", json!({}), ("FlowLogs", "ec2:DescribeFlowLogs"));
    let (found, logs) = futures::join!(workload_vpcs::find(context, region, ID), logs);
    let (wanted, mut verdicts) = match found {
        Ok(found) => found,
        Err(unanswered) => return vec![judge.unanswered(&unanswered)],
    };
    let logs = match logs {
        Ok(logs) => logs,
        Err(unanswered) => {
            verdicts.extend(wanted.iter().map(|vpc| Judge::new(ID, format!("{vpc} in {region}")).unanswered(&unanswered)));
            return verdicts;
        }
    };
    for vpc in &wanted {
        verdicts.extend(verify_vpc(context, region, vpc, &logs).await);
    }
    verdicts
}

async fn verify_vpc(context: &Context, region: &str, vpc: &str, logs: &[Value]) -> Vec<Verdict> {
    let judge = Judge::new(ID, format!("{vpc} in {region}"));
    let call = format!("ec2:DescribeFlowLogs in {region}");
    let own = logs.iter().filter(|log| text(log, "/ResourceId") == vpc).map(|log| verify_log(context, region, log, &judge));
    let verdicts = futures::future::join_all(own).await;
    let faults = |verdicts: &Vec<Verdict>| verdicts.iter().filter(|verdict| verdict.status != State::Ok).count();
    // A VPC may have several flow logs: one good one is enough.
    verdicts.into_iter().min_by_key(faults).unwrap_or_else(|| {
        let reason = "no flow log of the VPC: the path of its calls is not known. Flow logs of single subnets or interfaces leave gaps";
        vec![judge.missing(&call, reason, step(&context.parameters, region, &[vpc]).command())]
    })
}

async fn verify_log(context: &Context, region: &str, log: &Value, judge: &Judge) -> Vec<Verdict> {
    let call = format!("ec2:DescribeFlowLogs in {region}");
    let id = text(log, "/FlowLogId");
    let failing = failing(context, log).map(|(reason, fix)| judge.wrong(&call, format!("{id}: {reason}"), fix));
    let is_failing = failing.is_some();
    let faults = faults(log);
    let mut verdicts: Vec<Verdict> = failing.into_iter().collect();
    if !faults.is_empty() {
        verdicts.push(judge.wrong(&call, format!("{id}: {}", faults.join("; ")), replace(&context.parameters, region, log)));
    }
    if verdicts.is_empty() {
        verdicts.push(judge.ok(&call, format!("{id} is active, takes all traffic and has every field that is needed")));
    }
    // Where delivery fails, that nothing new is there follows.
    if text(log, "/LogDestinationType") == "s3" && !is_failing {
        verdicts.push(delivered(context, region, log, judge).await);
    }
    verdicts
}

/// A flow log cannot be changed, and a second one to the same place is refused: the old one goes first.
fn replace(parameters: &Parameters, region: &str, log: &Value) -> String {
    let remove = Step::aws("", ["ec2", "delete-flow-logs"]).option("region", region).option("flow-log-ids", text(log, "/FlowLogId"));
    format!("{}\n{}", remove.command(), step(parameters, region, &[text(log, "/ResourceId")]).command())
}

/// Why its records do not arrive, as far as AWS tells, and what lets them.
fn failing(context: &Context, log: &Value) -> Option<(String, String)> {
    let parameters = &context.parameters;
    if text(log, "/DeliverLogsStatus") != "FAILED" {
        return None;
    }
    let error = text(log, "/DeliverLogsErrorMessage");
    let (bucket, _) = folders(parameters, "", log);
    let reason = format!("delivery to `{bucket}` fails ({error}): the bucket's policy or its key does not let the log service in");
    let fix = if bucket == parameters.bucket {
        log_bucket::policy_step(parameters)
    } else {
        format!("sightline onboard verify log-bucket --bucket {bucket}")
    };
    Some((reason, fix))
}

/// What is wrong with a flow log, a clause a fault.
fn faults(log: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut unless = |is_good: bool, fault: String| {
        if !is_good {
            faults.push(fault);
        }
    };
    let status = text(log, "/FlowLogStatus");
    unless(status == "ACTIVE", format!("its status is `{status}`"));
    let traffic = text(log, "/TrafficType");
    unless(traffic == "ALL", format!("it records `{traffic}` traffic alone"));
    let destination = text(log, "/LogDestinationType");
    unless(destination == "s3", format!("it delivers to `{destination}`, which is not read"));
    let interval = log.pointer("/MaxAggregationInterval").and_then(Value::as_i64).unwrap_or(600);
    unless(interval <= i64::from(INTERVAL), format!("records sum up {interval} seconds: joins with pods and calls become guesses"));
    let lacking = flow_field::lacking(text(log, "/LogFormat"));
    let listed: Vec<String> = lacking.iter().map(|(name, loss)| format!("`{name}` ({loss})")).collect();
    unless(lacking.is_empty(), format!("its format lacks {}; not known without: in brackets", listed.join(", ")));
    faults
}

async fn delivered(context: &Context, region: &str, log: &Value, judge: &Judge) -> Verdict {
    let now = context.now;
    let id = text(log, "/FlowLogId");
    let (bucket, folders) = folders(&context.parameters, region, log);
    let call = "s3:ListObjectsV2";
    let found = futures::future::join_all(folders.iter().map(|base| newest::delivered(context, bucket, base.clone(), id)));
    let found: Result<Vec<Option<Timestamp>>, _> = found.await.into_iter().collect();
    let newest = match found {
        Err(unanswered) => return judge.unanswered(&unanswered),
        Ok(times) => times.into_iter().flatten().max().map(|then| newest::age(then, now)),
    };
    let shown = format!("s3://{bucket}/{}", folders.join(" and "));
    let made = text(log, "/CreationTime").parse::<Timestamp>();
    let is_new = made.is_ok_and(|made| newest::age(made, now).0 < FIRST_DELIVERY);
    match newest {
        Some((age, old)) if age > STALE => judge.wrong(call, format!("the newest object of {id} in {shown} is {old} old"), ""),
        Some((_, old)) => judge.ok(call, format!("the newest object is {old} old")),
        None if is_new => {
            judge.cannot_tell(call, format!("{id} is new, and nothing has come to {shown} yet: look again in half an hour"))
        }
        None => judge.wrong(call, format!("nothing of {id} is in the newest folders of {shown}"), ""),
    }
}

/// The bucket, and the folders of this region's logs: of the layout that the flow log names, of both where it names none.
fn folders<'a>(parameters: &Parameters, region: &str, log: &'a Value) -> (&'a str, Vec<String>) {
    let place = text(log, "/LogDestination").splitn(6, ':').nth(5).unwrap_or_default();
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let prefix = if prefix.is_empty() { String::new() } else { format!("{}/", prefix.trim_end_matches('/')) };
    let account = &parameters.account_id;
    let hive = format!("{prefix}AWSLogs/aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}/");
    let plain = format!("{prefix}AWSLogs/{account}/vpcflowlogs/{region}/");
    let folders = match log.pointer("/DestinationOptions/HiveCompatiblePartitions").and_then(Value::as_bool) {
        Some(true) => vec![hive],
        Some(false) => vec![plain],
        None => vec![hive, plain],
    };
    (bucket, folders)
}
