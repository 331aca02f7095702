//! Transit gateways: their attachments, their tables, and the networks behind them.
//!
//! A gateway enters a network in the zone of the sender where it has an interface there, so only that one is followed. Whether an
//! attachment is in appliance mode is not collected; answers are walked back on their own, see [`super::back`].

use std::collections::{BTreeMap, BTreeSet};

use super::hop::{End, HopKind, Turn};
use super::lookup::{Destination, Routing, best};
use super::network::At;
use super::row::{Attachment, TransitRoute};
use super::table::{Block, of_list};
use super::walk::{Trail, Walker, shown};

/// A route of a transit gateway to one block.
struct ToBlock<'n> {
    block: Block,
    route: &'n TransitRoute,
}

impl Routing for ToBlock<'_> {
    fn block(&self) -> &Block {
        &self.block
    }

    fn rank(&self) -> u8 {
        u8::from(self.route.kind != "static")
    }
}

impl Walker<'_> {
    pub(super) fn transit_gateway(&mut self, id: &str, at: &At, mut trail: Trail, to: Destination) {
        if let Err(why) = self.network.needs(&["aws_ec2_transit_gateway_attachment"], at) {
            return self.end(trail, Turn::Away, End::Unknown(why));
        }
        trail.pass(HopKind::TransitGateway, id, "");
        let of_vpc = |one: &&Attachment| one.gateway_id == id && one.resource_id == at.vpc && is_there(one);
        let attachment = best_known(self.network.attachments.values().flatten().filter(of_vpc));
        match attachment {
            Some(attachment) => self.by_attachment(attachment, trail, to),
            None => {
                let why = format!("the inventory has no attachment of {} to {id}", at.vpc);
                self.end(trail, Turn::Away, End::Unknown(why));
            }
        }
    }

    /// What comes in by the attachment is sent by the table that it is associated with.
    fn by_attachment(&mut self, attachment: &Attachment, mut trail: Trail, to: Destination) {
        let owner = if attachment.owner_id.is_empty() { &attachment.account_id } else { &attachment.owner_id };
        let table = attachment.table_id.as_str();
        if table.is_empty() {
            let why =
                format!("the route table of {} is told to account {owner} alone, or there is none", attachment.id);
            return self.end(trail, Turn::Away, End::Unknown(why));
        }
        let tables = ["aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_attachment"];
        let unread = tables.iter().find_map(|table| self.network.need(table, owner, &attachment.region).err());
        if let Some(why) = unread {
            return self.end(trail, Turn::Away, End::Unknown(why));
        }
        if !trail.seen.insert((table.to_owned(), to)) {
            return self.end(trail, Turn::Away, End::Nowhere(format!("the routes lead in a circle at {table}")));
        }
        let network = self.network;
        let rows = network.transit_routes.get(table).map_or(&[][..], Vec::as_slice);
        let routes: Vec<ToBlock<'_>> = rows.iter().flat_map(|route| self.blocks(route)).collect();
        for unread in routes.iter().filter_map(|route| match &route.block {
            Block::Unread(list) => Some(list),
            Block::Net(_) => None,
        }) {
            let why = format!("{table} may send it elsewhere by {unread}, whose entries were not read");
            self.end(trail.clone(), Turn::Away, End::Unknown(why));
        }
        let found = best(&routes, to);
        if found.is_empty() {
            let why = format!("{table} has no route to {}", shown(to));
            return self.end(trail, Turn::Away, End::Nowhere(why));
        }
        for (found, part) in found {
            self.by_route(found.route, trail.clone(), part);
        }
    }

    fn blocks<'r>(&self, route: &'r TransitRoute) -> Vec<ToBlock<'r>> {
        let blocks = if route.prefix_list_id.is_empty() {
            route.cidr.parse().map(|net: ipnet::IpNet| Block::Net(net.trunc())).into_iter().collect()
        } else {
            of_list(&route.prefix_list_id, &route.region, &self.network.lists)
        };
        blocks.into_iter().map(|block| ToBlock { block, route }).collect()
    }

    fn by_route(&mut self, route: &TransitRoute, mut trail: Trail, to: Destination) {
        trail.pass(HopKind::RouteTable, &route.table_id, &route.arn);
        if route.state == "blackhole" || route.attachments.is_empty() {
            let why = format!("the route of {} to {} leads to nothing", route.table_id, shown(to));
            return self.end(trail, Turn::Away, End::Nowhere(why));
        }
        for attachment in &route.attachments {
            self.pass_to_attachment(&attachment.transit_gateway_attachment_id, &route.table_id, trail.clone(), to);
        }
    }

    fn pass_to_attachment(&mut self, id: &str, table: &str, mut trail: Trail, to: Destination) {
        let network = self.network;
        let rows = network.attachments.get(id).map_or(&[][..], Vec::as_slice);
        if let Some(arn) = network.transit_firewalls.get(id) {
            trail.pass(HopKind::TransitGatewayFirewall, id, arn);
            return match best_known(rows.iter()) {
                Some(attachment) => self.by_attachment(attachment, trail, to),
                None => self.end(trail, Turn::Away, End::Unknown(format!("{id} is not in the inventory"))),
            };
        }
        // Of a peering both gateways have a row: this is the side that the table belongs to.
        let near = rows.iter().find(|row| row.table_id == table).or_else(|| best_known(rows.iter()));
        let Some(row) = near else {
            return self.end(trail, Turn::Away, End::Unknown(format!("{id} is not in the inventory")));
        };
        match row.kind.as_str() {
            "vpc" => self.enter_vpc(row, trail, to),
            "vpn" | "direct-connect-gateway" | "connect" | "client-vpn" => self.end(trail, Turn::Away, End::OnPremises),
            "peering" => self.pass_to_peer(row, rows, trail, to),
            "network-function" => {
                let owner = format!("{id} is a firewall's, and no firewall of the inventory has it");
                let gap = network.need("aws_networkfirewall_firewall", &row.owner_id, &row.region).err();
                self.end(trail, Turn::Away, End::Unknown(gap.unwrap_or(owner)));
            }
            kind => self.end(
                trail,
                Turn::Away,
                End::Unknown(format!("what is behind {id}, of type `{kind}`, is not followed")),
            ),
        }
    }

    fn pass_to_peer(&mut self, near: &Attachment, rows: &[Attachment], mut trail: Trail, to: Destination) {
        let passed = |row: &&Attachment| trail.hops.iter().any(|hop| hop.id == row.gateway_id);
        let far = best_known(rows.iter().filter(|row| !passed(row)));
        match far {
            Some(far) => {
                trail.pass(HopKind::TransitGateway, &far.gateway_id, "");
                self.by_attachment(far, trail, to);
            }
            None => {
                let why = format!("{} behind {} is not in the inventory", near.resource_id, near.id);
                self.end(trail, Turn::Away, End::Unknown(why));
            }
        }
    }

    fn enter_vpc(&mut self, attachment: &Attachment, trail: Trail, to: Destination) {
        let network = self.network;
        let vpc = &attachment.resource_id;
        let Some(all) = network.vpcs.get(vpc) else {
            let why = format!("{vpc} of account {} is not in the inventory", attachment.resource_owner_id);
            return self.end(trail, Turn::Away, End::Unknown(why));
        };
        let entered = all.iter().filter_map(|id| network.subnets.get(id)).next().map(super::network::Subnet::at);
        if let Some(why) = entered.and_then(|at| network.needs(&["aws_ec2_network_interface"], &at).err()) {
            return self.end(trail, Turn::Away, End::Unknown(why));
        }
        let known = network.entries.get(&attachment.id).cloned().unwrap_or_else(|| self.one_a_table(all));
        let in_zone: BTreeSet<String> = known
            .iter()
            .filter(|id| {
                network.subnets.get(*id).is_some_and(|subnet| !trail.zone.is_empty() && subnet.zone == trail.zone)
            })
            .cloned()
            .collect();
        let is_known = network.entries.contains_key(&attachment.id);
        let entries = if in_zone.is_empty() || !is_known { known } else { in_zone };
        for subnet in entries {
            self.subnet(&subnet, trail.clone(), to);
        }
    }

    /// Where the interfaces of an attachment are not known, it may enter anywhere: one subnet for each table is enough.
    fn one_a_table(&self, subnets: &[String]) -> BTreeSet<String> {
        let mut by_table: BTreeMap<&str, &String> = BTreeMap::new();
        for id in subnets {
            let subnet = self.network.subnets.get(id);
            let table =
                subnet.and_then(|subnet| self.network.table_of(subnet).ok()).map_or("", |table| table.id.as_str());
            by_table.entry(table).or_insert(id);
        }
        by_table.into_values().cloned().collect()
    }
}

fn is_there(attachment: &Attachment) -> bool {
    !matches!(attachment.state.as_str(), "deleted" | "deleting" | "failed" | "rejected" | "rejecting")
}

/// Accounts see different parts of an attachment: the row that names its table says most.
fn best_known<'a>(rows: impl Iterator<Item = &'a Attachment>) -> Option<&'a Attachment> {
    rows.filter(|row| is_there(row)).max_by_key(|row| !row.table_id.is_empty())
}
