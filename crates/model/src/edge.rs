//! The map: which workload or person calls which model, over which path, behind which controls, and what else talks to whom.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::control::{CONTROLS, Control, ControlRow, Fix, Tri};
pub use crate::evidence::{EdgeEvidence, Evidence};

/// What makes the calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// a build of CodeBuild
    Build,
    /// spreads what it receives
    LoadBalancer,
    /// a network interface whose owner is none of the other kinds, such as a database's
    Interface,
    /// an address that no inventory has
    Address,
    #[default]
    Unknown,
}

/// What an edge connects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrafficClass {
    /// people and programs outside of the accounts → a workload
    UserToApplication,
    /// a workload or a person → a model, whoever serves it
    #[default]
    ApplicationToModel,
    /// a workload → the internet
    ApplicationToInternet,
    /// a workload → a workload
    ApplicationToApplication,
}

/// The network path of the calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathClass {
    /// through an interface endpoint that stands in our inventory
    InterfaceEndpoint,
    /// through NAT or straight to the internet: the source address was public
    Internet,
    /// inside AWS: a service called on the workload's behalf
    AwsInternal,
    /// inside one VPC
    Vpc,
    /// over a peering connection
    Peering,
    /// over a transit gateway
    TransitGateway,
    /// over a VPN or Direct Connect
    OnPremises,
    /// the evidence does not tell
    #[default]
    Unknown,
}

/// How sure the join is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// the log names the workload itself (instance id, pod tags, function)
    Exact,
    /// the session's role is bound to one workload only
    Session,
    /// address and time fit one workload
    AddressTime,
    /// several workloads fit, or the binding is by convention
    #[default]
    Inferred,
}

/// One row of `edge`: a workload that calls a model, or a connection between two ends.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// the discovery that made it
    pub run_id: String,
    /// the same in every discovery: 32 hexadecimal digits
    pub edge_id: String,
    /// what it connects
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub class: TrafficClass,
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
    /// the application that the workload belongs to, as the user declared it; empty where it belongs to none
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub application: String,
    /// the role or user whose permissions were used; empty where a flow tells none
    pub identity_arn: String,
    /// the model's ARN, or the id as it was called where no ARN is known; empty where the log does not tell which model of the
    /// service it was, and for other classes
    pub model_arn: String,
    /// `foundation-model`, `custom-model`, `imported-model`, `inference-profile`, `provisioned-model`, `agent`, `knowledge-base`, `endpoint`,
    /// `self-hosted`, `public-ai` …; empty for other classes
    pub model_kind: String,
    /// its name for people
    pub model_title: String,
    /// what is called, of whatever class: the model's ARN, a workload's, a name such as `api.openai.com`, an address
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub target_arn: String,
    /// kind of the model or of the workload; `service`, `internet`, `public-ai`
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub target_kind: String,
    /// its name for people
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub target_title: String,
    /// the application that the target belongs to
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub target_application: String,
    /// the host name that was called, such as `bedrock-runtime.us-east-1.amazonaws.com`; empty where nothing tells
    #[serde(default, deserialize_with = "crate::missing::or_default")]
    pub service: String,
    /// the port that was called, where flow logs tell
    #[serde(default)]
    pub port: Option<i64>,
    /// the path
    pub path: PathClass,
    /// what told the path: a VPC endpoint's id, an address
    pub path_evidence: String,
    /// calls that succeeded; 0 where flow logs alone tell of the edge
    pub calls: i64,
    /// calls that were refused or failed
    pub errors: i64,
    /// flow records
    #[serde(default)]
    pub flows: Option<i64>,
    /// bytes from the workload, as flow logs count them: headers and retransmissions too
    #[serde(default)]
    pub bytes_out: Option<i64>,
    /// bytes to the workload
    #[serde(default)]
    pub bytes_in: Option<i64>,
    /// edges that the bytes are of together: a flow log does not tell which model a connection to the service was for
    #[serde(default)]
    pub bytes_shared: Option<i64>,
    /// tokens of the prompts, without cached ones, as invocation logs count them
    #[serde(default)]
    pub input_tokens: Option<i64>,
    /// tokens of the answers
    #[serde(default)]
    pub output_tokens: Option<i64>,
    /// tokens that were read from the prompt cache
    #[serde(default)]
    pub cache_read_tokens: Option<i64>,
    /// tokens that were written to the prompt cache
    #[serde(default)]
    pub cache_write_tokens: Option<i64>,
    /// calls whose tokens are known, of `calls`
    #[serde(default)]
    pub counted_calls: Option<i64>,
    /// what the counted calls cost by the list price, in US dollars; an estimate
    #[serde(default)]
    pub cost_usd: Option<f64>,
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
    /// the first few places where it was seen; `edge_evidence` has more
    pub evidence: Vec<Evidence>,
}

impl Edge {
    /// Whether a model is called.
    pub fn is_of_model(&self) -> bool {
        self.class == TrafficClass::ApplicationToModel
    }
}
