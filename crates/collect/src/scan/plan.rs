//! Which tables a scan reads.

use crate::CollectError;
use crate::catalogue::{Catalogue, Table};
use sightline_model::pattern::matches;
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

#[cfg(test)]
mod tests {
    use super::is_region;

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
}
