//! Words for people.

use jiff::Timestamp;
use sightline_model::edge::{Confidence, PathClass, Tri, WorkloadKind};

/// `1234567` as `1,234,567`.
pub(super) fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::from(if value < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// To the minute, UTC.
pub(super) fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

pub(super) fn path(path: PathClass) -> &'static str {
    match path {
        PathClass::InterfaceEndpoint => "interface endpoint",
        PathClass::Internet => "NAT or internet",
        PathClass::AwsInternal => "inside AWS",
        PathClass::Vpc => "inside the VPC",
        PathClass::Peering => "peering connection",
        PathClass::TransitGateway => "transit gateway",
        PathClass::OnPremises => "VPN or Direct Connect",
        PathClass::Unknown => "unknown",
    }
}

/// The style sheet's class for a path.
pub(super) fn path_class(path: PathClass) -> &'static str {
    match path {
        PathClass::InterfaceEndpoint => "endpoint",
        PathClass::Internet => "internet",
        PathClass::AwsInternal => "internal",
        PathClass::Vpc | PathClass::Peering | PathClass::TransitGateway | PathClass::OnPremises => "private",
        PathClass::Unknown => "unknown",
    }
}

pub(super) fn workload_kind(kind: WorkloadKind) -> &'static str {
    match kind {
        WorkloadKind::Instance => "instance",
        WorkloadKind::Pod => "pod",
        WorkloadKind::Function => "function",
        WorkloadKind::Task => "task",
        WorkloadKind::Notebook => "notebook",
        WorkloadKind::Endpoint => "endpoint",
        WorkloadKind::Agent => "agent",
        WorkloadKind::Flow => "flow",
        WorkloadKind::User => "user",
        WorkloadKind::Role => "role",
        WorkloadKind::Service => "AWS service",
        WorkloadKind::External => "another account",
        WorkloadKind::Build => "build",
        WorkloadKind::LoadBalancer => "load balancer",
        WorkloadKind::Interface => "network interface",
        WorkloadKind::Address => "address",
        WorkloadKind::Unknown => "unknown",
    }
}

pub(super) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Exact => "exact",
        Confidence::Session => "by session",
        Confidence::AddressTime => "by address and time",
        Confidence::Inferred => "inferred",
    }
}

pub(super) fn tri(state: Tri) -> &'static str {
    match state {
        Tri::Yes => "yes",
        Tri::No => "no",
        Tri::Unknown => "unknown",
    }
}

/// `guardrail_on_call` as `guardrail on call`.
pub(super) fn control(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn thousands_are_parted() {
        assert_eq!([0, 999, 1_000, 1_234_567, -1_000].map(number), ["0", "999", "1,000", "1,234,567", "-1,000"]);
        assert_eq!(number(i64::MIN), "-9,223,372,036,854,775,808");
    }
}
