//! Connections out of flow logs and names: whose they are, what they go to, how they are counted.

mod class;
mod count;
mod joined;
mod kept;
mod name;
mod owner;
mod path;
mod pod;

use serde_json::{Value, json};
use sightline_model::edge::{Edge, TrafficClass};
use sightline_model::lake_table::{DNS_ANSWER, FLOW};

use crate::world::{ACCOUNT, World};

pub(super) const BEDROCK: &str = "bedrock-runtime.us-east-1.amazonaws.com";
pub(super) const PUBLIC: &str = "203.0.113.40";

/// A network with an instance, a database, an interface endpoint of Bedrock and a NAT gateway.
pub(super) fn world() -> World {
    let vpc = json!({"vpc_id": "vpc-1", "cidr_block": "10.0.0.0/16"});
    let endpoint = json!({"vpc_endpoint_id": "vpce-1", "vpc_id": "vpc-1", "service_name": "com.amazonaws.us-east-1.bedrock-runtime",
        "network_interface_ids": ["eni-ep"]});
    let secrets = json!({"vpc_endpoint_id": "vpce-2", "vpc_id": "vpc-1", "service_name": "com.amazonaws.us-east-1.secretsmanager",
        "network_interface_ids": ["eni-sm"]});
    let nat = json!({"nat_gateway_id": "nat-1", "nat_gateway_addresses": [{"NetworkInterfaceId": "eni-nat", "PrivateIp": "10.0.0.5"}]});
    World::new()
        .with("aws_vpc", &ec2("vpc/vpc-1"), vpc)
        .with("aws_vpc_endpoint", &ec2("vpc-endpoint/vpce-1"), endpoint)
        .with("aws_vpc_endpoint", &ec2("vpc-endpoint/vpce-2"), secrets)
        .with("aws_vpc_nat_gateway", &ec2("natgateway/nat-1"), nat)
        .instance("app", "10.0.1.10")
        .instance("web", "10.0.1.11")
        .interface("ep", "10.0.2.5", json!({"interface_type": "vpc_endpoint"}))
        .interface("sm", "10.0.2.6", json!({"interface_type": "vpc_endpoint"}))
        .interface("nat", "10.0.0.5", json!({"interface_type": "nat_gateway"}))
        .interface("db", "10.0.1.20", json!({"description": "RDSNetworkInterface", "interface_type": "interface"}))
}

pub(super) fn ec2(resource: &str) -> String {
    format!("arn:aws:ec2:us-east-1:{ACCOUNT}:{resource}")
}

impl World {
    /// An interface `eni-<name>` of the network.
    pub(super) fn interface(self, name: &str, address: &str, more: Value) -> Self {
        let mut config = json!({"network_interface_id": format!("eni-{name}"), "vpc_id": "vpc-1", "subnet_id": "subnet-1",
            "private_ip_address": address, "private_ip_addresses": [{"PrivateIpAddress": address, "Primary": true}]});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.with("aws_ec2_network_interface", &ec2(&format!("network-interface/eni-{name}")), config)
    }

    /// An instance `i-<name>` with the interface `eni-<name>`.
    pub(super) fn instance(self, name: &str, address: &str) -> Self {
        let id = format!("i-{name}");
        let config =
            json!({"instance_id": id, "vpc_id": "vpc-1", "subnet_id": "subnet-1", "private_ip_address": address});
        self.with("aws_ec2_instance", &ec2(&format!("instance/{id}")), config).interface(
            name,
            address,
            json!({"attachment": {"InstanceId": id}}),
        )
    }

    pub(super) fn flows(self, flows: impl IntoIterator<Item = Value>) -> Self {
        self.with_rows(FLOW, flows)
    }

    /// Somebody got an address for a name, at ten past one.
    pub(super) fn answer(self, client: &str, name: &str, address: &str) -> Self {
        self.with_rows(DNS_ANSWER, [answer(client, name, address)])
    }

    /// The edges of connections.
    pub(super) async fn wires(self) -> Vec<Edge> {
        self.edges().await
    }

    /// The only edge.
    pub(super) async fn wire(self) -> Edge {
        let mut edges = self.wires().await;
        assert_eq!(edges.len(), 1, "{edges:#?}");
        edges.remove(0)
    }
}

pub(super) fn answer(client: &str, name: &str, address: &str) -> Value {
    json!({"hour": "2026-11-20T01:00:00Z", "account_id": ACCOUNT, "region": "us-east-1", "vpc_id": "vpc-1", "client_addr": client,
        "query_name": name, "query_type": "A", "response_code": "NOERROR", "answer": address, "answer_type": "A", "queries": 1,
        "first_seen": "2026-11-20T01:05:00Z", "last_seen": "2026-11-20T01:05:00Z", "object": "s3://logs/dns.gz", "line": 1})
}

/// A connection that an interface's log has: what the client sent from ten to twenty past one.
pub(super) fn flow(interface: &str, client: &str, server: &str, port: i64) -> Value {
    json!({"hour": "2026-11-20T01:00:00Z", "account_id": ACCOUNT, "region": "us-east-1", "vpc_id": "vpc-1",
        "subnet_id": "subnet-1", "interface_id": interface, "client_addr": client, "server_addr": server, "server_port": port,
        "protocol": 6, "action": "ACCEPT", "direction": "egress", "from_client": true, "traffic_path": 0, "packets": 10,
        "bytes": 1000, "records": 2, "first_seen": "2026-11-20T01:10:00Z", "last_seen": "2026-11-20T01:20:00Z",
        "object": "s3://logs/flow.gz", "line": 1})
}

/// The same with other values.
pub(super) fn but(mut row: Value, values: Value) -> Value {
    row.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    row
}

/// The answers of the same connection.
pub(super) fn back(row: Value) -> Value {
    let direction = if row["direction"] == "egress" { "ingress" } else { "egress" };
    but(row, json!({"from_client": false, "direction": direction, "bytes": 5000, "records": 3, "line": 2}))
}

/// Class, workload and target.
pub(super) fn told(edge: &Edge) -> (TrafficClass, &str, &str) {
    (edge.class, &edge.workload_arn, &edge.target_arn)
}
