//! Rows of `sql/route/`.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Subnet {
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) vpc_id: String,
    pub(super) owner_id: String,
    pub(super) zone: String,
    pub(super) cidr: String,
    pub(super) ipv6: Vec<Value>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TableRow {
    pub(super) region: String,
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) vpc_id: String,
    pub(super) associations: Vec<Association>,
    pub(super) routes: Vec<RouteRow>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Association {
    pub(super) main: bool,
    pub(super) subnet_id: String,
    pub(super) gateway_id: String,
}

/// A route as `DescribeRouteTables` has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct RouteRow {
    pub(super) destination_cidr_block: Option<String>,
    pub(super) destination_ipv6_cidr_block: Option<String>,
    pub(super) destination_prefix_list_id: Option<String>,
    pub(super) egress_only_internet_gateway_id: Option<String>,
    pub(super) gateway_id: Option<String>,
    pub(super) instance_id: Option<String>,
    pub(super) nat_gateway_id: Option<String>,
    pub(super) transit_gateway_id: Option<String>,
    pub(super) local_gateway_id: Option<String>,
    pub(super) carrier_gateway_id: Option<String>,
    pub(super) network_interface_id: Option<String>,
    pub(super) vpc_peering_connection_id: Option<String>,
    pub(super) core_network_arn: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) state: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PrefixList {
    pub(super) region: String,
    pub(super) id: String,
    /// of the account's lists
    pub(super) entries: Option<Vec<Entry>>,
    /// of AWS's
    pub(super) cidrs: Option<Vec<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Entry {
    pub(super) cidr: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Nat {
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) vpc_id: String,
    pub(super) subnet_id: String,
    pub(super) connectivity_type: String,
    /// of a NAT gateway that spans zones
    pub(super) route_table_id: String,
    pub(super) state: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Endpoint {
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) vpc_id: String,
    pub(super) service_name: String,
    pub(super) subnet_ids: Vec<String>,
    pub(super) state: String,
    pub(super) private_dns: bool,
    /// Network Firewall tags the endpoints that it makes
    pub(super) firewall_arn: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Firewall {
    pub(super) arn: String,
    pub(super) vpc_id: String,
    pub(super) attachment_id: String,
    pub(super) status: Option<FirewallStatus>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct FirewallStatus {
    pub(super) sync_states: std::collections::BTreeMap<String, SyncState>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct SyncState {
    pub(super) attachment: Option<FirewallEndpoint>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct FirewallEndpoint {
    pub(super) subnet_id: String,
    pub(super) endpoint_id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Attachment {
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) gateway_id: String,
    pub(super) owner_id: String,
    pub(super) resource_owner_id: String,
    pub(super) kind: String,
    pub(super) resource_id: String,
    pub(super) state: String,
    pub(super) table_id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct TransitRoute {
    pub(super) arn: String,
    pub(super) table_id: String,
    pub(super) region: String,
    pub(super) cidr: String,
    pub(super) prefix_list_id: String,
    pub(super) state: String,
    /// `static` or `propagated`
    pub(super) kind: String,
    pub(super) attachments: Vec<RouteAttachment>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct RouteAttachment {
    pub(super) transit_gateway_attachment_id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Peering {
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) state: String,
    pub(super) requester: String,
    pub(super) accepter: String,
    pub(super) requester_account: String,
    pub(super) accepter_account: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Interface {
    pub(super) arn: String,
    pub(super) id: String,
    pub(super) subnet_id: String,
    pub(super) vpc_id: String,
    pub(super) kind: String,
    pub(super) description: String,
    pub(super) instance_id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Block {
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) mode: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct BlockExclusion {
    pub(super) resource_arn: String,
}

/// A row of `sql/route/place/`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlaceRow {
    pub(super) arn: String,
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) subnet_id: String,
    pub(super) subnet_ids: Vec<String>,
    /// it runs in a network of AWS
    pub(super) is_aws: bool,
    pub(super) internet_by_aws: bool,
    /// of pods
    pub(super) vpc_id: String,
    pub(super) address: String,
    pub(super) node_address: String,
}
