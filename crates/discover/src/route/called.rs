//! What the evidence of an edge's path says was called.

use std::net::IpAddr;

use sightline_model::edge::PathClass;

use super::walk::{Family, Target};

impl Target {
    /// What was called, and the NAT gateway or the endpoint that calls are known to have passed: by the address that was seen, or by the
    /// next hop of flow logs. The evidence is one of those that `path_evidence` of an edge joins with `; `.
    pub fn called(path: PathClass, evidence: &str) -> (Self, Option<&str>) {
        if path == PathClass::InterfaceEndpoint {
            return (Self::Endpoint(evidence.to_owned()), None);
        }
        let address = evidence.split(',').next().unwrap_or_default();
        let family =
            if address.parse().is_ok_and(|address: IpAddr| address.is_ipv6()) { Family::V6 } else { Family::V4 };
        let words = evidence.split([' ', ',', ';']);
        let through = words.into_iter().find(|word| word.starts_with("nat-") || word.starts_with("vpce-"));
        (Self::Internet(family), through)
    }
}
