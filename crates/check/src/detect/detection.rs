//! A detection as it stands in its file.

use std::collections::BTreeMap;

use serde::Deserialize;
use sightline_model::Severity;

use crate::check::Param;
use crate::detect::stage::Stage;
use crate::detect::telemetry::Telemetry;
use crate::shared::SharedQuery;

/// One detection: `detections/<id>.md`.
#[derive(Debug, Clone)]
pub struct Detection {
    /// The file's name: kebab-case, names what happened, never reused for another meaning.
    pub id: String,
    /// path below `detections/`
    pub file: String,
    /// what its author declares
    pub declaration: DetectionDeclaration,
    /// Markdown: what it looks for and why that matters
    pub about: String,
    /// the query as written, before names are put in
    pub sql: String,
    /// line of the query's first line, from 1
    pub sql_line: usize,
    /// the shared queries that it needs, each behind those that it needs itself
    pub shared: Vec<SharedQuery>,
    /// Markdown: what else looks like it, and why that does not fire or weighs little
    pub false_positives: String,
    /// Markdown: what it cannot see
    pub blind_spots: String,
    /// Markdown: what to do when it fires
    pub response: String,
    /// Markdown: public pages
    pub references: String,
    /// its literate tests
    pub tests: Vec<DetectionTest>,
}

/// The front matter of a detection.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectionDeclaration {
    /// one line, says what happened
    pub title: String,
    /// how much it matters by itself
    pub severity: Severity,
    /// techniques of MITRE ATT&CK (`T1562.008`) and ATLAS (`AML.T0040`)
    pub tactics: Vec<String>,
    /// its place in the story of an attack
    pub stage: Stage,
    /// what it adds to the score of a case, where its rows say nothing else
    pub weight: i64,
    /// the telemetry without which its silence says nothing
    pub needs: Vec<Telemetry>,
    /// `$window` in the query, in hours
    #[serde(default = "one_day")]
    pub window_hours: u32,
    /// days before the window that it compares with; it says what is new or unusual for an identity
    #[serde(default)]
    pub history_days: u32,
    /// values that stand in the query as `$name`
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
}

fn one_day() -> u32 {
    24
}

/// One literate test.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectionTest {
    /// its heading
    pub title: String,
    /// line of the heading, from 1
    pub line: usize,
    /// table → rows; `missing` → words of telemetry that the test has nothing of
    pub rows: serde_json::Map<String, serde_json::Value>,
    /// what must come out
    pub expected: Vec<ExpectedSignal>,
}

/// One expected outcome of a test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpectedSignal {
    /// `signal <identity> "reason"`; the reason may be left out
    Signal {
        /// whose
        identity: String,
        /// what was seen, where the test cares
        reason: Option<String>,
    },
    /// `not assessable "reason"`: no answer, and why
    NotAssessable {
        /// why
        reason: String,
    },
}

impl Detection {
    /// Every name by which it can be selected: id, severity, stage and tactics.
    pub fn names(&self) -> Vec<String> {
        let declaration = &self.declaration;
        let mut names = vec![self.id.clone(), declaration.severity.to_string(), declaration.stage.as_str().to_owned()];
        names.extend(declaration.tactics.iter().cloned());
        names
    }
}
