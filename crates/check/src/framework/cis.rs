//! The CIS Amazon Web Services Foundations Benchmark: one list of controls, with the number that each has in each edition.

use serde::Deserialize;

use super::Framework;

const CONTROLS: &str = include_str!("../../data/cis.toml");
/// The edition whose numbers checks name.
pub(super) const NEWEST: &str = "cis-7.0";
const OLDER: [&str; 2] = ["cis-6.0", "cis-5.0"];
const URL: &str = "https://www.cisecurity.org/benchmark/amazon_web_services";

/// The benchmark.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cis {
    control: Vec<Control>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Control {
    v7: String,
    v6: Option<String>,
    v5: Option<String>,
    automated: bool,
}

impl Control {
    fn number(&self, framework: &str) -> Option<&str> {
        match framework {
            NEWEST => Some(&self.v7),
            "cis-6.0" => self.v6.as_deref(),
            _ => self.v5.as_deref(),
        }
    }
}

impl Cis {
    pub(super) fn read() -> Result<Self, toml::de::Error> {
        toml::from_str(CONTROLS)
    }

    /// The editions.
    pub(super) fn frameworks(&self) -> Vec<Framework> {
        [NEWEST].into_iter().chain(OLDER).map(|id| self.framework(id)).collect()
    }

    fn framework(&self, id: &str) -> Framework {
        let edition = id.trim_start_matches("cis-");
        Framework {
            id: id.to_owned(),
            title: format!("CIS Amazon Web Services Foundations Benchmark {edition}"),
            url: URL.to_owned(),
            controls: self.control.iter().filter_map(|control| control.number(id)).map(str::to_owned).collect(),
            patterns: Vec::new(),
            derived_from: (id != NEWEST).then_some(NEWEST),
        }
    }

    /// The numbers that controls of the newest edition have in older ones; an edition that has none of them is left out.
    pub(super) fn derived(&self, newest: &[String]) -> Vec<(&'static str, Vec<String>)> {
        let numbers = |framework: &'static str| {
            let of = |number: &String| {
                self.control.iter().find(|control| control.v7 == *number)?.number(framework).map(str::to_owned)
            };
            (framework, newest.iter().filter_map(of).collect::<Vec<_>>())
        };
        OLDER.into_iter().map(numbers).filter(|(_, numbers)| !numbers.is_empty()).collect()
    }

    /// Numbers in the newest edition of what the benchmark calls automated.
    pub(super) fn automated(&self) -> Vec<&str> {
        self.control.iter().filter(|control| control.automated).map(|control| control.v7.as_str()).collect()
    }
}
