//! The map: which workload or person calls which model, over which path, behind which controls.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What makes the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the AWS or Kubernetes thing of its name")]
pub enum WorkloadKind {
    Instance,
    Pod,
    Function,
    Task,
    Notebook,
    Endpoint,
    Agent,
    Flow,
    /// a person or a program with keys of its own
    User,
    /// a role whose session tells no workload
    Role,
    /// an AWS service on somebody's behalf
    Service,
    /// a caller of another account
    External,
    Unknown,
}

/// The network path of the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathClass {
    /// through an interface endpoint that stands in our inventory
    InterfaceEndpoint,
    /// through NAT or straight to the internet: the source address was public
    Internet,
    /// inside AWS: a service called on the workload's behalf
    AwsInternal,
    /// the evidence does not tell
    Unknown,
}

/// How sure the join is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// the log names the workload itself (instance id, pod tags, function)
    Exact,
    /// the session's role is bound to one workload only
    Session,
    /// address and time fit one workload
    AddressTime,
    /// several workloads fit, or the binding is by convention
    Inferred,
}

/// Whether a control protects an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "three words")]
pub enum Tri {
    Yes,
    No,
    Unknown,
}

/// The controls of an edge, in the order in which they are told.
pub const CONTROLS: &[&str] = &[
    "guardrail_on_call",
    "guardrail_enforced",
    "private_path",
    "endpoint_policy",
    "inspected_path",
    "invocation_logged",
];

/// One protection on an edge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// one of [`CONTROLS`]
    pub name: String,
    /// is it there
    pub state: Tri,
    /// one sentence: what was seen, or what could not be
    pub reason: String,
}

/// Where an edge was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// the log object's URI
    pub object: String,
    /// the line, or the record's place in the object, from 1
    pub line: i64,
    /// the event's id, where the log has one
    pub event_id: String,
}

/// One row of `edge`: a workload that calls a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// the discovery that made it
    pub run_id: String,
    /// the same in every discovery: 32 hexadecimal digits
    pub edge_id: String,
    /// twelve digits, of the caller
    pub account_id: String,
    /// the region that was called
    pub region: String,
    /// what calls: an ARN; a pod is `arn:…:pod/cluster/namespace/service-account`
    pub workload_arn: String,
    /// its kind
    pub workload_kind: WorkloadKind,
    /// its name for people
    pub workload_title: String,
    /// the role or user whose permissions were used
    pub identity_arn: String,
    /// the model's ARN, or the id as it was called where no ARN is known
    pub model_arn: String,
    /// `foundation-model`, `custom-model`, `imported-model`, `inference-profile`, `provisioned-model`, `agent`, `knowledge-base`, `endpoint`, …
    pub model_kind: String,
    /// its name for people
    pub model_title: String,
    /// the path
    pub path: PathClass,
    /// what told the path: a VPC endpoint's id, an address
    pub path_evidence: String,
    /// calls that succeeded
    pub calls: i64,
    /// calls that were refused or failed
    pub errors: i64,
    /// first call
    pub first_seen: Timestamp,
    /// last call
    pub last_seen: Timestamp,
    /// how sure the join is
    pub confidence: Confidence,
    /// how the join was made, in one sentence
    pub attribution: String,
    /// each control: yes, no, unknown
    pub controls: Vec<Control>,
    /// the first few places where it was seen
    pub evidence: Vec<Evidence>,
}
