//! What a test expects, beside what was found.

use sightline_model::Finding;

use super::{Problem, Ran};
use crate::check::Expected;

impl Ran<'_> {
    /// How what was found differs from what the test expects; nothing where it does not.
    pub(super) fn difference(&self) -> Option<Problem> {
        let mut missing: Vec<&Expected> = self.case.expected.iter().collect();
        let mut surplus: Vec<Finding> = self.judged(self.whole.clone());
        missing.retain(|expected| match surplus.iter().position(|found| agree(expected, found)) {
            Some(index) => {
                surplus.remove(index);
                false
            }
            None => true,
        });
        if missing.is_empty() && surplus.is_empty() {
            return None;
        }
        let expected =
            missing.iter().map(|row| line("expected", row.status.as_str(), &row.resource, row.reason.as_deref()));
        let found = surplus.iter().map(|row| line("found", row.status.as_str(), &row.resource, Some(&row.reason)));
        Some(self.problem("the findings are others", expected.chain(found).collect()))
    }
}

fn agree(expected: &Expected, found: &Finding) -> bool {
    expected.resource == found.resource
        && expected.status == found.status
        && expected.reason.as_ref().is_none_or(|reason| *reason == found.reason)
}

fn line(word: &str, status: &str, resource: &str, reason: Option<&str>) -> String {
    let reason = reason.map(|reason| format!(" \"{reason}\"")).unwrap_or_default();
    format!("{word:8}  {status} {resource}{reason}")
}
