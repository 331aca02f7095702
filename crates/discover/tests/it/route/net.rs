//! Rows of networks.

use serde_json::{Value, json};

use crate::world::{ACCOUNT, World};

/// Rows, and which tables were read.
#[derive(Clone, Default)]
pub(crate) struct Net {
    rows: Vec<(&'static str, String, Value)>,
    denied: Vec<String>,
}

/// Tables that scans of these networks read.
const TABLES: &[&str] = &[
    "aws_vpc_subnet",
    "aws_vpc_route_table",
    "aws_vpc_nat_gateway",
    "aws_vpc_endpoint",
    "aws_networkfirewall_firewall",
    "aws_ec2_transit_gateway_attachment",
    "aws_ec2_transit_gateway_route",
    "aws_vpc_peering_connection",
    "aws_ec2_network_interface",
    "aws_vpc_block_public_access_options",
    "aws_vpc_block_public_access_exclusion",
];

impl Net {
    fn add(&mut self, table: &'static str, kind: &str, id: &str, config: Value) {
        self.rows.push((table, format!("arn:aws:ec2:us-east-1:{ACCOUNT}:{kind}/{id}"), config));
    }

    pub(crate) fn world(self) -> World {
        let mut world = World::new();
        let is_read = |table: &str| !self.denied.iter().any(|denied| denied == table);
        for table in TABLES {
            world = world.coverage(table, if is_read(table) { "ok" } else { "denied" });
        }
        // A table of an id that was given twice counts as it was given last.
        let mut rows = self.rows.clone();
        rows.reverse();
        let mut seen = std::collections::HashSet::new();
        rows.retain(|(table, arn, _)| seen.insert((*table, arn.clone())));
        for (table, arn, config) in rows.into_iter().filter(|(table, ..)| is_read(table)) {
            world = world.with(table, &arn, config);
        }
        world
    }

    /// As a scan that was denied this table.
    pub(crate) fn without(mut self, table: &str) -> Self {
        self.denied.push(table.to_owned());
        self
    }

    pub(crate) fn blocked(mut self, mode: &str) -> Self {
        let config = json!({"internet_gateway_block_mode": mode});
        self.add("aws_vpc_block_public_access_options", "vpc-block-public-access-options", "it", config);
        self
    }

    pub(crate) fn subnet(&mut self, vpc: &str, id: &str, cidr: &str, zone: &str) {
        let zone = format!("us-east-1{zone}");
        let config =
            json!({"subnet_id": id, "vpc_id": vpc, "cidr_block": cidr, "owner_id": ACCOUNT, "availability_zone": zone});
        self.add("aws_vpc_subnet", "subnet", id, config);
    }

    /// `of`: subnets, `main`, internet gateways. Routes: destination, and what follows, with ` blackhole` where that is gone.
    pub(crate) fn table(&mut self, id: &str, vpc: &str, of: &[&str], routes: &[(&str, &str)]) {
        let association = |of: &&str| match *of {
            "main" => json!({"Main": true}),
            gateway if gateway.starts_with("igw-") => json!({"Main": false, "GatewayId": gateway}),
            subnet => json!({"Main": false, "SubnetId": subnet}),
        };
        let associations: Vec<Value> = of.iter().map(association).collect();
        let routes: Vec<Value> = routes.iter().map(|(to, next)| route(to, next)).collect();
        let config = json!({"route_table_id": id, "vpc_id": vpc, "owner_id": ACCOUNT, "associations": associations, "routes": routes});
        self.add("aws_vpc_route_table", "route-table", id, config);
    }

    pub(crate) fn nat(&mut self, id: &str, vpc: &str, subnet: &str, kind: &str) {
        // `nat-2` has the address 203.0.113.2.
        let last = id.rsplit('-').next().and_then(|last| last.parse::<u8>().ok());
        let addresses: Vec<Value> = last.iter().map(|last| json!({"PublicIp": format!("203.0.113.{last}")})).collect();
        let config = json!({"nat_gateway_id": id, "vpc_id": vpc, "subnet_id": subnet, "connectivity_type": kind,
            "state": "available", "nat_gateway_addresses": addresses});
        self.add("aws_vpc_nat_gateway", "natgateway", id, config);
    }

    pub(crate) fn regional_nat(&mut self, id: &str, vpc: &str, table: &str) {
        let config = json!({"nat_gateway_id": id, "vpc_id": vpc, "connectivity_type": "public", "availability_mode": "regional",
            "route_table_id": table, "state": "available"});
        self.add("aws_vpc_nat_gateway", "natgateway", id, config);
    }

    pub(crate) fn endpoint(
        &mut self,
        id: &str,
        kind: &str,
        vpc: &str,
        service: &str,
        subnets: &[&str],
        private_dns: bool,
    ) {
        let config = json!({"vpc_endpoint_id": id, "vpc_endpoint_type": kind, "vpc_id": vpc, "subnet_ids": subnets, "state": "available",
            "service_name": format!("com.amazonaws.us-east-1.{service}"), "private_dns_enabled": private_dns});
        self.add("aws_vpc_endpoint", "vpc-endpoint", id, config);
    }

