//! Cases: questions with known answers, as `sightline iam test` reads them.
//!
//! A file is either cases, one JSON object a line ([`Case`]), or an organization with what is expected of it; [`run_file`]
//! tells which by its form.

mod both;
mod closure;
mod decision;
mod file;
mod format;
mod organization;

pub use decision::run;
pub use file::{Unreadable, run_file};
pub use format::{Case, CaseError};

use serde::Serialize;

/// What became of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The expected answer.
    Passed,
    /// Another answer than expected, or two implementations that disagree.
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

/// How many cases came out how. Its text is the line that `sightline iam test` ends with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// [`Verdict::Passed`]
    pub passed: usize,
    /// [`Verdict::Failed`]
    pub failed: usize,
    /// [`Verdict::Unsound`]
    pub unsound: usize,
    /// [`Verdict::Imprecise`]
    pub imprecise: usize,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, verdict: Verdict) {
        let of = match verdict {
            Verdict::Passed => &mut self.passed,
            Verdict::Failed => &mut self.failed,
            Verdict::Unsound => &mut self.unsound,
            Verdict::Imprecise => &mut self.imprecise,
        };
        *of += 1;
    }

    /// Counts what another counted.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.unsound += other.unsound;
        self.imprecise += other.imprecise;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { passed, failed, unsound, imprecise } = self;
        write!(f, "{passed} passed, {failed} failed, {unsound} unsound, {imprecise} imprecise")
    }
}
