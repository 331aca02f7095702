//! Which tables a scan reads.

use crate::CollectError;
use crate::catalogue::{Catalogue, Table};
use std::collections::BTreeSet;

/// The tables that the patterns choose, with the parents that they need, by name.
pub(super) fn tables<'c>(
    catalogue: &'c Catalogue,
    include: &[String],
    exclude: &[String],
) -> Result<Vec<&'c Table>, CollectError> {
    let unknown = |pattern: &&String| !catalogue.tables().any(|table| matches(pattern, &table.name));
    if let Some(pattern) = include.iter().chain(exclude).find(unknown) {
        return Err(CollectError::NoSuchTable(sightline_model::untrusted::shortened(pattern, 100)));
    }
    let any = |patterns: &[String], name: &str| patterns.iter().any(|pattern| matches(pattern, name));
    let excluded = |table: &Table| catalogue.lineage(table).any(|table| any(exclude, &table.name));
    let chosen = |table: &&Table| (include.is_empty() || any(include, &table.name)) && !excluded(table);
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for table in catalogue.tables().filter(chosen) {
        names.extend(catalogue.lineage(table).map(|table| table.name.as_str()));
    }
    Ok(names.into_iter().filter_map(|name| catalogue.table(name)).collect())
}

/// Refuses what cannot be a region's name.
pub(super) fn check_regions(regions: &[String]) -> Result<(), CollectError> {
    match regions.iter().find(|name| !is_region(name)) {
        Some(name) => Err(CollectError::NoSuchRegion(sightline_model::untrusted::shortened(name, 100))),
        None => Ok(()),
    }
}

/// Whether a text can be a region's name, be it one that is not known yet. Names become parts of host names, so nothing else
/// may be let through, whether a user or an answer gives it.
pub(super) fn is_region(name: &str) -> bool {
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    plain && name.split('-').count() >= 3 && name.ends_with(|c: char| c.is_ascii_digit()) && name.len() < 40
}

/// Whether a text matches a pattern in which `*` is any text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = text.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::{is_region, matches};

    #[test]
    fn names_of_regions() {
        for (name, expected) in [
            ("eu-west-1", true),
            ("us-gov-east-1", true),
            ("useast1", false),
            ("eu-west-1.example.com/", false),
            ("", false),
        ] {
            assert_eq!(is_region(name), expected, "{name}");
        }
    }

    #[test]
    fn stars_are_any_text() {
        for (pattern, text, expected) in [
            ("aws_iam_*", "aws_iam_role", true),
            ("aws_iam_*", "aws_vpc", false),
            ("*_role", "aws_iam_role", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("ab*ba", "aba", false),
            ("*", "", true),
            ("aws_vpc", "aws_vpc_endpoint", false),
            ("arn:*:iam::aws:policy/*", "arn:aws-cn:iam::aws:policy/x", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
