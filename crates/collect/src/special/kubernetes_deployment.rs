//! Deployments.

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{CONTAINER_COLUMNS, Object, columns, containers};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Int, Json};
use std::sync::LazyLock;

/// The table `kubernetes_deployment`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_deployment",
    about: "Deployments with the containers of their pods.",
    kind: "deployment",
    path: "/apis/apps/v1/deployments",
    calls: LazyLock::new(|| calls("list deployments")),
    columns: &[&[("replicas", Int), ("ready_replicas", Int), ("selector", Json)], CONTAINER_COLUMNS],
    row,
};

fn row(object: Object<'_>) -> Option<Map<String, Value>> {
    let mut row = columns([
        ("replicas", object.int(&["spec", "replicas"])),
        ("ready_replicas", object.int(&["status", "readyReplicas"])),
        ("selector", object.json(&["spec", "selector"])),
    ]);
    row.extend(containers(object.at(&["spec", "template", "spec"])));
    Some(row)
}
