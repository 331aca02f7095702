//! The VPCs with workloads: those that were named, or all that have network interfaces.

use crate::context::{Asked, Context, text};
use crate::parameters::{Parameters, Vpc};
use crate::verdict::{Judge, Verdict};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The VPCs that were named, by region.
pub(crate) fn by_region(parameters: &Parameters) -> BTreeMap<&str, Vec<&str>> {
    let mut regions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Vpc { region, id } in &parameters.vpcs {
        regions.entry(region).or_default().push(id);
    }
    regions
}

/// The VPCs of a region to look at, and the prerequisite's verdicts on those that are not there.
pub(crate) async fn find(
    context: &Context,
    region: &str,
    prerequisite: &'static str,
) -> Asked<(BTreeSet<String>, Vec<Verdict>)> {
    let ask = |operation: &'static str, key: &'static str, action: &'static str| {
        context.ask_all(region, "ec2", operation, json!({}), (key, action))
    };
    let (vpcs, interfaces) = futures::join!(
        ask("DescribeVpcs", "Vpcs", "ec2:DescribeVpcs"),
        ask("DescribeNetworkInterfaces", "NetworkInterfaces", "ec2:DescribeNetworkInterfaces"),
    );
    workloads(context, region, prerequisite, &vpcs?, interfaces)
}

fn workloads(
    context: &Context,
    region: &str,
    prerequisite: &'static str,
    vpcs: &[Value],
    interfaces: Asked<Vec<Value>>,
) -> Asked<(BTreeSet<String>, Vec<Verdict>)> {
    let parameters = &context.parameters;
    let there: BTreeSet<String> = vpcs.iter().map(|vpc| text(vpc, "/VpcId").to_owned()).collect();
    let call = format!("ec2:DescribeVpcs in {region}");
    let judge = |target: String| Judge::new(prerequisite, target);
    if !parameters.vpcs.is_empty() {
        let named = parameters.vpcs.iter().filter(|vpc| vpc.region == region).map(|vpc| vpc.id.clone());
        let (found, absent): (BTreeSet<String>, BTreeSet<String>) = named.partition(|id| there.contains(id));
        let verdict = |id: &String| judge(format!("{id} in {region}")).missing(&call, "no VPC of this id is here", "");
        return Ok((found, absent.iter().map(verdict).collect()));
    }
    let interfaces = interfaces?;
    let busy: BTreeSet<String> = interfaces.iter().map(|interface| text(interface, "/VpcId").to_owned()).collect();
    let wanted: BTreeSet<String> = there.intersection(&busy).cloned().collect();
    let call = format!("ec2:DescribeNetworkInterfaces in {region}");
    let nothing = "no VPC here has network interfaces: there is nothing to log";
    let idle = wanted.is_empty().then(|| judge(format!("VPCs in {region}")).ok(&call, nothing));
    Ok((wanted, idle.into_iter().collect()))
}
