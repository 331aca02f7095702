//! The network path of a connection, as far as a flow record tells.
//!
//! `traffic-path` and the next hop's fields: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>. They stand in records
//! of packets that leave an interface.

use sightline_model::edge::PathClass;

use super::flow::Flow;

/// Where the other end is, seen from the record's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// on the internet
    Public,
    /// in no network of ours, with a private address
    Foreign,
    /// in the same network of ours
    Same,
    /// in another one of ours, or in one that is not known
    Other,
}

/// The path between two ends, and what told it.
pub(crate) fn of(flow: &Flow<'_>, other: Whereabouts) -> (PathClass, String) {
    let hop = || match flow.next_hop_id {
        "" => String::new(),
        id => id.to_owned(),
    };
    if flow.is_of_transit_gateway() || flow.next_hop_type.starts_with("transit_gateway") {
        let gateway =
            [flow.resource_id, flow.next_hop_id, flow.own.interface].into_iter().find(|id| id.starts_with("tgw-"));
        return (PathClass::TransitGateway, gateway.unwrap_or_default().to_owned());
    }
    if other == Whereabouts::Public {
        let through = match (flow.next_hop_type, flow.traffic_path) {
            ("nat_gateway", _) => format!("NAT gateway {}", hop()),
            (_, 2 | 8) => "an internet gateway".to_owned(),
            (_, 7) => return (PathClass::AwsInternal, "a gateway endpoint".to_owned()),
            (_, 1) => "another resource of the network, such as a NAT gateway".to_owned(),
            (_, 3) => return (PathClass::OnPremises, "a virtual private gateway".to_owned()),
            (_, 6) => return (PathClass::OnPremises, "a local gateway".to_owned()),
            _ => hop(),
        };
        return (PathClass::Internet, through.trim().to_owned());
    }
    match flow.traffic_path {
        3 => (PathClass::OnPremises, "a virtual private gateway".to_owned()),
        6 => (PathClass::OnPremises, "a local gateway".to_owned()),
        4 => (PathClass::Peering, "a peering connection of the region".to_owned()),
        5 => (PathClass::Peering, "a peering connection to another region".to_owned()),
        _ => match other {
            Whereabouts::Same => (PathClass::Vpc, flow.vpc_id.to_owned()),
            Whereabouts::Foreign => (PathClass::OnPremises, String::new()),
            _ => (PathClass::Unknown, String::new()),
        },
    }
}
