//! What the map cannot see, and since when it can see the rest.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How much of a plane a kind of telemetry shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sight {
    /// nothing of it
    Blind,
    /// a part, or not all the time
    Partial,
    /// nobody could look whether it is there
    Unknown,
    /// all of it, as far as can be told
    Seen,
}

/// One row of `blind_spot`: one kind of telemetry of one plane, in one account and region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlindSpot {
    /// the discovery that made it
    pub run_id: String,
    /// the same in every discovery: 32 hexadecimal digits
    pub spot_id: String,
    /// twelve digits
    pub account_id: String,
    /// the region's name
    pub region: String,
    /// what is called: `bedrock-runtime`, `bedrock-agent-runtime`, `bedrock-mantle`, `bedrock-agentcore`, `sagemaker-runtime`, `self-hosted`, `public-ai`,
    /// or `network` for all that flows
    pub plane: String,
    /// what would show it: `cloudtrail-management`, `cloudtrail-data`, `invocation-logging`, `flow-logs`, `resolver-logs`, `eks-audit`, `inventory`
    pub telemetry: String,
    /// what part of it is meant: a VPC's id, a cluster's ARN, an interface's id; empty for all
    pub subject: String,
    /// how much is seen
    pub sight: Sight,
    /// the earliest record that the lake has
    pub seen_since: Option<Timestamp>,
    /// the latest
    pub seen_until: Option<Timestamp>,
    /// when the blindness begins; nothing where it always was
    pub blind_from: Option<Timestamp>,
    /// when it ends; nothing where it lasts
    pub blind_until: Option<Timestamp>,
    /// what cannot be seen, in one sentence
    pub lost: String,
    /// what told
    pub reason: String,
    /// what to do: a prerequisite's id for `sightline onboard`, or a command; empty where nothing can be done
    pub fix: String,
}
