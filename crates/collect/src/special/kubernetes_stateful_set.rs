//! Stateful sets.

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{CONTAINER_COLUMNS, Object, columns, containers};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Int, Json};
use std::sync::LazyLock;

/// The table `kubernetes_stateful_set`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_stateful_set",
    about: "Stateful sets with the containers of their pods.",
    kind: "statefulset",
    path: "/apis/apps/v1/statefulsets",
    calls: LazyLock::new(|| calls("list statefulsets")),
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
