//! Who may use which AI, as the policies say.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// What the policies say, where they do not deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessDecision {
    /// whatever a request brings
    Allow,
    /// it depends, on the request or on what could not be read: the residual says on what
    Conditional,
}

impl AccessDecision {
    /// The word used in the lake and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Conditional => "conditional",
        }
    }
}

impl fmt::Display for AccessDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One row of `model_access`: a principal, or a workload through its role, may do `action` on `resource_arn`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelAccess {
    /// the evaluation that made it
    pub run_id: String,
    /// twelve digits, of the principal
    pub account_id: String,
    /// a user's or role's ARN; `…:role/*` and `…:user/*` for those that could not be listed; who it is, in words, for `outside`
    pub principal_arn: String,
    /// `user`, `role`, or `outside`: a caller without an account that has the workload act
    pub principal_kind: String,
    /// the workload that runs as the principal; empty for the principal itself; ends with `*` where workloads could not be listed
    pub workload_arn: String,
    /// its kind; empty likewise
    pub workload_kind: String,
    /// `service:Name`
    pub action: String,
    /// the model's, agent's, endpoint's … ARN; with `*` for those that could not be listed, or for any
    pub resource_arn: String,
    /// twelve digits; empty for what AWS owns
    pub resource_account_id: String,
    /// `foundation-model`, `inference-profile`, `agent`, …
    pub resource_kind: String,
    /// the answer
    pub decision: AccessDecision,
    /// what it depends on, in words; empty for `allow`
    pub residual: String,
    /// the same as a list of ways, each a list of what must hold
    pub residual_ways: Value,
    /// roles and workloads on the way: 0 is direct
    pub hops: i64,
    /// the way, from the principal on
    pub witness: Value,
    /// when it was evaluated
    pub evaluated_at: Timestamp,
}
