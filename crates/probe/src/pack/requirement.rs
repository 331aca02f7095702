//! What probes answer to: ids of published catalogues. A test of this crate sees that they agree with those that checks name.

use super::Probe;
use serde::Deserialize;
use std::sync::LazyLock;

/// A catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// its key in probes: `owasp`, `atlas`, `nist_ai_rmf`
    pub key: String,
    /// its name for people
    pub title: String,
    /// `[id, name]` of each of its entries
    pub ids: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct File {
    catalogue: Vec<Requirement>,
}

static READ: LazyLock<Vec<Requirement>> = LazyLock::new(|| {
    // A test reads it, so it is never broken in what is shipped; a broken one knows no id, and no pack is read.
    toml::from_str::<File>(include_str!("../../data/requirements.toml")).map(|file| file.catalogue).unwrap_or_default()
});

/// All catalogues.
pub fn requirements() -> &'static [Requirement] {
    &READ
}

impl Requirement {
    /// The name of an entry.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.ids.iter().find(|(known, _)| known == id).map(|(_, name)| name.as_str())
    }

    /// The ids that a probe lists.
    pub fn of<'a>(&self, probe: &'a Probe) -> &'a [String] {
        match self.key.as_str() {
            "owasp" => &probe.owasp,
            "atlas" => &probe.atlas,
            _ => &probe.nist_ai_rmf,
        }
    }
}

/// Whether all ids of a probe exist.
pub(super) fn check(probe: &Probe) -> Result<(), String> {
    for catalogue in requirements() {
        if let Some(id) = catalogue.of(probe).iter().find(|id| catalogue.name(id).is_none()) {
            return Err(format!("`{id}` is no id of the {} that this version knows", catalogue.title));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogues_are_whole() {
        let counts: Vec<(&str, usize)> = requirements().iter().map(|one| (one.key.as_str(), one.ids.len())).collect();
        assert_eq!(counts, [("owasp", 10), ("atlas", 170), ("nist_ai_rmf", 72)]);
    }
}
