//! Pods: what runs, where, under which address, as which service account, and which workload it is of.
//! <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/>

use crate::kubernetes::listing::{Listing, calls_with_owners};
use crate::kubernetes::{CONTAINER_COLUMNS, Object, columns, containers};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Json, Text, Time};
use std::sync::LazyLock;

/// The table `kubernetes_pod`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_pod",
    about: "Pods with their workload, addresses, containers and AWS identity; values of variables only where they are no secrets.",
    kind: "pod",
    path: "/api/v1/pods",
    calls: LazyLock::new(|| calls_with_owners("list pods")),
    columns: &[
        &[
            ("phase", Text),
            ("started_at", Time),
            ("node_name", Text),
            ("host_ip", Text),
            ("pod_ip", Text),
            ("pod_ips", Json),
        ],
        CONTAINER_COLUMNS,
    ],
    row,
};

fn row(pod: Object<'_>) -> Option<Map<String, Value>> {
    let addresses: Vec<Value> = pod.items(&["status", "podIPs"]).map(|item| item.text(&["ip"])).collect();
    let mut row = columns([
        ("phase", pod.text(&["status", "phase"])),
        ("started_at", pod.time(&["status", "startTime"])),
        ("node_name", pod.text(&["spec", "nodeName"])),
        ("host_ip", pod.text(&["status", "hostIP"])),
        ("pod_ip", pod.text(&["status", "podIP"])),
        ("pod_ips", addresses.into()),
    ]);
    row.extend(containers(pod.at(&["spec"])));
    Some(row)
}
