//! What an interface is of, as AWS's own description of it says: for what names no interface itself. No page of AWS lists the
//! descriptions; these are what the services write, as `aws ec2 describe-network-interfaces` shows them.

use super::holder::end;
use crate::traffic::End;
use crate::traffic::ends::word;

/// Types of interfaces that pass on what others send.
const BETWEEN: [&str; 5] =
    ["nat_gateway", "transit_gateway", "gateway_load_balancer", "gateway_load_balancer_endpoint", "vpn_concentrator"];

/// What is read of an interface.
#[derive(Debug, Clone, Copy)]
pub(super) struct Described<'a> {
    pub(super) arn: &'a str,
    pub(super) id: &'a str,
    pub(super) kind: &'a str,
    pub(super) description: &'a str,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
}

/// The end that the description names, or the interface itself.
pub(super) fn described(interface: Described<'_>) -> End {
    let Described { arn, id, kind, description, account, region } = interface;
    let partition = sightline_model::partition::of_region(region);
    let of = |kind: &str, arn: &str, title: &str| end(kind, arn, title, account, region);
    if BETWEEN.contains(&kind)
        || ["Interface for NAT Gateway ", "Network Interface for Transit Gateway Attachment "]
            .iter()
            .any(|start| description.starts_with(start))
    {
        return of(word::BETWEEN, arn, description.rsplit(' ').next().unwrap_or(id));
    }
    if let Some(balancer) = description.strip_prefix("ELB ") {
        let title = balancer.split('/').nth(1).unwrap_or(balancer);
        let arn = format!("arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{balancer}");
        return of("load_balancer", &arn, title);
    }
    let title = if description.is_empty() { id } else { description };
    of("interface", arn, title)
}

/// Whether the interface serves functions.
pub(super) fn is_of_functions(kind: &str, description: &str) -> bool {
    kind == "lambda" || description.starts_with("AWS Lambda VPC ENI")
}

/// Whether the interface holds addresses of pods.
pub(super) fn is_of_pods(description: &str) -> bool {
    description.starts_with("aws-K8S-")
}
