//! The log of the names that VPCs with workloads look up.

use crate::context::Context;
use crate::delivery;
use crate::error::OnboardError;
use crate::look_ups;
use crate::parameters::Parameters;
use crate::prerequisite::{Format, Parameter, Permission, Prerequisite, given};
use crate::render::cloudformation::{Template, reference, region_condition};
use crate::render::hcl::{self, Block};
use crate::render::node::{Entry, Node};
use crate::render::policy::{self, Policy};
use crate::render::shell::{Step, script};
use crate::verdict::Verdict;
use crate::workload_vpcs;
use futures::FutureExt as _;
use futures::future::BoxFuture;

/// The unit.
pub static UNIT: ResolverLogs = ResolverLogs;

/// See [`Prerequisite::about`].
#[derive(Debug)]
pub struct ResolverLogs;

pub(crate) const ID: &str = "resolver-logs";
/// What the configuration is called.
pub(crate) const NAME: &str = "sightline";
const HEAD: &str = "Sightline: the names that VPCs with workloads look up, into the log bucket.";
const AFTER: &str = "The log bucket and its policy come first: without the delivery statement AWS writes one of its own into the bucket's policy.";
const WHY_CONFIG: &str =
    "Where look-ups go: one configuration a region, for all its VPCs. The bucket may be in another region.";
const WHY_VPC: &str = "Nothing is logged until a VPC is associated. A VPC created later has to be associated too.";
const CONFIG: &str = "AWS::Route53Resolver::ResolverQueryLoggingConfig";
const ASSOCIATION: &str = "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation";
/// A variable of the script.
const KEPT: &str = "query_log_config";

impl Prerequisite for ResolverLogs {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Route 53 Resolver query logging"
    }

    fn about(&self) -> &'static str {
        "Flow logs have addresses, and a model of another company hides behind addresses that change by the minute. The names that workloads \
         look up say which provider they call, and through which endpoint a call of Bedrock went: `bedrock-runtime` and `bedrock-mantle` \
         are different names. A configuration says where look-ups go, an association makes a VPC's be logged: both are needed, in \
         each region. What the resolver answers from its cache is not logged, nor what is asked of other name servers. Charged by the \
         gigabyte delivered. Whoever sets it up needs `logs:CreateLogDelivery` and its kin, besides the actions of Route 53 Resolver."
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
            Permission::account("route53resolver:ListResolverQueryLogConfigs", "where look-ups are logged to"),
            Permission::account(
                "route53resolver:ListResolverQueryLogConfigAssociations",
                "which VPCs' look-ups are logged, and whether that fails",
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
        if parameters.vpcs.is_empty() && format != Format::Policy {
            let (prerequisite, parameter) = (ID, "vpc-id");
            return Err(OnboardError::Needed {
                prerequisite,
                parameter,
                about: "the VPCs to log, such as `vpc-0a1b2c3d`",
            });
        }
        Ok(match format {
            Format::Terraform => terraform(parameters),
            Format::CloudFormation => cloudformation(parameters),
            Format::Cli => {
                let regions = workload_vpcs::by_region(parameters);
                let steps: Vec<Step> =
                    regions.iter().flat_map(|(region, ids)| steps(parameters, region, ids)).collect();
                script(&format!("{HEAD}\n{AFTER}"), &steps)
            }
            Format::Policy => {
                policy::json_of(&[Policy::new("bucket-policy-statements", delivery::look_ups(parameters))])
            }
        })
    }

    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>> {
        look_ups::verify(context).boxed()
    }
}

/// Bucket and folder, as `DestinationArn` wants them.
fn destination(parameters: &Parameters) -> String {
    let arn = parameters.bucket_arn();
    if parameters.prefix.is_empty() { arn } else { format!("{arn}/{}", parameters.prefix) }
}

