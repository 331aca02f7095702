//! What the walk looks up, by id.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;

use super::judge::Verdict;
use super::place::Place;
use super::row::{Attachment, Block, Endpoint, Interface, Nat, Peering, TransitRoute};
use super::service::Exit;
use super::table::{PrefixLists, RouteTable};
use crate::coverage::Coverage;

/// Networks of all scanned accounts.
#[derive(Debug, Default)]
pub struct Network {
    pub(super) coverage: Coverage,
    pub(super) subnets: HashMap<String, Subnet>,
    /// VPC → its subnets
    pub(super) vpcs: BTreeMap<String, Vec<String>>,
    pub(super) tables: HashMap<String, RouteTable>,
    /// subnet → the table that is associated with it
    pub(super) associated: HashMap<String, String>,
    /// VPC → its main table
    pub(super) main: HashMap<String, String>,
    /// internet gateway → the table of what enters by it
    pub(super) edge: HashMap<String, String>,
    pub(super) lists: PrefixLists,
    pub(super) nats: HashMap<String, Nat>,
    pub(super) endpoints: HashMap<String, Endpoint>,
    /// VPC → its interface endpoints
    pub(super) interface_endpoints: HashMap<String, Vec<String>>,
    /// endpoint → where a firewall has it
    pub(super) firewalls: HashMap<String, FirewallEndpoint>,
    /// attachment of a transit gateway → the firewall's ARN
    pub(super) transit_firewalls: HashMap<String, String>,
    /// by id; the same one of two gateways that are peered stands for both
    pub(super) attachments: HashMap<String, Vec<Attachment>>,
    pub(super) transit_routes: HashMap<String, Vec<TransitRoute>>,
    pub(super) peerings: HashMap<String, Peering>,
    /// attachment → subnets in which it has interfaces
    pub(super) entries: HashMap<String, BTreeSet<String>>,
    /// by id, and by instance
    pub(super) routers: HashMap<String, Interface>,
    pub(super) blocks: HashMap<(String, String), Block>,
    pub(super) unblocked: HashSet<String>,
    pub(super) places: HashMap<String, Place>,
    pub(super) memo: Mutex<HashMap<(String, String), Arc<Verdict>>>,
    pub(super) exits: Mutex<HashMap<String, Option<Exit>>>,
}

/// A subnet.
#[derive(Debug, Clone, Default)]
pub(super) struct Subnet {
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) vpc: String,
    /// whose routes are its own: of a shared subnet the owner's
    pub(super) account: String,
    pub(super) region: String,
    pub(super) zone: String,
    pub(super) v4: Option<IpNet>,
    pub(super) v6: Option<IpNet>,
}

/// An endpoint of Network Firewall.
#[derive(Debug, Clone)]
pub(super) struct FirewallEndpoint {
    pub(super) arn: String,
    pub(super) subnet: String,
}

/// Where a way is: whose tables tell what comes next.
#[derive(Debug, Clone)]
pub(super) struct At {
    pub(super) vpc: String,
    pub(super) account: String,
    pub(super) region: String,
}

impl Subnet {
    pub(super) fn at(&self) -> At {
        At { vpc: self.vpc.clone(), account: self.account.clone(), region: self.region.clone() }
    }
}

/// An endpoint that a route leads to.
#[derive(Debug)]
pub(super) enum Gate<'n> {
    Firewall(&'n FirewallEndpoint),
    LoadBalancer(&'n Endpoint),
    Gateway(&'n Endpoint),
    Other(&'n Endpoint),
}

impl Network {
    /// Whether the table was read whole there; else why not.
    pub(super) fn need(&self, table: &str, account: &str, region: &str) -> Result<(), String> {
        match self.coverage.gap(table, account, region) {
            Some(gap) => Err(format!("{gap}, in account {account}")),
            None => Ok(()),
        }
    }

    pub(super) fn needs(&self, tables: &[&str], at: &At) -> Result<(), String> {
        tables.iter().try_for_each(|table| self.need(table, &at.account, &at.region))
    }

    pub(super) fn subnet(&self, id: &str) -> Result<&Subnet, String> {
        let subnet = self.subnets.get(id).ok_or_else(|| self.absent(id, "aws_vpc_subnet"))?;
        self.needs(&["aws_vpc_subnet"], &subnet.at())?;
        Ok(subnet)
    }

    /// Whose it is, no row tells: any account may be at fault.
    fn absent(&self, id: &str, table: &str) -> String {
        let gap = |account: &str| {
            Some(format!("{table} {}, in account {account}", self.coverage.why_anywhere(table, account)?))
        };
        let gap = self.coverage.accounts().find_map(gap);
        let why = gap.map_or_else(String::new, |gap| format!(": {gap}"));
        format!("{id} is not in the inventory{why}")
    }

    /// The subnet's table, or its network's main one.
    pub(super) fn table_of(&self, subnet: &Subnet) -> Result<&RouteTable, String> {
        self.needs(&["aws_vpc_route_table"], &subnet.at())?;
        let id = self.associated.get(&subnet.id).or_else(|| self.main.get(&subnet.vpc));
        let table = id.and_then(|id| self.tables.get(id));
        table.ok_or_else(|| format!("the inventory has no route table of {}", subnet.id))
    }

    pub(super) fn nat(&self, id: &str, at: &At) -> Result<&Nat, String> {
        self.needs(&["aws_vpc_nat_gateway"], at)?;
        self.nats.get(id).ok_or_else(|| format!("{id} is not in the inventory"))
    }

    pub(super) fn gate(&self, id: &str, at: &At) -> Result<Gate<'_>, String> {
        self.needs(&["aws_vpc_endpoint", "aws_networkfirewall_firewall"], at)?;
        if let Some(firewall) = self.firewalls.get(id) {
            return Ok(Gate::Firewall(firewall));
        }
        let endpoint = self.endpoints.get(id).ok_or_else(|| format!("{id} is not in the inventory"))?;
        Ok(match endpoint.kind.as_str() {
            "GatewayLoadBalancer" => Gate::LoadBalancer(endpoint),
            "Gateway" => Gate::Gateway(endpoint),
            _ => Gate::Other(endpoint),
        })
    }

    /// Whether this is the gateway endpoint of a service that answers there alone, such as S3.
    pub(super) fn is_gateway_endpoint(&self, id: &str) -> bool {
        self.endpoints.get(id).is_some_and(|endpoint| endpoint.kind == "Gateway")
    }

    /// Why no internet gateway lets the subnet's traffic through. NAT gateways are left out where only what comes in is blocked.
    pub(super) fn blocked(&self, subnet: &Subnet, by_nat: bool) -> Option<String> {
        let block = self.blocks.get(&(subnet.account.clone(), subnet.region.clone()))?;
        let stops = match block.mode.as_str() {
            "block-bidirectional" => true,
            "block-ingress" => !by_nat,
            _ => false,
        };
        let vpc = subnet.arn.split_once(":subnet/").map(|(head, _)| format!("{head}:vpc/{}", subnet.vpc));
        let excluded =
            self.unblocked.contains(&subnet.arn) || vpc.is_some_and(|vpc| self.unblocked.contains(vpc.as_str()));
        (stops && !excluded)
            .then(|| format!("the account blocks internet gateways in {} ({})", subnet.region, block.mode))
    }

    pub(super) fn remembered(&self, key: &(String, String)) -> Option<Arc<Verdict>> {
        self.memo.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(super) fn remember(&self, key: (String, String), verdict: &Arc<Verdict>) {
        self.memo.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(verdict));
    }
}
