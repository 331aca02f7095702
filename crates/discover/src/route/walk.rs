//! The walk: from table to table until nothing leads on.

use std::collections::HashSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::hop::{End, Hop, HopKind, Leg, Turn, Way};
use super::lookup::{Destination, Found, in_table};
use super::network::{At, Gate, Network, Subnet};
use super::table::{Next, Route, RouteTable};

/// Most that one way passes.
const LONGEST: usize = 64;
/// Most ways of one walk.
const MOST_WAYS: usize = 24;

/// The two kinds of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "two words")]
pub enum Family {
    V4,
    V6,
}

/// What traffic is sent to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// any public address
    Internet(Family),
    /// one public address
    Address(IpAddr),
    /// an interface endpoint, by its id
    Endpoint(String),
}

/// All ways from one subnet to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// those that lead there, and those that do not
    pub ways: Vec<Way>,
    /// there are more than these
    pub is_cut: bool,
}

/// Where the way should end.
#[derive(Debug, Clone)]
pub(super) enum Goal {
    Public,
    Inside { vpc: String, subnet: String },
}

/// A way in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct Trail {
    pub(super) hops: Vec<Hop>,
    legs: Vec<Leg>,
    leg_from: String,
    leg_first: usize,
    pub(super) seen: HashSet<(String, Destination)>,
    /// the zone that a transit gateway keeps to
    pub(super) zone: String,
    by_nat: bool,
}

pub(super) struct Walker<'n> {
    pub(super) network: &'n Network,
    pub(super) goal: Goal,
    pub(super) walk: Walk,
}

impl Network {
    /// The ways from a subnet to the target.
    pub fn walk(&self, subnet: &str, target: &Target) -> Walk {
        let (goals, is_public): (Vec<(Goal, IpNet)>, bool) = match target {
            Target::Internet(family) => {
                (everything(*family).map(|net| (Goal::Public, net)).into_iter().collect(), true)
            }
            Target::Address(address) => (vec![(Goal::Public, IpNet::from(*address))], true),
            Target::Endpoint(id) => match self.of_endpoint(id) {
                Ok(goals) => (goals, false),
                Err(why) => {
                    return Walk {
                        ways: vec![Way { hops: vec![], end: End::Unknown(why), legs: vec![] }],
                        is_cut: false,
                    };
                }
            },
        };
        let mut walk = Walk { ways: vec![], is_cut: false };
        for (goal, net) in goals {
            let mut walker = Walker { network: self, goal, walk };
            walker.start(subnet, Destination { net, is_public });
            walk = walker.walk;
        }
        if let Target::Endpoint(id) = target {
            let arn = self.endpoints.get(id).map_or_else(String::new, |endpoint| endpoint.arn.clone());
            for way in walk.ways.iter_mut().filter(|way| way.end == End::Private) {
                way.hops.push(Hop { kind: HopKind::InterfaceEndpoint, id: id.clone(), arn: arn.clone() });
            }
        }
        walk
    }

    /// The subnets in which the endpoint has its interfaces.
    fn of_endpoint(&self, id: &str) -> Result<Vec<(Goal, IpNet)>, String> {
        let endpoint = self.endpoints.get(id).ok_or_else(|| format!("{id} is not in the inventory"))?;
        self.need("aws_vpc_endpoint", &endpoint.account_id, &endpoint.region)?;
        let mut goals = vec![];
        for id in &endpoint.subnet_ids {
            let subnet = self.subnet(id)?;
            let net = subnet.v4.or(subnet.v6).ok_or_else(|| format!("the addresses of {id} were not read"))?;
            goals.push((Goal::Inside { vpc: subnet.vpc.clone(), subnet: subnet.id.clone() }, net));
        }
        if goals.is_empty() {
            return Err(format!("the subnets of {id} were not read"));
        }
        Ok(goals)
    }
}

fn everything(family: Family) -> Option<IpNet> {
    match family {
        Family::V4 => "0.0.0.0/0",
        Family::V6 => "::/0",
    }
    .parse()
    .ok()
}

impl<'n> Walker<'n> {
    pub(super) fn new(network: &'n Network, goal: Goal) -> Self {
        Self { network, goal, walk: Walk { ways: vec![], is_cut: false } }
    }

    fn start(&mut self, subnet: &str, to: Destination) {
        let zone = self.network.subnets.get(subnet).map_or_else(String::new, |subnet| subnet.zone.clone());
        self.subnet(subnet, Trail { leg_from: subnet.to_owned(), zone, ..Trail::default() }, to);
    }

    pub(super) fn subnet(&mut self, id: &str, mut trail: Trail, to: Destination) {
        let network = self.network;
        let found = network.subnet(id).and_then(|subnet| Ok((subnet, network.table_of(subnet)?)));
        let (subnet, table) = match found {
            Ok(found) => found,
            Err(why) => return self.end(trail, Turn::Away, End::Unknown(why)),
        };
        trail.pass(HopKind::Subnet, &subnet.id, &subnet.arn);
        self.table(table, &subnet.at(), Some(subnet), trail, to);
    }