fn terraform(parameters: &Parameters) -> String {
    let mut blocks = Vec::new();
    for (region, ids) in workload_vpcs::by_region(parameters) {
        let alias = region.replace('-', "_");
        let is_home = region == parameters.home;
        let name = if is_home { "look_ups".to_owned() } else { format!("look_ups_{alias}") };
        let mut config = Block::resource("aws_route53_resolver_query_log_config", &name).because(WHY_CONFIG);
        let mut association = Block::resource("aws_route53_resolver_query_log_config_association", &name)
            .because(WHY_VPC)
            .with("for_each", Node::call("toset", Node::list(ids.iter().copied())));
        if !is_home {
            blocks.push(Block::new("provider", ["aws"]).with("alias", &alias).with("region", region));
            let provider = Node::code(format!("aws.{alias}"));
            config = config.with("provider", provider.clone());
            association = association.with("provider", provider);
        }
        blocks.push(config.with("name", NAME).with("destination_arn", destination(parameters)));
        blocks.push(
            association
                .with(
                    "resolver_query_log_config_id",
                    Node::code(format!("aws_route53_resolver_query_log_config.{name}.id")),
                )
                .with("resource_id", Node::code("each.value")),
        );
    }
    hcl::file(&format!("{HEAD}\n{AFTER}\nThe provider's region is {}.", parameters.home), &blocks)
}

/// One template serves every region: it logs the VPCs of the region in which the stack stands.
fn cloudformation(parameters: &Parameters) -> String {
    let regions = workload_vpcs::by_region(parameters);
    // A template with more in it may stand in the home region, too.
    let tells_apart = regions.keys().any(|region| *region != parameters.home);
    let mut template = Template::new(HEAD);
    for region in regions.keys().filter(|_| tells_apart) {
        let here = Node::list([reference("AWS::Region"), (*region).into()]);
        template = template.condition(&region_condition(region), Node::call("Equals", here));
    }
    for (region, ids) in &regions {
        let condition = region_condition(region);
        let config = if tells_apart { format!("LookUps{condition}") } else { "LookUps".to_owned() };
        let condition = tells_apart.then_some(condition.as_str());
        let properties = vec![Entry::new("Name", NAME), Entry::new("DestinationArn", destination(parameters))];
        template = placed(template, condition, (&config, CONFIG, WHY_CONFIG), properties);
        for id in ids {
            let properties =
                vec![Entry::new("ResolverQueryLogConfigId", reference(&config)), Entry::new("ResourceId", *id)];
            let name = format!("LookUpsOf{}", id.replace('-', ""));
            template = placed(template, condition, (&name, ASSOCIATION, WHY_VPC), properties);
        }
    }
    let all: Vec<&str> = regions.into_keys().collect();
    template.render(&format!("{HEAD}\n{AFTER}\nMake one stack of it in each of: {}.", all.join(", ")))
}

/// A resource of one region, where a template serves several.
fn placed(
    template: Template,
    condition: Option<&str>,
    (name, kind, why): (&str, &str, &str),
    properties: Vec<Entry>,
) -> Template {
    match condition {
        Some(condition) => template.resource_with(name, kind, why, properties, [("Condition", condition.into())]),
        None => template.resource(name, kind, why, properties),
    }
}

/// A configuration, and the region's VPCs with it.
pub(crate) fn steps(parameters: &Parameters, region: &str, ids: &[&str]) -> Vec<Step> {
    let create = Step::aws(WHY_CONFIG, ["route53resolver", "create-resolver-query-log-config"])
        .option("region", region)
        .option("name", NAME)
        .option("destination-arn", destination(parameters))
        .kept_as(KEPT, "ResolverQueryLogConfig.Id");
    let associate =
        |id: &&str| step_associate(region).option_kept("resolver-query-log-config-id", KEPT).option("resource-id", *id);
    std::iter::once(create).chain(ids.iter().map(associate)).collect()
}

/// A VPC with a configuration that is there.
pub(crate) fn step_associate_with(region: &str, config: &str, vpc: &str) -> Step {
    step_associate(region).option("resolver-query-log-config-id", config).option("resource-id", vpc)
}

fn step_associate(region: &str) -> Step {
    Step::aws(WHY_VPC, ["route53resolver", "associate-resolver-query-log-config"]).option("region", region)
}

/// Ends what is between a VPC and a configuration.
pub(crate) fn step_part(region: &str, config: &str, vpc: &str) -> Step {
    Step::aws("", ["route53resolver", "disassociate-resolver-query-log-config"])
        .option("region", region)
        .option("resolver-query-log-config-id", config)
        .option("resource-id", vpc)
}
