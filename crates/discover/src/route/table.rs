//! Route tables: what they hold, read into addresses once.

use std::collections::HashMap;

use ipnet::IpNet;

use super::row::{RouteRow, TableRow};

/// A route table of a VPC.
#[derive(Debug, Clone)]
pub(super) struct RouteTable {
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) routes: Vec<Route>,
}

/// A route to one block of addresses.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) to: Block,
    pub(super) next: Next,
    pub(super) is_blackhole: bool,
    /// of routes to the same block the lowest counts
    pub(super) rank: u8,
}

/// The addresses of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Net(IpNet),
    /// a prefix list whose entries were not read
    Unread(String),
}

/// Where a route sends traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    Local,
    InternetGateway(String),
    EgressOnly(String),
    Nat(String),
    Endpoint(String),
    TransitGateway(String),
    Peering(String),
    VpnGateway(String),
    LocalGateway(String),
    CarrierGateway(String),
    /// an interface or an instance
    Router(String),
    /// something that is not followed
    Other(String),
}

/// Prefix lists by region and id.
pub(super) type PrefixLists = HashMap<(String, String), Vec<IpNet>>;

impl RouteTable {
    pub(super) fn of(row: TableRow, lists: &PrefixLists) -> Self {
        let routes = row.routes.iter().flat_map(|route| routes(route, &row.region, lists)).collect();
        Self { arn: row.arn, id: row.id, routes }
    }
}

fn routes(row: &RouteRow, region: &str, lists: &PrefixLists) -> Vec<Route> {
    let next = next(row);
    let is_blackhole = row.state.as_deref() == Some("blackhole");
    let rank = rank(row, &next);
    let made = |to: Block| Route { to, next: next.clone(), is_blackhole, rank };
    if let Some(list) = &row.destination_prefix_list_id {
        return of_list(list, region, lists).into_iter().map(made).collect();
    }
    let block = row.destination_cidr_block.as_ref().or(row.destination_ipv6_cidr_block.as_ref());
    block.and_then(|block| block.parse().ok()).map(|net: IpNet| made(Block::Net(net.trunc()))).into_iter().collect()
}

/// The blocks of a prefix list.
pub(super) fn of_list(list: &str, region: &str, lists: &PrefixLists) -> Vec<Block> {
    match lists.get(&(region.to_owned(), list.to_owned())) {
        Some(nets) => nets.iter().copied().map(Block::Net).collect(),
        None => vec![Block::Unread(list.to_owned())],
    }
}

/// Local routes first, then those that somebody wrote, those of prefix lists, those that a gateway told.
fn rank(row: &RouteRow, next: &Next) -> u8 {
    let is_told = row.origin.as_deref() == Some("EnableVgwRoutePropagation");
    match (next, is_told, row.destination_prefix_list_id.is_some()) {
        (Next::Local, _, _) => 0,
        (_, true, _) => 3,
        (_, false, true) => 2,
        (_, false, false) => 1,
    }
}

/// A column that may name the next hop, and which kind of hop that is.
type Candidate<'r> = (&'r Option<String>, fn(String) -> Next);

fn next(row: &RouteRow) -> Next {
    let given = |field: &Option<String>| field.clone().filter(|id| !id.is_empty());
    if let Some(id) = given(&row.gateway_id) {
        return of_gateway(id);
    }
    let others: [Candidate<'_>; 9] = [
        (&row.nat_gateway_id, Next::Nat),
        (&row.transit_gateway_id, Next::TransitGateway),
        (&row.vpc_peering_connection_id, Next::Peering),
        (&row.egress_only_internet_gateway_id, Next::EgressOnly),
        (&row.local_gateway_id, Next::LocalGateway),
        (&row.carrier_gateway_id, Next::CarrierGateway),
        // A route to an instance names its interface too.
        (&row.network_interface_id, Next::Router),
        (&row.instance_id, Next::Router),
        (&row.core_network_arn, Next::Other),
    ];
    let found = others.into_iter().find_map(|(field, make)| given(field).map(make));
    found.unwrap_or_else(|| Next::Other("something that the route does not name".to_owned()))
}

fn of_gateway(id: String) -> Next {
    match id.split('-').next().unwrap_or_default() {
        "local" => Next::Local,
        "igw" => Next::InternetGateway(id),
        "eigw" => Next::EgressOnly(id),
        "nat" => Next::Nat(id),
        "vpce" => Next::Endpoint(id),
        "vgw" => Next::VpnGateway(id),
        "tgw" => Next::TransitGateway(id),
        "lgw" => Next::LocalGateway(id),
        "cagw" => Next::CarrierGateway(id),
        _ => Next::Other(id),
    }
}
