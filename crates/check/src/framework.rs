//! The frameworks that checks answer to, from `data/frameworks.toml` and `data/cis.toml`. A check names controls of all but
//! those that are derived: the numbers of CIS 5.0 and 6.0 follow from those of 7.0.

mod cis;
mod ids;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::CheckError;
use cis::Cis;

const FRAMEWORKS: &str = include_str!("../data/frameworks.toml");

/// A published catalogue of controls.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// as written in a check's front matter
    pub id: String,
    /// its name for people
    pub title: String,
    /// who publishes it, and where
    pub url: String,
    /// every control, in the framework's order; empty where the ids follow a pattern
    #[serde(default)]
    pub controls: Vec<String>,
    /// how ids look, `#` for a digit; empty where all are listed
    #[serde(default)]
    pub patterns: Vec<String>,
    /// the framework whose controls it takes under numbers of its own
    #[serde(skip)]
    pub derived_from: Option<&'static str>,
}

impl Framework {
    /// Whether there is a control of this id.
    pub fn has(&self, control: &str) -> bool {
        self.controls.iter().any(|known| known == control)
            || self.patterns.iter().any(|pattern| ids::fits(control, pattern))
    }

    /// What an id looks like, for people.
    pub(crate) fn examples(&self) -> String {
        let some: Vec<&str> = match (self.controls.as_slice(), self.patterns.as_slice()) {
            ([], patterns) => patterns.iter().map(String::as_str).collect(),
            ([first, .., last], _) => vec![first, "…", last],
            (all, _) => all.iter().map(String::as_str).collect(),
        };
        some.join(" ")
    }
}

/// All frameworks, and what ties some of them together.
#[derive(Debug)]
pub struct Frameworks {
    all: Vec<Framework>,
    cis: Cis,
}

#[derive(Deserialize)]
struct File {
    framework: Vec<Framework>,
}

/// All frameworks.
///
/// # Errors
/// A data file is broken; a test of this crate keeps that from being shipped.
pub fn frameworks() -> Result<&'static Frameworks, CheckError> {
    static READ: LazyLock<Result<Frameworks, String>> = LazyLock::new(Frameworks::read);
    READ.as_ref().map_err(|reason| CheckError::Data { reason: reason.clone() })
}

impl Frameworks {
    fn read() -> Result<Self, String> {
        let file: File = toml::from_str(FRAMEWORKS).map_err(|error| format!("frameworks.toml: {error}"))?;
        let cis = Cis::read().map_err(|error| format!("cis.toml: {error}"))?;
        let listed = file.framework.into_iter().map(|framework| Framework {
            controls: framework.controls.iter().flat_map(|controls| ids::expanded(controls)).collect(),
            ..framework
        });
        let mut all: Vec<Framework> = listed.chain(cis.frameworks()).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { all, cis })
    }

    /// Each, by id.
    pub fn all(&self) -> &[Framework] {
        &self.all
    }

    /// The one of this id.
    pub fn get(&self, id: &str) -> Option<&Framework> {
        self.all.iter().find(|framework| framework.id == id)
    }

    /// What a check declares, and what follows from it.
    pub(crate) fn with_derived(&self, declared: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
        let mut all = declared.clone();
        if let Some(controls) = declared.get(cis::NEWEST) {
            for (framework, controls) in self.cis.derived(controls) {
                all.insert(framework.to_owned(), controls);
            }
        }
        all
    }

    /// The controls of CIS 7.0 that the benchmark calls automated.
    pub fn automated_cis(&self) -> Vec<&str> {
        self.cis.automated()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_counted_as_their_publishers_count_them() {
        let frameworks = frameworks().unwrap();
        let count = |id: &str| frameworks.get(id).unwrap().controls.len();
        assert_eq!(count("aws-security-hub-ai-1.0"), 31);
        assert_eq!(count("aws-ai-security"), 63);
        assert_eq!((count("cis-7.0"), count("cis-6.0"), count("cis-5.0")), (70, 61, 61));
        assert_eq!((count("iso-42001"), count("nist-ai-rmf")), (38, 72));
        assert_eq!((count("owasp-llm-2025"), count("eu-ai-act")), (10, 113));
        let atlas = frameworks.get("mitre-atlas").unwrap();
        assert!(atlas.has("AML.T0051") && atlas.has("AML.T0051.000") && atlas.has("AML.M0004"));
        assert!(!atlas.has("AML.T51") && !atlas.has("T0051"));
    }

    #[test]
    fn older_numbers_follow_from_the_newest() {
        let declared = BTreeMap::from([("cis-7.0".to_owned(), vec!["2.4".to_owned(), "6.8".to_owned()])]);
        let all = frameworks().unwrap().with_derived(&declared);
        assert_eq!(all["cis-6.0"], ["2.3"]);
        assert_eq!(all["cis-5.0"], ["1.3"]);
        assert_eq!(all["cis-7.0"].len(), 2, "6.8 came with 7.0");
    }
}
