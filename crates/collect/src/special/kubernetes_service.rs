//! Services: under which addresses and names pods are reached, from inside and from outside.
//! <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/>

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{Object, columns};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Json, Text};
use std::sync::LazyLock;

/// Annotation that says whether a load balancer is open to the internet.
const SCHEME: &str = "service.beta.kubernetes.io/aws-load-balancer-scheme";

/// The table `kubernetes_service`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_service",
    about: "Services with their selector, ports and load balancers.",
    kind: "service",
    path: "/api/v1/services",
    calls: LazyLock::new(|| calls("list services")),
    columns: &[&[
        ("type", Text),
        ("cluster_ips", Json),
        ("external_ips", Json),
        ("external_name", Text),
        ("selector", Json),
        ("ports", Json),
        ("load_balancers", Json),
        ("load_balancer_scheme", Text),
        ("source_ranges", Json),
    ]],
    row,
};

fn row(service: Object<'_>) -> Option<Map<String, Value>> {
    Some(columns([
        ("type", service.text(&["spec", "type"])),
        ("cluster_ips", service.json(&["spec", "clusterIPs"])),
        ("external_ips", service.json(&["spec", "externalIPs"])),
        ("external_name", service.text(&["spec", "externalName"])),
        ("selector", service.json(&["spec", "selector"])),
        ("ports", service.json(&["spec", "ports"])),
        ("load_balancers", balancers(service)),
        ("load_balancer_scheme", service.text(&["metadata", "annotations", SCHEME])),
        ("source_ranges", service.json(&["spec", "loadBalancerSourceRanges"])),
    ]))
}

/// Host names and addresses of the load balancers of a service or an ingress.
pub(crate) fn balancers(object: Object<'_>) -> Value {
    let points = object.items(&["status", "loadBalancer", "ingress"]);
    let names = points.flat_map(|point| [point.text(&["hostname"]), point.text(&["ip"])]);
    names.filter(|name| !name.is_null()).collect()
}