    pub(crate) fn firewall(&mut self, name: &str, vpc: &str, endpoints: &[(&str, &str)]) {
        let state = |(at, (subnet, id)): (usize, &(&str, &str))| {
            (format!("us-east-1{at}"), json!({"Attachment": {"SubnetId": subnet, "EndpointId": id, "Status": "READY"}}))
        };
        let states: serde_json::Map<String, Value> = endpoints.iter().enumerate().map(state).collect();
        let config =
            json!({"firewall_name": name, "vpc_id": vpc, "firewall_status": {"Status": "READY", "SyncStates": states}});
        self.add("aws_networkfirewall_firewall", "firewall", name, config);
    }

    pub(crate) fn transit_firewall(&mut self, name: &str, attachment: &str) {
        let config = json!({"firewall_name": name, "transit_gateway_attachment_id": attachment});
        self.add("aws_networkfirewall_firewall", "firewall", name, config);
    }

    pub(crate) fn attachment(&mut self, id: &str, gateway: &str, kind: &str, resource: &str, table: &str) {
        let config = json!({"transit_gateway_attachment_id": id, "transit_gateway_id": gateway, "transit_gateway_owner_id": ACCOUNT,
            "resource_owner_id": ACCOUNT, "resource_type": kind, "resource_id": resource, "state": "available",
            "association": {"TransitGatewayRouteTableId": table, "State": "associated"}});
        self.add(
            "aws_ec2_transit_gateway_attachment",
            "transit-gateway-attachment",
            &format!("{id}/{gateway}"),
            config,
        );
    }

    pub(crate) fn transit_route(&mut self, table: &str, to: &str, attachment: &str, kind: &str) {
        let is_blackhole = attachment == "blackhole";
        let attachments = if is_blackhole { json!([]) } else { json!([{"TransitGatewayAttachmentId": attachment}]) };
        let state = if is_blackhole { "blackhole" } else { "active" };
        let config = json!({"transit_gateway_route_table_id": table, "destination_cidr_block": to, "type": kind, "state": state,
            "transit_gateway_attachments": attachments});
        self.add(
            "aws_ec2_transit_gateway_route",
            "transit-gateway-route-table",
            &format!("{table}/route/{to}"),
            config,
        );
    }

    pub(crate) fn entry(&mut self, attachment: &str, subnet: &str, vpc: &str) {
        let config = json!({"network_interface_id": format!("eni-{attachment}-{subnet}"), "interface_type": "transit_gateway",
            "subnet_id": subnet, "vpc_id": vpc, "description": format!("Network Interface for Transit Gateway Attachment {attachment}")});
        self.add("aws_ec2_network_interface", "network-interface", &format!("eni-{attachment}-{subnet}"), config);
    }

    pub(crate) fn router(&mut self, id: &str, instance: &str, subnet: &str, vpc: &str) {
        let config = json!({"network_interface_id": id, "interface_type": "interface", "source_dest_check": false, "subnet_id": subnet,
            "vpc_id": vpc, "attachment": {"InstanceId": instance}});
        self.add("aws_ec2_network_interface", "network-interface", id, config);
    }

    pub(crate) fn peering(&mut self, id: &str, requester: &str, accepter: &str, state: &str) {
        let config = json!({"vpc_peering_connection_id": id, "status": {"Code": state},
            "requester_vpc_info": {"VpcId": requester, "OwnerId": ACCOUNT}, "accepter_vpc_info": {"VpcId": accepter, "OwnerId": ACCOUNT}});
        self.add("aws_vpc_peering_connection", "vpc-peering-connection", id, config);
    }

    pub(crate) fn list(&mut self, id: &str, blocks: &[&str]) {
        let entries: Vec<Value> = blocks.iter().map(|block| json!({"Cidr": block})).collect();
        self.add("aws_ec2_managed_prefix_list", "prefix-list", id, json!({"prefix_list_id": id, "entries": entries}));
    }

    pub(crate) fn service_list(&mut self, id: &str, blocks: &[&str]) {
        self.add("aws_vpc_prefix_list", "prefix-list", id, json!({"prefix_list_id": id, "cidrs": blocks}));
    }
}

fn route(to: &str, next: &str) -> Value {
    let field = match to {
        list if list.starts_with("pl-") => "DestinationPrefixListId",
        block if block.contains(':') => "DestinationIpv6CidrBlock",
        _ => "DestinationCidrBlock",
    };
    let (next, state) = next.split_once(' ').unwrap_or((next, "active"));
    let by = match next.split('-').next().unwrap() {
        "nat" => "NatGatewayId",
        "tgw" => "TransitGatewayId",
        "pcx" => "VpcPeeringConnectionId",
        "eigw" => "EgressOnlyInternetGatewayId",
        "eni" => "NetworkInterfaceId",
        "arn:aws:networkmanager::1:core" => "CoreNetworkArn",
        _ => "GatewayId",
    };
    json!({field: to, by: next, "State": state, "Origin": "CreateRoute"})
}