    /// `subnet`: whose table it is; none for those of gateways.
    pub(super) fn table(
        &mut self,
        table: &'n RouteTable,
        at: &At,
        subnet: Option<&Subnet>,
        mut trail: Trail,
        to: Destination,
    ) {
        if !trail.seen.insert((table.id.clone(), to)) || trail.hops.len() > LONGEST {
            return self.end(trail, Turn::Away, End::Nowhere(format!("the routes lead in a circle at {}", table.id)));
        }
        trail.pass(HopKind::RouteTable, &table.id, &table.arn);
        let found = in_table(&table.routes, to, |id| self.network.is_gateway_endpoint(id));
        if found.is_empty() {
            let why = format!("{} has no route to {}", table.id, shown(to));
            return self.end(trail, Turn::Away, End::Nowhere(why));
        }
        for one in found {
            if self.walk.ways.len() >= MOST_WAYS {
                self.walk.is_cut = true;
                return;
            }
            match one {
                Found::Unread(list) => {
                    let why = format!("{} may send it elsewhere by {list}, whose entries were not read", table.id);
                    self.end(trail.clone(), Turn::Away, End::Unknown(why));
                }
                Found::Route(route, part) if route.is_blackhole => {
                    let why = format!("the route of {} to {} leads to nothing", table.id, shown(part));
                    self.end(trail.clone(), Turn::Away, End::Nowhere(why));
                }
                Found::Route(route, part) => self.follow(route, at, subnet, trail.clone(), part),
            }
        }
    }

    fn follow(&mut self, route: &Route, at: &At, subnet: Option<&Subnet>, mut trail: Trail, to: Destination) {
        match &route.next {
            Next::Local => self.local(at, trail),
            Next::InternetGateway(id) => self.internet_gateway(id, subnet, trail),
            Next::EgressOnly(id) => {
                trail.pass(HopKind::EgressOnlyInternetGateway, id, "");
                self.leave(trail, Turn::Gateway(id.clone()), End::Internet);
            }
            Next::CarrierGateway(id) => {
                trail.pass(HopKind::CarrierGateway, id, "");
                self.leave(trail, Turn::Away, End::Internet);
            }
            Next::VpnGateway(id) => {
                trail.pass(HopKind::VpnGateway, id, "");
                self.end(trail, Turn::Away, End::OnPremises);
            }
            Next::LocalGateway(id) => {
                trail.pass(HopKind::LocalGateway, id, "");
                self.end(trail, Turn::Away, End::OnPremises);
            }
            Next::Nat(id) => self.nat(id, at, trail, to),
            Next::Endpoint(id) => self.endpoint(id, at, trail, to),
            Next::TransitGateway(id) => self.transit_gateway(id, at, trail, to),
            Next::Peering(id) => self.peering(id, at, trail),
            Next::Router(id) => self.router(id, at, trail, to),
            Next::Other(what) => {
                self.end(trail, Turn::Away, End::Unknown(format!("routes through {what} are not followed")));
            }
        }
    }

    fn local(&mut self, at: &At, trail: Trail) {
        match &self.goal {
            Goal::Inside { vpc, subnet } if *vpc == at.vpc => {
                let turn = Turn::Subnet(subnet.clone());
                self.end(trail, turn, End::Private);
            }
            Goal::Inside { vpc, .. } => {
                let why = format!("{} takes the addresses of {vpc} for its own", at.vpc);
                self.end(trail, Turn::Away, End::Nowhere(why));
            }
            Goal::Public => {
                self.end(trail, Turn::Away, End::Nowhere(format!("{} takes public addresses for its own", at.vpc)));
            }
        }
    }

    fn internet_gateway(&mut self, id: &str, subnet: Option<&Subnet>, mut trail: Trail) {
        trail.pass(HopKind::InternetGateway, id, "");
        let tables = ["aws_vpc_block_public_access_options", "aws_vpc_block_public_access_exclusion"];
        let unread = subnet.and_then(|subnet| self.network.needs(&tables, &subnet.at()).err());
        let blocked = subnet.and_then(|subnet| self.network.blocked(subnet, trail.by_nat));
        let end = match (unread, blocked) {
            (Some(why), _) => End::Unknown(why),
            (None, Some(why)) => End::Nowhere(why),
            (None, None) => End::Internet,
        };
        self.leave(trail, Turn::Gateway(id.to_owned()), end);
    }

    /// Public addresses are there, private ones are not.
    fn leave(&mut self, trail: Trail, turn: Turn, end: End) {
        let end = match (&self.goal, end) {
            (Goal::Inside { .. }, End::Internet) => {
                End::Nowhere("private addresses are not in the internet".to_owned())
            }
            (_, end) => end,
        };
        self.end(trail, turn, end);
    }

