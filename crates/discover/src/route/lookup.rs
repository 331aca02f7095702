//! The most specific route.

use std::net::IpAddr;

use ipnet::IpNet;

use super::table::{Block, Next, Route};
use crate::address::is_public;

/// Addresses that are looked for together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Destination {
    pub(super) net: IpNet,
    /// only the public addresses of it are meant
    pub(super) is_public: bool,
}

/// Where a table sends the whole destination, or a part of it.
#[derive(Debug)]
pub(super) enum Found<'t> {
    Route(&'t Route, Destination),
    /// a prefix list that was not read may have it
    Unread(&'t str),
}

/// A route as far as the look-up needs it: of a VPC's table, or of a transit gateway's.
pub(super) trait Routing {
    fn block(&self) -> &Block;
    /// of routes to the same block the lowest counts
    fn rank(&self) -> u8;
}

impl Routing for Route {
    fn block(&self) -> &Block {
        &self.to
    }

    fn rank(&self) -> u8 {
        self.rank
    }
}

/// The most specific route to the whole, then the more specific ones to parts of it.
pub(super) fn best<R: Routing>(routes: &[R], to: Destination) -> Vec<(&R, Destination)> {
    let nets = || routes.iter().filter_map(|route| Some((route, net_of(route)?)));
    let whole = nets().filter(|(_, net)| net.contains(&to.net)).max_by_key(|(route, net)| {
        // Longest first; of equals the lowest rank.
        (net.prefix_len(), u8::MAX - route.rank())
    });
    let mut found: Vec<(&R, Destination)> = whole.map(|(route, _)| (route, to)).into_iter().collect();
    for (route, net) in nets() {
        let inside = net.prefix_len() > to.net.prefix_len() && to.net.contains(&net);
        let meant = !to.is_public || is_public_net(net);
        let beaten = nets().any(|(other, same)| same == net && other.rank() < route.rank());
        if inside && meant && !beaten {
            found.push((route, Destination { net, ..to }));
        }
    }
    found
}

fn net_of<R: Routing>(route: &R) -> Option<IpNet> {
    match route.block() {
        Block::Net(net) => Some(*net),
        Block::Unread(_) => None,
    }
}

/// Blocks of private addresses are given as such: their first address tells.
fn is_public_net(net: IpNet) -> bool {
    match net.network() {
        // Everything, and halves of it.
        IpAddr::V4(first) if first.is_unspecified() => true,
        IpAddr::V6(first) if first.is_unspecified() => true,
        first => is_public(first),
    }
}

/// As [`best`] in a VPC's table, where `is_other` says of an endpoint that it is the gateway endpoint of some other service.
pub(super) fn in_table<'t>(routes: &'t [Route], to: Destination, is_other: impl Fn(&str) -> bool) -> Vec<Found<'t>> {
    let other = |route: &Route| matches!(&route.next, Next::Endpoint(id) if is_other(id));
    let mut found: Vec<Found<'_>> = best(routes, to)
        .into_iter()
        .filter(|(route, _)| !other(route))
        .map(|(route, to)| Found::Route(route, to))
        .collect();
    // What goes the same way as the rest needs no way of its own.
    if let Some(Found::Route(first, _)) = found.first() {
        let (next, is_blackhole) = (first.next.clone(), first.is_blackhole);
        let mut at = 0;
        found.retain(|one| {
            at += 1;
            let same =
                matches!(one, Found::Route(route, _) if route.next == next && route.is_blackhole == is_blackhole);
            at == 1 || !same
        });
    }
    for route in routes.iter().filter(|route| !other(route)) {
        if let Block::Unread(list) = &route.to {
            found.push(Found::Unread(list));
        }
    }
    found
}
