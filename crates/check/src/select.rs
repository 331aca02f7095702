//! Which checks run. A pattern matches a check by its id, a service, its severity, a framework or `framework:control`; `*`
//! stands for any text.

use crate::CheckError;
use crate::check::Check;
use sightline_model::pattern::matches;

/// Patterns of checks to run and to leave out. Nothing selected means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// such as `bedrock-*`, `iam`, `high`, `cis-7.0:2.*`
    pub select: Vec<String>,
    /// likewise; wins over `select`
    pub ignore: Vec<String>,
}

impl Selection {
    /// The checks that it means, in their order. A pattern that matches none of them all is an error: a
    /// misspelt name must not look like a clean result.
    pub fn apply(&self, checks: Vec<Check>) -> Result<Vec<Check>, CheckError> {
        let names: Vec<Vec<String>> = checks.iter().map(Check::names).collect();
        for pattern in self.select.iter().chain(&self.ignore) {
            if !names.iter().any(|names| matches_any(pattern, names)) {
                return Err(CheckError::Selection { pattern: sightline_model::untrusted::shortened(pattern, 80) });
            }
        }
        let chosen = |names: &[String]| {
            (self.select.is_empty() || self.select.iter().any(|pattern| matches_any(pattern, names)))
                && !self.ignore.iter().any(|pattern| matches_any(pattern, names))
        };
        Ok(checks.into_iter().zip(names).filter(|(_, names)| chosen(names)).map(|(check, _)| check).collect())
    }
}

fn matches_any(pattern: &str, names: &[String]) -> bool {
    names.iter().any(|name| matches(pattern, name))
}
