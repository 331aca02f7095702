//! Ingresses: which names and paths from outside lead to which services.
//! <https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/>

use super::kubernetes_service::balancers;
use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{Object, columns};
use serde_json::{Map, Value};
use sightline_model::ColumnType::{Json, Text};
use std::sync::LazyLock;

/// Annotation that says whether a load balancer is open to the internet.
const SCHEME: &str = "alb.ingress.kubernetes.io/scheme";

/// The table `kubernetes_ingress`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_ingress",
    about: "Ingresses with their rules and load balancers.",
    kind: "ingress",
    path: "/apis/networking.k8s.io/v1/ingresses",
    calls: LazyLock::new(|| calls("list ingresses")),
    columns: &[&[
        ("class", Text),
        ("hosts", Json),
        ("rules", Json),
        ("default_backend", Json),
        ("tls_hosts", Json),
        ("load_balancers", Json),
        ("load_balancer_scheme", Text),
    ]],
    row,
};

fn row(ingress: Object<'_>) -> Option<Map<String, Value>> {
    let rules = || ingress.items(&["spec", "rules"]);
    let hosts: Vec<Value> = rules().map(|rule| rule.text(&["host"])).filter(|host| !host.is_null()).collect();
    let tls: Vec<Value> =
        ingress.items(&["spec", "tls"]).flat_map(|tls| tls.items(&["hosts"])).map(|host| host.text(&[])).collect();
    Some(columns([
        ("class", ingress.text(&["spec", "ingressClassName"])),
        ("hosts", hosts.into()),
        ("rules", ingress.json(&["spec", "rules"])),
        ("default_backend", ingress.json(&["spec", "defaultBackend"])),
        ("tls_hosts", tls.into()),
        ("load_balancers", balancers(ingress)),
        ("load_balancer_scheme", ingress.text(&["metadata", "annotations", SCHEME])),
    ]))
}
