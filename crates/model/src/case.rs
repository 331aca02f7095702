//! Cases: what detections saw of one identity, put together.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Evidence, Severity};

/// What one detection saw in a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// the detection's id
    pub detection_id: String,
    /// its title
    pub title: String,
    /// how much it matters by itself
    pub severity: Severity,
    /// one sentence with the figures
    pub reason: String,
    /// events behind it
    pub events: i64,
    /// first of them
    pub first_seen: Timestamp,
    /// last of them
    pub last_seen: Timestamp,
    /// the first few places where it was seen
    pub evidence: Vec<Evidence>,
}

/// One row of `case`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// the detection run that made it
    pub run_id: String,
    /// the same in every run over the same events: 32 hexadecimal digits
    pub case_id: String,
    /// twelve digits
    pub account_id: String,
    /// who did it: the role or user whose permissions were used
    pub identity_arn: String,
    /// what runs or who sits behind it, where the map knows; else the identity
    pub workload_arn: String,
    /// one line
    pub title: String,
    /// of all signals together
    pub severity: Severity,
    /// one sentence that tells the story
    pub summary: String,
    /// first event
    pub first_seen: Timestamp,
    /// last event
    pub last_seen: Timestamp,
    /// regions of the events
    pub regions: Vec<String>,
    /// models that were called or asked about
    pub models: Vec<String>,
    /// where the calls came from
    pub source_ips: Vec<String>,
    /// access key ids that were used
    pub access_key_ids: Vec<String>,
    /// events behind all signals
    pub events: i64,
    /// what was seen, in order of time
    pub signals: Vec<Signal>,
}
