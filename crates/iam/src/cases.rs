//! Cases: questions with known answers, as `sightline iam test` reads them.

mod decision;
mod format;

pub use decision::run;
pub use format::{Case, CaseError};

use serde::Serialize;

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The expected answer.
    Passed,
    /// Another answer than expected.
    Failed,
    /// Allow where some completion is not allowed, or Deny where one is; or a residual that answers a completion wrongly.
    Unsound,
    /// Conditional where the answer is Allow or Deny whatever the open keys are.
    Imprecise,
}

/// One case's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseResult {
    /// The case's id.
    pub id: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The expected answer.
    pub expected: String,
    /// The answer given.
    pub actual: String,
    /// What is wrong, or the residual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
