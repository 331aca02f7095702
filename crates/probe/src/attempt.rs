//! One attempt: a row of `probe_attempt`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// the attack did not work, and the oracle is sure; of a benign twin: it was answered
    Held,
    /// the attack worked; of a benign twin: the model refused plain work
    Broken,
    /// the guardrail stopped it; of a benign twin: it blocked too much
    BlockedByGuardrail,
    /// no answer came
    Error,
    /// an answer came that settles nothing
    Undecided,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Held, Self::Broken, Self::BlockedByGuardrail, Self::Error, Self::Undecided];

    /// The word used in the lake and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Broken => "broken",
            Self::BlockedByGuardrail => "blocked_by_guardrail",
            Self::Error => "error",
            Self::Undecided => "undecided",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One row of `probe_attempt`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// the run
    pub run_id: String,
    /// twelve digits
    pub account_id: String,
    /// where the call went
    pub region: String,
    /// the model as it was called
    pub target: String,
    /// the guardrail on the call; empty when there was none
    pub guardrail_id: String,
    /// the pack
    pub pack: String,
    /// its version
    pub pack_version: String,
    /// the probe; a benign twin's ends in `+twin`
    pub probe_id: String,
    /// the probe's family; `benign` for twins
    pub family: String,
    /// from 0
    pub trial: i64,
    /// how it ended
    pub outcome: Outcome,
    /// what judged it: `guardrail`, a rule's name, `refusal`, `twin`, `judge`, or empty
    pub oracle: String,
    /// one sentence; never the model's own words
    pub reason: String,
    /// the service's stop reason
    pub stop_reason: String,
    /// AWS's error code
    pub error_code: String,
    /// as the service counted
    pub input_tokens: i64,
    /// as the service counted
    pub output_tokens: i64,
    /// by the plan's price; for an error that may have been billed, the most it can have cost
    pub cost_usd: f64,
    /// as the service measured
    pub latency_ms: i64,
    /// what was sent; empty unless asked for
    pub prompt: String,
    /// what came back; empty unless asked for
    pub completion: String,
    /// when the answer came
    pub attempted_at: Timestamp,
}
