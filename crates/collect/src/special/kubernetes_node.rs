//! Nodes, and which instance each is.
//! <https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/>

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{Object, columns};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Bool, Json, Text};
use std::sync::LazyLock;

const INSTANCE_TYPE: &str = "node.kubernetes.io/instance-type";

/// The table `kubernetes_node`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_node",
    about: "Nodes with their instance and addresses; `AmazonEKSViewPolicy` does not allow them.",
    kind: "node",
    path: "/api/v1/nodes",
    calls: LazyLock::new(|| calls("list nodes")),
    columns: &[&[
        ("provider_id", Text),
        ("instance_id", Text),
        ("instance_type", Text),
        ("internal_ips", Json),
        ("unschedulable", Bool),
        ("kubelet_version", Text),
        ("allocatable", Json),
    ]],
    row,
};

fn row(node: Object<'_>) -> Option<Map<String, Value>> {
    // `aws:///eu-west-1a/i-0123456789abcdef0`
    let provider = node.at(&["spec", "providerID"]).as_str();
    let instance = provider.rsplit('/').next().filter(|id| id.starts_with("i-"));
    let addresses = node.items(&["status", "addresses"]);
    let internal = addresses.filter(|address| address.at(&["type"]).as_str() == "InternalIP");
    Some(columns([
        ("provider_id", node.text(&["spec", "providerID"])),
        ("instance_id", instance.map_or(Value::Null, Value::from)),
        ("instance_type", node.text(&["metadata", "labels", INSTANCE_TYPE])),
        ("internal_ips", internal.map(|address| address.text(&["address"])).collect()),
        ("unschedulable", node.bool(&["spec", "unschedulable"])),
        ("kubelet_version", node.text(&["status", "nodeInfo", "kubeletVersion"])),
        ("allocatable", node.json(&["status", "allocatable"])),
    ]))
}
