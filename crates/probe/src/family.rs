//! Families of probes as what findings are of: a check a family, whose id is `probe-` and the family's.

use crate::pack::{Pack, Requirement, packs, requirements};
use serde::Deserialize;
use sightline_model::Severity;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The family that stands for all that is not shipped.
const OTHER: &str = "other";
/// What the ids of these checks begin with.
const PREFIX: &str = "probe-";

/// A family.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// as in probes; `other` stands for all families that are not shipped
    pub id: String,
    /// one line, says what is wrong when it fails
    pub title: String,
    /// how much a break matters
    pub severity: Severity,
    /// why it matters
    pub about: String,
    /// what helps
    pub fix: String,
    /// pages to read
    pub references: Vec<String>,
    /// key of a catalogue ([`Requirement::key`]) → ids
    #[serde(default)]
    pub requirements: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct File {
    family: Vec<Family>,
}

static READ: LazyLock<Vec<Family>> = LazyLock::new(|| {
    // A test reads both, so they are never broken in what is shipped.
    let families = toml::from_str::<File>(include_str!("../data/families.toml")).map(|file| file.family);
    let packs = packs().unwrap_or_default();
    families.unwrap_or_default().into_iter().map(|family| family.with_requirements(&packs)).collect()
});

/// All families, those that ship and `other`.
pub fn families() -> &'static [Family] {
    &READ
}

impl Family {
    /// The family of this name, or `other`.
    pub fn named(name: &str) -> Option<&'static Self> {
        let by_id = |id: &str| families().iter().find(|family| family.id == id);
        by_id(name).or_else(|| by_id(OTHER))
    }

    /// The id of the check.
    pub fn check_id(&self) -> String {
        format!("{PREFIX}{}", self.id)
    }

    fn with_requirements(self, packs: &[Pack]) -> Self {
        let own = || packs.iter().flat_map(|pack| &pack.probes).filter(|probe| probe.family == self.id);
        let of = |catalogue: &Requirement| -> BTreeSet<String> {
            own().flat_map(|probe| catalogue.of(probe)).cloned().collect()
        };
        let mut all = self.requirements.clone();
        for catalogue in requirements() {
            let ids = of(catalogue);
            if !ids.is_empty() {
                all.insert(catalogue.key.clone(), ids.into_iter().collect());
            }
        }
        Self { requirements: all, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::BENIGN;

    #[test]
    fn every_family_that_ships_is_told() {
        let told: BTreeSet<&str> = families().iter().map(|family| family.id.as_str()).collect();
        let packs = packs().unwrap();
        let mut shipped: BTreeSet<&str> =
            packs.iter().flat_map(|pack| &pack.probes).map(|probe| probe.family.as_str()).collect();
        shipped.extend([BENIGN, OTHER]);
        assert_eq!(told, shipped);
    }

    #[test]
    fn every_family_answers_to_requirements_that_exist() {
        for family in families() {
            assert!(!family.requirements.is_empty(), "{}", family.id);
            for (key, ids) in &family.requirements {
                let catalogue = requirements().iter().find(|catalogue| catalogue.key == *key).unwrap();
                for id in ids {
                    assert!(catalogue.name(id).is_some(), "{}: {key} {id}", family.id);
                }
            }
            assert!(family.references.iter().all(|page| page.starts_with("https://docs.aws.amazon.com/")));
        }
        assert_eq!(Family::named("direct-injection").unwrap().requirements["owasp"], ["LLM01"]);
        assert_eq!(Family::named("mine").unwrap().check_id(), "probe-other");
    }
}
