//! Replica sets.

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{CONTAINER_COLUMNS, Object, columns, containers};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Int, Json};
use std::sync::LazyLock;

/// The table `kubernetes_replica_set`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_replica_set",
    about: "Replica sets that want pods, with the containers of those.",
    kind: "replicaset",
    path: "/apis/apps/v1/replicasets",
    calls: LazyLock::new(|| calls("list replicasets")),
    columns: &[&[("replicas", Int), ("ready_replicas", Int), ("selector", Json)], CONTAINER_COLUMNS],
    row,
};

fn row(object: Object<'_>) -> Option<Map<String, Value>> {
    // Those without pods are the past of their deployments: ten of each are kept by default.
    if object.at(&["spec", "replicas"]).0.as_i64() == Some(0) {
        return None;
    }
    let mut row = columns([
        ("replicas", object.int(&["spec", "replicas"])),
        ("ready_replicas", object.int(&["status", "readyReplicas"])),
        ("selector", object.json(&["spec", "selector"])),
    ]);
    row.extend(containers(object.at(&["spec", "template", "spec"])));
    Some(row)
}
