//! Which requests become rows. Nine of ten audit events are the cluster talking to itself; they are passed over and counted.
//!
//! | request | by | |
//! |---|---|---|
//! | denied (401, 403, `forbid`), or in somebody else's name | anyone | row |
//! | secrets; tokens of service accounts | anyone | row |
//! | exec, attach, port-forward, proxy, ephemeral containers, bindings | anyone | row |
//! | pods: create, delete | anyone | row |
//! | health of the API server | anyone | passed over |
//! | get, list, watch | control plane, nodes | passed over |
//! | write of leases, events, endpoints, a node's status | control plane, nodes | passed over |
//! | write of leases, events | any service account | passed over |
//! | all else | anyone | row |

use super::event::Event;

const READS: [&str; 3] = ["get", "list", "watch"];
const WRITES: [&str; 3] = ["create", "update", "patch"];
const LIVES: [&str; 3] = ["create", "delete", "deletecollection"];
/// Ways into a container or past the API server, whichever resource they are of.
const DOORS: [&str; 6] = ["exec", "attach", "portforward", "proxy", "ephemeralcontainers", "binding"];
const HEALTH: [&str; 3] = ["/healthz", "/livez", "/readyz"];
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
/// What the user names of control plane and nodes begin with. EKS lets no access entry take such a name.
const CLUSTER: [&str; 5] =
    ["system:apiserver", "system:kube-", "system:node:", "system:serviceaccount:kube-system:", "eks:"];

/// Whether the request becomes a row.
pub(crate) fn is_of_interest(event: &Event<'_>) -> bool {
    is_denied(event) || is_sensitive(event) || !is_routine(event)
}

fn is_denied(event: &Event<'_>) -> bool {
    matches!(event.code(), Some(401 | 403)) || &*event.annotations.decision == "forbid"
}

fn is_sensitive(event: &Event<'_>) -> bool {
    let target = &event.target;
    !event.impersonated.name.is_empty()
        || &*target.resource == "secrets"
        || event.is_about("serviceaccounts", "token")
        || DOORS.contains(&&*target.subresource)
        || (event.is_about("pods", "") && LIVES.contains(&&*event.verb))
}

fn is_routine(event: &Event<'_>) -> bool {
    let by_cluster = CLUSTER.iter().any(|name| event.user.name.starts_with(name));
    let by_service_account = event.user.name.starts_with(SERVICE_ACCOUNT);
    let verb = &*event.verb;
    if READS.contains(&verb) {
        by_cluster || is_health(event)
    } else if WRITES.contains(&verb) {
        (by_cluster && is_housekeeping(event)) || (by_service_account && is_heartbeat(event))
    } else {
        false
    }
}

fn is_health(event: &Event<'_>) -> bool {
    let path = event.request_uri.split('?').next().unwrap_or_default();
    event.target.resource.is_empty()
        && HEALTH
            .iter()
            .any(|health| path.strip_prefix(health).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Leases of elections and nodes, and events.
fn is_heartbeat(event: &Event<'_>) -> bool {
    matches!(
        (&*event.target.api_group, &*event.target.resource),
        ("coordination.k8s.io", "leases") | ("" | "events.k8s.io", "events")
    )
}

fn is_housekeeping(event: &Event<'_>) -> bool {
    is_heartbeat(event)
        || event.is_about("endpoints", "")
        || event.is_about("nodes", "status")
        || (&*event.target.api_group, &*event.target.resource) == ("discovery.k8s.io", "endpointslices")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn is_row(verb: &str, user: &str, resource: &str, more: &Value) -> bool {
        let (path, group) = resource.rsplit_once('.').map_or((resource, ""), |(path, _)| {
            (path, if path == "leases" { "coordination.k8s.io" } else { "discovery.k8s.io" })
        });
        let (resource, subresource) = path.split_once('/').unwrap_or((path, ""));
        let mut event = json!({
            "verb": verb, "user": {"username": user}, "responseStatus": {"code": 200},
            "objectRef": {"resource": resource, "subresource": subresource, "apiGroup": group},
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let text = event.to_string();
        is_of_interest(&serde_json::from_str(&text).unwrap())
    }

    const NODE: &str = "system:node:ip-10-0-0-1.eu-west-1.compute.internal";
    const APP: &str = "system:serviceaccount:default:app";

    #[test]
    fn the_cluster_talking_to_itself_is_passed_over() {
        for (verb, user, resource) in [
            ("get", NODE, "nodes"),
            ("watch", "system:kube-controller-manager", "configmaps"),
            ("list", "eks:cloud-controller-manager", "nodes"),
            ("list", "system:serviceaccount:kube-system:coredns", "endpointslices.d"),
            ("update", "system:kube-scheduler", "leases.c"),
            ("update", APP, "leases.c"),
            ("create", NODE, "events"),
            ("patch", APP, "events"),
            ("patch", NODE, "nodes/status"),
            ("update", "system:kube-controller-manager", "endpointslices.d"),
        ] {
            assert!(!is_row(verb, user, resource, &json!({})), "{verb} {resource} by {user}");
        }
        assert!(!is_row("get", "system:anonymous", "", &json!({"requestURI": "/readyz?verbose"})));
    }

    #[test]
    fn all_else_is_a_row() {
        for (verb, user, resource) in [
            ("get", APP, "configmaps"),
            ("list", "kubernetes-admin", "pods"),
            ("get", NODE, "secrets"),
            ("create", NODE, "serviceaccounts/token"),
            ("create", "system:kube-scheduler", "pods/binding"),
            ("create", "system:serviceaccount:kube-system:replicaset-controller", "pods"),
            ("delete", NODE, "pods"),
            ("patch", NODE, "pods/status"),
            ("get", "system:kube-proxy", "pods/exec"),
            ("get", NODE, "nodes/proxy"),
            ("update", APP, "endpoints"),
            ("delete", APP, "leases.c"),
            ("update", "admin", "leases.c"),
            ("get", "system:anonymous", ""),
        ] {
            assert!(is_row(verb, user, resource, &json!({})), "{verb} {resource} by {user}");
        }
        for more in [
            json!({"responseStatus": {"code": 403}}),
            json!({"annotations": {"authorization.k8s.io/decision": "forbid"}}),
            json!({"impersonatedUser": {"username": "admin"}}),
        ] {
            assert!(is_row("get", NODE, "nodes", &more), "{more}");
        }
        assert!(is_row("get", "system:anonymous", "", &json!({"requestURI": "/healthzoo"})));
        assert!(is_row(
            "get",
            "system:anonymous",
            "",
            &json!({"requestURI": "/livez", "responseStatus": {"code": 401}})
        ));
    }
}
