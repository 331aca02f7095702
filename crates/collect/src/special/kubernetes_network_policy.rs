//! Network policies: which pods may speak with whom.
//! <https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/>

use crate::kubernetes::listing::{Listing, calls};
use crate::kubernetes::{Object, columns};
use serde_json::{Map, Value};
use sightline_model::ColumnType::Json;
use std::sync::LazyLock;

/// The table `kubernetes_network_policy`.
pub(crate) static UNIT: Listing = Listing {
    table: "kubernetes_network_policy",
    about: "Network policies with the pods that they select and their rules.",
    kind: "networkpolicy",
    path: "/apis/networking.k8s.io/v1/networkpolicies",
    calls: LazyLock::new(|| calls("list networkpolicies")),
    columns: &[&[("pod_selector", Json), ("policy_types", Json), ("ingress_rules", Json), ("egress_rules", Json)]],
    row,
};

fn row(policy: Object<'_>) -> Option<Map<String, Value>> {
    Some(columns([
        ("pod_selector", policy.json(&["spec", "podSelector"])),
        ("policy_types", policy.json(&["spec", "policyTypes"])),
        ("ingress_rules", policy.json(&["spec", "ingress"])),
        ("egress_rules", policy.json(&["spec", "egress"])),
    ]))
}
