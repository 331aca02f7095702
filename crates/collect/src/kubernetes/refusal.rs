//! Why a cluster, or a list of it, could not be read: what the coverage says.

use sightline_model::Outcome;
use sightline_model::untrusted::shortened;
use std::fmt::Display;

/// A request that brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) outcome: Outcome,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Where a listing that went stale may be taken up again.
    pub(crate) resume: Option<String>,
}

impl Refusal {
    pub(crate) fn new(outcome: Outcome, code: &'static str, message: impl Display) -> Self {
        Self { outcome, code, message: shortened(&message.to_string(), 400), resume: None }
    }

    pub(crate) fn failed(code: &'static str, message: impl Display) -> Self {
        Self::new(Outcome::Failed, code, message)
    }

    /// There is no way to the cluster: DNS, routing, a firewall, a private endpoint.
    pub(crate) fn unreachable(reason: impl Display) -> Self {
        let hint = "is its endpoint private, or does its list of public addresses leave this machine out?";
        Self::failed("Unreachable", format!("the cluster's API cannot be reached from here: {reason} ({hint})"))
    }

    /// What an answer with an error status says. `list` is what was asked for, such as `list pods`.
    pub(crate) fn of_status(status: u16, body: &[u8], list: &str) -> Self {
        let said: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |path: &str| said.pointer(path).and_then(serde_json::Value::as_str).unwrap_or_default();
        let message = text("/message");
        match status {
            401 => Self::new(
                Outcome::Denied,
                "Unauthorized",
                "the cluster does not know this identity: give it an access entry with the policy `AmazonEKSViewPolicy` \
                 (prerequisite `eks-access`, docs/kubernetes.md), or other credentials in the kubeconfig",
            ),
            403 => Self::new(
                Outcome::Denied,
                "Forbidden",
                format!("the cluster does not let this identity {list}{}: {message}", hint(list)),
            ),
            404 => Self::failed("TooOld", format!("the cluster's version of Kubernetes cannot {list}: {message}")),
            410 => Self {
                resume: Some(text("/metadata/continue").to_owned()).filter(|token| !token.is_empty()),
                ..Self::failed("Expired", "the list went stale again and again while it was read")
            },
            429 => Self::new(Outcome::Throttled, "TooManyRequests", message),
            _ => Self::failed("ServerError", format!("status {status}: {message}")),
        }
    }
}

fn hint(list: &str) -> &'static str {
    match list {
        "list nodes" => {
            " (`AmazonEKSViewPolicy` leaves nodes out: docs/kubernetes.md has the ClusterRole that allows them)"
        }
        _ => "",
    }
}
