//! What no telemetry of AWS shows, whatever is turned on. Stated once, without account and region, and nothing mends it.

use sightline_model::Sight;

use super::row::{About, Spots, Told, plane, telemetry};

/// Plane, telemetry, what is lost, why.
const KNOWN: &[(&str, &str, &str, &str)] = &[
    (
        plane::RUNTIME,
        telemetry::MANAGEMENT,
        "calls that this account's identities make with credentials of another account",
        "events are in the trail of the account that is called",
    ),
    (
        plane::MANTLE,
        telemetry::INVOCATIONS,
        "tokens, costs and prompts of inference through Mantle",
        "model invocation logging does not cover bedrock-mantle",
    ),
    (
        plane::SAGEMAKER,
        telemetry::DATA,
        "which model, variant or guardrail of an endpoint a call was for",
        "events of InvokeEndpoint have no parameters of the body",
    ),
    (
        plane::PUBLIC_AI,
        telemetry::FLOWS,
        "names behind TLS where no look-up fits: shadow AI behind shared addresses, own resolvers or DNS over HTTPS",
        "flow logs hold addresses, not names",
    ),
    (
        plane::NETWORK,
        telemetry::FLOWS,
        "which pod behind a node's address talks out of the VPC",
        "the node puts its own address in place of the pod's, unless AWS_VPC_K8S_CNI_EXTERNALSNAT is set",
    ),
    (
        plane::NETWORK,
        telemetry::NAMES,
        "which of several look-ups of an hour a connection followed",
        "flows and look-ups are kept by hour: two holders of an address within it are not told apart",
    ),
    (
        plane::NETWORK,
        telemetry::INVENTORY,
        "what lived between two scans and was in no log: tasks, pods, addresses",
        "a scan sees one moment",
    ),
];

pub(super) fn tell(spots: &mut Spots) {
    for (plane, telemetry, lost, reason) in KNOWN {
        let about = About { account: "", region: "", plane, telemetry, subject: "" };
        let told = Told { lost: (*lost).to_owned(), reason: (*reason).to_owned(), ..Told::default() };
        spots.add(about, Sight::Partial, told);
    }
}
