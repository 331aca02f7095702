//! A cluster's pods, for verification. Onboarding speaks to AWS alone: whoever can speak to clusters lends it the way.

use futures::future::BoxFuture;
use sightline_aws::Aws;

/// A way to ask a cluster for its pods.
pub trait ListPods: Send + Sync {
    /// All pods of a cluster, as the caller that the connection has.
    fn list<'a>(&'a self, aws: &'a Aws, cluster: &'a ClusterApi) -> BoxFuture<'a, Result<Vec<Pod>, NotListed>>;
}

/// Where a cluster's API is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterApi {
    /// the region
    pub region: String,
    /// its name
    pub name: String,
    /// `https://…`
    pub endpoint: String,
    /// the certificate by which it is known, PEM in base64
    pub certificate_authority: String,
}

/// What is asked of a pod.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pod {
    /// its namespace
    pub namespace: String,
    /// its name
    pub name: String,
    /// whose roles it gets
    pub service_account: String,
    /// whether it has the node's own network, and so the node's role whatever the hop limit
    pub host_network: bool,
    /// the role that IRSA gave to it, by its environment; empty for none
    pub irsa_role: String,
}

/// Why a cluster's pods were not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotListed {
    /// what it comes from
    pub cause: Cause,
    /// in words
    pub message: String,
}

/// What it comes from that pods were not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// no connection to the endpoint
    Unreachable,
    /// the cluster does not know the caller
    Unknown,
    /// the cluster knows the caller, who may not list pods
    Forbidden,
    /// anything else
    Other,
}
