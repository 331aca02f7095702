//! Daemon sets.

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{CONTAINER_COLUMNS, Object, columns, containers};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Int, Json};
use std::sync::LazyLock;

/// The table `kubernetes_daemon_set`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_daemon_set",
    about: "Daemon sets with the containers of their pods.",
    kind: "daemonset",
    path: "/apis/apps/v1/daemonsets",
    calls: LazyLock::new(|| calls("list daemonsets")),
    columns: &[&[("replicas", Int), ("ready_replicas", Int), ("selector", Json)], CONTAINER_COLUMNS],
    row,
};

fn row(object: Object<'_>) -> Option<Map<String, Value>> {
    let mut row = columns([
        ("replicas", object.int(&["status", "desiredNumberScheduled"])),
        ("ready_replicas", object.int(&["status", "numberReady"])),
        ("selector", object.json(&["spec", "selector"])),
    ]);
    row.extend(containers(object.at(&["spec", "template", "spec"])));
    Some(row)
}
