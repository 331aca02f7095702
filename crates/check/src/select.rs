//! Which checks run. A pattern matches a check by its id, a service, its severity, a framework or `framework:control`; `*`
//! stands for any text.

use crate::CheckError;
use crate::check::Check;

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

/// Whether the name is what the pattern says: `*` stands for any text, also none; everything else for itself.
pub fn matches(pattern: &str, name: &str) -> bool {
    let Some((head, pieces)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut rest) = name.strip_prefix(head) else { return false };
    let mut pieces: Vec<&str> = pieces.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    // Each piece may be taken where it first occurs: a later place leaves less for the others.
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, name, expected) in [
            ("bedrock-*", "bedrock-agent-admin-role", true),
            ("*-key-*", "iam-access-key-old", true),
            ("cis-7.0:2.*", "cis-7.0:2.12", true),
            ("bedrock", "bedrock-agent", false),
            ("*", "", true),
            ("a*b", "ac", false),
            ("a*b*c", "abbc", true),
            ("a*bb*bc", "abbc", false),
            ("*a*", "bab", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
