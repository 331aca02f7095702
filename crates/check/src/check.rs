//! A check as it stands in its file.

use std::collections::BTreeMap;

use serde::Deserialize;
use sightline_model::{Severity, Status};

use crate::shared::SharedQuery;

/// One check: `checks/<service>/<id>.md`.
#[derive(Debug, Clone)]
pub struct Check {
    /// The file's name: kebab-case, names the bad pattern, never reused for another meaning.
    pub id: String,
    /// path below `checks/`, or as its author gave it
    pub file: String,
    /// what its author declares
    pub declaration: Declaration,
    /// framework → controls: those declared, and those that follow from them
    pub frameworks: BTreeMap<String, Vec<String>>,
    /// Markdown: what it looks for and why that matters
    pub about: String,
    /// the query as written, before parameters and shared queries are put in
    pub sql: String,
    /// line of the query's first line, from 1
    pub sql_line: usize,
    /// the shared queries that it needs, each behind those that it needs itself
    pub shared: Vec<SharedQuery>,
    /// how to repair what it finds
    pub fix: Vec<FixPart>,
    /// Markdown: AWS pages
    pub references: String,
    /// its literate tests
    pub cases: Vec<Case>,
}

/// The front matter of a check.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// one line, says what is wrong when it fails
    pub title: String,
    /// how much a failure matters
    pub severity: Severity,
    /// AWS services it speaks of, such as `bedrock`
    pub services: Vec<String>,
    /// the inventory table whose rows it judges
    pub resource: String,
    /// framework → controls; empty says that none has a control for it
    pub frameworks: BTreeMap<String, Vec<String>>,
    /// why no framework has a control for it, where none has
    #[serde(default)]
    pub no_framework: Option<String>,
    /// what a failure rests on
    pub fails_on: FailsOn,
    /// what an answer rests on
    #[serde(default)]
    pub scope: Scope,
    /// values that stand in the query as `$name`
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
}

/// What a failure rests on. It decides whether a failure still holds when something could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailsOn {
    /// Something was seen that should not be there: it stays seen, whatever else could not be read.
    Presence,
    /// Something was not seen: it may stand in what could not be read.
    Absence,
}

/// How far the query looks for the answer on one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Of the resource table only the row itself, so that another row whose detail could not be read does not matter.
    Row,
    /// All rows of its tables in the region, and the global ones.
    #[default]
    Region,
    /// All rows of its tables in the account.
    Account,
}

/// A value that stands in the query.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Param {
    /// a whole number
    Int(i64),
    /// text; quoted when put in
    Text(String),
}

/// A piece of the section on repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixPart {
    /// Markdown
    Prose(String),
    /// a block to run or to paste
    Block {
        /// `cli`, `terraform`, `json`, …
        language: String,
        /// with placeholders such as `{{resource}}`
        text: String,
    },
}

/// One literate test.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// its heading
    pub title: String,
    /// line of the heading, from 1
    pub line: usize,
    /// table → rows
    pub rows: serde_json::Map<String, serde_json::Value>,
    /// what must come out, in the order of resource
    pub expected: Vec<Expected>,
}

/// One expected finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// its resource
    pub resource: String,
    /// its status
    pub status: Status,
    /// its reason, where the test cares
    pub reason: Option<String>,
}

impl Check {
    /// Every name by which it can be selected: id, services, severity, frameworks and `framework:control`.
    pub fn names(&self) -> Vec<String> {
        let mut names = vec![self.id.clone(), self.declaration.severity.to_string()];
        names.extend(self.declaration.services.iter().cloned());
        for (framework, controls) in &self.frameworks {
            names.push(framework.clone());
            names.extend(controls.iter().map(|control| format!("{framework}:{control}")));
        }
        names
    }
}
