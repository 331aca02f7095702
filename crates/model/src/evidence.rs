//! What proves an edge.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// One row of `edge_evidence`: one thing that an edge rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EdgeEvidence {
    /// the discovery that made it
    pub run_id: String,
    /// the edge
    pub edge_id: String,
    /// the lake's table that it stands in: `api_call`, `flow`, `dns_answer`, `model_invocation`, `kubernetes_call`, `resource`
    pub source: String,
    /// what it proves: `call`, `session`, `connection`, `name`, `tokens`, `place`, `control`
    pub proves: String,
    /// the log object's URI; a resource's ARN
    pub object: String,
    /// the line, or the record's place in the object, from 1; 0 for a resource
    pub line: i64,
    /// the event's id, where the log has one
    pub event_id: String,
    /// when it was
    pub seen_at: Option<Timestamp>,
}