    fn nat(&mut self, id: &str, at: &At, mut trail: Trail, to: Destination) {
        let network = self.network;
        let nat = match network.nat(id, at) {
            Ok(nat) => nat,
            Err(why) => return self.end(trail, Turn::Away, End::Unknown(why)),
        };
        let is_private = nat.connectivity_type == "private";
        trail.pass(if is_private { HopKind::PrivateNatGateway } else { HopKind::NatGateway }, &nat.id, &nat.arn);
        trail.by_nat = !is_private;
        if !nat.subnet_id.is_empty() {
            trail.turn(Turn::Subnet(nat.subnet_id.clone()), &nat.subnet_id);
            return self.subnet(&nat.subnet_id, trail, to);
        }
        match network.tables.get(&nat.route_table_id) {
            Some(table) => {
                trail.turn(Turn::Table(table.id.clone()), "");
                self.table(table, at, None, trail, to);
            }
            None => self.end(trail, Turn::Away, End::Unknown(format!("the route table of {id} was not read"))),
        }
    }

    fn endpoint(&mut self, id: &str, at: &At, mut trail: Trail, to: Destination) {
        let gate = match self.network.gate(id, at) {
            Ok(gate) => gate,
            Err(why) => return self.end(trail, Turn::Away, End::Unknown(why)),
        };
        match gate {
            Gate::Firewall(firewall) => {
                trail.pass(HopKind::FirewallEndpoint, id, &firewall.arn);
                self.subnet(&firewall.subnet, trail, to);
            }
            Gate::LoadBalancer(endpoint) => {
                trail.pass(HopKind::GatewayLoadBalancerEndpoint, id, &endpoint.arn);
                match endpoint.subnet_ids.first() {
                    Some(subnet) => self.subnet(subnet, trail, to),
                    None => self.end(trail, Turn::Away, End::Unknown(format!("the subnet of {id} was not read"))),
                }
            }
            Gate::Gateway(endpoint) => {
                trail.pass(HopKind::GatewayEndpoint, id, &endpoint.arn);
                self.end(trail, Turn::Away, End::Private);
            }
            Gate::Other(endpoint) => {
                let why = format!("{id} is an endpoint of type `{}`, which forwards nothing", endpoint.kind);
                self.end(trail, Turn::Away, End::Unknown(why));
            }
        }
    }

    fn peering(&mut self, id: &str, at: &At, mut trail: Trail) {
        if let Err(why) = self.network.needs(&["aws_vpc_peering_connection"], at) {
            return self.end(trail, Turn::Away, End::Unknown(why));
        }
        let Some(peering) = self.network.peerings.get(id) else {
            return self.end(trail, Turn::Away, End::Unknown(format!("{id} is not in the inventory")));
        };
        trail.pass(HopKind::Peering, id, &peering.arn);
        let other = if peering.requester == at.vpc { &peering.accepter } else { &peering.requester };
        let (turn, end) = match &self.goal {
            _ if peering.state != "active" => (Turn::Away, End::Nowhere(format!("{id} is `{}`", peering.state))),
            Goal::Inside { vpc, subnet } if vpc == other => (Turn::Subnet(subnet.clone()), End::Private),
            _ => (Turn::Away, End::Nowhere(format!("{id} leads to {other} and no further"))),
        };
        self.end(trail, turn, end);
    }

    fn router(&mut self, id: &str, at: &At, mut trail: Trail, to: Destination) {
        if let Err(why) = self.network.needs(&["aws_ec2_network_interface"], at) {
            return self.end(trail, Turn::Away, End::Unknown(why));
        }
        let Some(interface) = self.network.routers.get(id) else {
            return self.end(trail, Turn::Away, End::Unknown(format!("{id} is no interface that forwards")));
        };
        trail.pass(HopKind::Router, id, &interface.arn);
        self.subnet(&interface.subnet_id, trail, to);
    }

    pub(super) fn end(&mut self, mut trail: Trail, turn: Turn, end: End) {
        trail.turn(turn, "");
        self.walk.ways.push(Way { hops: trail.hops, end, legs: trail.legs });
    }
}

impl Trail {
    /// A way whose answers are looked for: where it begins tells no more than the zone.
    pub(super) fn back(zone: &str) -> Self {
        Self { zone: zone.to_owned(), ..Self::default() }
    }

    pub(super) fn pass(&mut self, kind: HopKind, id: &str, arn: &str) {
        let again = self.hops.last().is_some_and(|hop| hop.id == id);
        if !again {
            self.hops.push(Hop { kind, id: id.to_owned(), arn: arn.to_owned() });
        }
    }

    /// Addresses change here: what follows comes from `next`.
    fn turn(&mut self, turn: Turn, next: &str) {
        let after = self.hops.len();
        let from = std::mem::replace(&mut self.leg_from, next.to_owned());
        self.legs.push(Leg { from, first: self.leg_first, after, turn });
        self.leg_first = after;
    }
}

pub(super) fn shown(to: Destination) -> String {
    let everything = to.net.prefix_len() == 0;
    if everything { "the internet".to_owned() } else { to.net.to_string() }
}
