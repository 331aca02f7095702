//! Types of condition keys.

use super::name::{Pattern, folded};

/// What values a condition key has.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyType {
    /// Whether a request may carry several values, so that conditions need `ForAllValues` or `ForAnyValue`.
    pub multivalued: bool,
    /// What one value is.
    pub kind: KeyKind,
}

/// What one value of a condition key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A point in time.
    Date,
    /// An IP address.
    Ip,
}

impl KeyType {
    fn of(name: &str) -> Option<Self> {
        let (multivalued, one) = name.strip_prefix("ArrayOf").map_or((false, name), |one| (true, one));
        let kind = match one {
            "String" => KeyKind::String,
            "ARN" => KeyKind::Arn,
            "Bool" => KeyKind::Bool,
            "Numeric" => KeyKind::Numeric,
            "Date" => KeyKind::Date,
            "IPAddress" => KeyKind::Ip,
            _ => return None,
        };
        Some(Self { multivalued, kind })
    }
}

/// Every known key.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) exact: Vec<(&'static str, KeyType)>,
    pub(super) templates: Vec<(Pattern, KeyType)>,
}

impl Keys {
    pub(super) fn of(rows: impl Iterator<Item = [&'static str; 2]>) -> Self {
        let mut keys = Self::default();
        for [name, kind] in rows {
            let Some(kind) = KeyType::of(kind) else { continue };
            match pattern_of(name) {
                Some(pattern) => keys.templates.push((Pattern::new(&pattern), kind)),
                None => keys.exact.push((name, kind)),
            }
        }
        keys
    }

    pub(super) fn kind(&self, key: &str) -> Option<KeyType> {
        let exact = self.exact.binary_search_by(|(name, _)| folded(name, key)).ok().and_then(|at| self.exact.get(at));
        let by_template = || self.templates.iter().find(|(pattern, _)| pattern.takes(key)).map(|(_, kind)| *kind);
        exact.map(|(_, kind)| *kind).or_else(by_template)
    }
}

/// A template as a pattern: each `${…}` stands for one character or more. `None` when there is none.
fn pattern_of(template: &str) -> Option<String> {
    let (mut rest, mut pattern) = (template, String::new());
    while let Some((before, variable)) = rest.split_once("${") {
        let (_, after) = variable.split_once('}')?;
        pattern.push_str(before);
        pattern.push_str("?*");
        rest = after;
    }
    pattern.push_str(rest);
    (pattern != template).then_some(pattern)
}
