//! How a service of AWS is reached from a network: whether its name leads to an interface endpoint there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use super::hop::{End, HopKind};
use super::network::Network;
use super::walk::{Family, Target};

/// Where a service's name leads, seen from a VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// to the endpoint of this id
    Endpoint(String),
    /// to public addresses; endpoints of the service that stand in the VPC, whose private DNS is off
    Public(Vec<String>),
    /// nobody can tell: why
    Unknown(String),
}

/// Where traffic of a subnet leaves for the internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exit {
    /// its VPC
    pub vpc: String,
    /// its route table
    pub table: String,
    /// the last table on the way, where it is another
    pub back: String,
    /// its addresses
    pub from: String,
    /// endpoints in its VPC that inspect
    pub firewalls: Vec<String>,
}

impl Network {
    /// Where the name of the service, such as `bedrock-runtime`, leads from the VPC of the subnet. A private zone that names an endpoint
    /// of another VPC is not seen.
    pub fn access(&self, subnet: &str, service: &str) -> Access {
        let subnet = match self.subnet(subnet) {
            Ok(subnet) => subnet,
            Err(why) => return Access::Unknown(why),
        };
        if let Err(why) = self.needs(&["aws_vpc_endpoint"], &subnet.at()) {
            return Access::Unknown(why);
        }
        let name = format!("com.amazonaws.{}.{service}", subnet.region);
        let of_vpc = self.interface_endpoints.get(&subnet.vpc).into_iter().flatten();
        let mut here: Vec<_> = of_vpc
            .filter_map(|id| self.endpoints.get(id))
            .filter(|endpoint| endpoint.service_name == name && endpoint.state.eq_ignore_ascii_case("available"))
            .collect();
        here.sort_by(|a, b| a.id.cmp(&b.id));
        match here.iter().find(|endpoint| endpoint.private_dns) {
            Some(endpoint) => Access::Endpoint(endpoint.id.clone()),
            None => Access::Public(here.iter().map(|endpoint| endpoint.id.clone()).collect()),
        }
    }

    /// The VPC of a subnet.
    pub fn vpc_of(&self, subnet: &str) -> Option<&str> {
        self.subnets.get(subnet).map(|subnet| subnet.vpc.as_str())
    }

    /// Of subnets in one VPC and zone the first: an interface endpoint takes one of each.
    pub fn one_a_zone(&self, subnets: &BTreeSet<String>) -> Vec<String> {
        let known = || subnets.iter().filter_map(|id| self.subnets.get(id));
        let vpc = known().map(|subnet| &subnet.vpc).next();
        let mut by_zone: BTreeMap<&str, &str> = BTreeMap::new();
        for subnet in known().filter(|subnet| Some(&subnet.vpc) == vpc) {
            by_zone.entry(&subnet.zone).or_insert(&subnet.id);
        }
        by_zone.into_values().map(str::to_owned).collect()
    }

    /// Where the subnet's traffic leaves for the internet, and what could inspect it.
    pub fn exit(&self, subnet: &str) -> Option<Exit> {
        let mut exits = self.exits.lock().unwrap_or_else(PoisonError::into_inner);
        exits.entry(subnet.to_owned()).or_insert_with(|| self.found_exit(subnet)).clone()
    }

    fn found_exit(&self, subnet: &str) -> Option<Exit> {
        let subnet = self.subnet(subnet).ok()?;
        let table = self.table_of(subnet).ok()?;
        let walk = self.walk(&subnet.id, &Target::Internet(Family::V4));
        let way = walk.ways.iter().find(|way| way.end == End::Internet);
        let last = way.and_then(|way| way.hops.iter().rfind(|hop| hop.kind == HopKind::RouteTable));
        let back = last.filter(|hop| hop.id != table.id).map_or_else(String::new, |hop| hop.id.clone());
        let in_vpc = |subnet_id: &str| self.subnets.get(subnet_id).is_some_and(|other| other.vpc == subnet.vpc);
        let firewalls = self.firewalls.iter().filter(|(_, one)| in_vpc(&one.subnet)).map(|(id, _)| id.clone());
        let balanced =
            self.endpoints.values().filter(|one| one.kind == "GatewayLoadBalancer" && one.vpc_id == subnet.vpc);
        let firewalls: BTreeSet<String> = firewalls.chain(balanced.map(|one| one.id.clone())).collect();
        Some(Exit {
            vpc: subnet.vpc.clone(),
            table: table.id.clone(),
            back,
            from: subnet.v4.map_or_else(String::new, |net| net.to_string()),
            firewalls: firewalls.into_iter().collect(),
        })
    }
}
