//! The network path of a call, as far as its event tells.

use std::net::IpAddr;

use sightline_model::edge::PathClass;

use crate::address::is_public;
use crate::estate::Estate;
use crate::group::Group;

/// The path and what told it.
///
/// An endpoint's id alone proves nothing: AWS's own services call through endpoints of AWS, and another account's endpoint is
/// none of ours. So the id must be in the inventory and the source an address.
pub(crate) fn of(group: &Group, estate: &Estate) -> (PathClass, String) {
    if group.untrailed {
        return (PathClass::Unknown, "model invocation logs tell no path, and no trail has the calls".to_owned());
    }
    let source = group.caller.source_ip.as_str();
    let endpoint = group.vpc_endpoint_id.as_str();
    let Ok(address) = source.parse::<IpAddr>() else {
        return without_address(source);
    };
    if !endpoint.is_empty() {
        return through_endpoint(group, estate);
    }
    if !is_public(address) {
        return (PathClass::Unknown, format!("{source} is private, and the event names no VPC endpoint"));
    }
    let evidence =
        estate.addresses.owner(source).map_or_else(|| source.to_owned(), |owner| format!("{source}, {owner}"));
    (PathClass::Internet, evidence)
}

fn through_endpoint(group: &Group, estate: &Estate) -> (PathClass, String) {
    let endpoint = group.vpc_endpoint_id.as_str();
    if estate.vpc_endpoints.contains_key(endpoint) {
        return (PathClass::InterfaceEndpoint, endpoint.to_owned());
    }
    let gap = estate.coverage.gap("aws_vpc_endpoint", &group.caller.account_id, &group.caller.region);
    let why = gap.unwrap_or_else(|| "another account's or deleted".to_owned());
    (PathClass::Unknown, format!("{endpoint} is not in the inventory: {why}"))
}

/// A service's name stands where the address would: the service called on somebody's behalf.
fn without_address(source: &str) -> (PathClass, String) {
    let service =
        source.ends_with(".amazonaws.com") || source.ends_with(".amazonaws.com.cn") || source == "AWS Internal";
    if service {
        (PathClass::AwsInternal, source.to_owned())
    } else {
        (PathClass::Unknown, format!("`{source}` is no address"))
    }
}
