//! Phrases of `data/refusal/phrases.toml`.

use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A file that cannot be read has no phrases; a test keeps that from happening.
pub(super) static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/refusal/phrases.toml")).unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phrases {
    cannot: Vec<String>,
    verbs: Vec<String>,
    declining: Vec<String>,
    pub(super) common: BTreeSet<String>,
    pub(super) group: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) phrases: Vec<String>,
}

/// Where a text first declines: one of `cannot` with one of `verbs` behind it, or one of `declining`.
pub(super) fn declines(text: &str) -> Option<usize> {
    let behind = |at: usize, phrase: &str| text.get(at + phrase.len()..).unwrap_or_default();
    let pairs = PHRASES.cannot.iter().filter_map(|cannot| {
        let mut places = text.match_indices(cannot.as_str()).map(|(at, _)| at);
        places.find(|at| PHRASES.verbs.iter().any(|verb| behind(*at, cannot).starts_with(verb.as_str())))
    });
    pairs.chain(PHRASES.declining.iter().filter_map(|phrase| text.find(phrase.as_str()))).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read() {
        assert!(PHRASES.cannot.len() > 20 && PHRASES.verbs.len() > 30 && PHRASES.group.len() == 5);
        assert_eq!(declines("well, i cannot help you"), Some(6));
        assert_eq!(declines("i cannot recommend it highly enough, and i can't wait"), Some(0));
        assert_eq!(declines("i can't wait"), None);
    }
}
