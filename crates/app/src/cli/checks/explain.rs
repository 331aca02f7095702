//! `sightline checks explain`: all that a check is and needs.

use crate::cli::Global;
use crate::cli::own_checks::OwnChecks;
use crate::config::Config;
use crate::exit::Exit;
use crate::{print, stage};
use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use sightline_check::{Check, FailsOn, FixPart, Scope, contract, tables};
use sightline_lake::Session;
use sightline_model::Severity;
use sightline_model::untrusted::for_terminal;
use std::collections::BTreeMap;

/// Tell what a check looks for: why, its query, the tables and IAM actions that it needs, frameworks, fix and references
#[derive(Debug, Args)]
pub(crate) struct ExplainCheck {
    /// The check's id
    #[arg(value_name = "CHECK")]
    id: String,
    #[command(flatten)]
    own: OwnChecks,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Explained<'a> {
    id: &'a str,
    title: &'a str,
    severity: Severity,
    services: &'a [String],
    resource: &'a str,
    risk: &'a str,
    fails_on: &'static str,
    scope: &'static str,
    query: String,
    tables: BTreeMap<String, Vec<String>>,
    frameworks: &'a BTreeMap<String, Vec<String>>,
    fix: Vec<Block<'a>>,
    references: Vec<String>,
    file: &'a str,
}

#[derive(Serialize)]
struct Block<'a> {
    language: &'a str,
    text: &'a str,
}

impl ExplainCheck {
    /// Prints.
    pub(crate) fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let checks = self.own.load(&Config::load(global.config.as_deref())?)?;
        let check = checks
            .iter()
            .find(|check| check.id == self.id)
            .with_context(|| format!("no check is named `{}`: `sightline checks list` has all", self.id))?;
        if self.json {
            print::json(&explained(check)?)?;
        } else {
            print::line(&lines(&text(check)?))?;
        }
        Ok(Exit::Clean)
    }
}

fn explained(check: &Check) -> anyhow::Result<Explained<'_>> {
    let declaration = &check.declaration;
    Ok(Explained {
        id: &check.id,
        title: &declaration.title,
        severity: declaration.severity,
        services: &declaration.services,
        resource: &declaration.resource,
        risk: &check.about,
        fails_on: fails_on(check),
        scope: scope(check),
        query: sightline_check::statement(check, super::test::NOW),
        tables: needs(check)?,
        frameworks: &check.frameworks,
        fix: check.fix.iter().map(block).collect(),
        references: contract::references(check),
        file: &check.file,
    })
}

fn block(part: &FixPart) -> Block<'_> {
    match part {
        FixPart::Prose(text) => Block { language: "text", text },
        FixPart::Block { language, text } => Block { language, text },
    }
}

/// The tables that the check reads, with the actions that reading them takes.
fn needs(check: &Check) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let catalogue = stage::catalogue()?;
    let session = Session::in_memory(&[], Vec::new())?;
    let read = tables(&session, check, super::test::NOW)?;
    Ok(read.into_iter().map(|table| (table.clone(), catalogue.actions_of(&table).into_iter().collect())).collect())
}

fn fails_on(check: &Check) -> &'static str {
    match check.declaration.fails_on {
        FailsOn::Presence => "presence",
        FailsOn::Absence => "absence",
    }
}

fn scope(check: &Check) -> &'static str {
    match check.declaration.scope {
        Scope::Row => "row",
        Scope::Region => "region",
        Scope::Account => "account",
    }
}

/// Everything, for people.
///
/// # Errors
/// The query does not parse.
pub(crate) fn text(check: &Check) -> anyhow::Result<String> {
    let declaration = &check.declaration;
    let fix: String = check.fix.iter().map(|part| shown(block(part))).collect();
    let needs: String =
        needs(check)?.iter().map(|(table, actions)| format!("\n  {table}: {}", actions.join(" "))).collect();
    Ok(format!(
        "{} ({}, {})\n\nRisk\n\n{}\n\nNeeds\n{needs}\n\nFrameworks\n{}\n\nQuery, on {}; a failure rests on {}, an answer on the {}\n\n{}\n\nFix\n\n{fix}References\n\n{}",
        declaration.title,
        check.id,
        declaration.severity,
        check.about,
        frameworks(&check.frameworks),
        declaration.resource,
        fails_on(check),
        scope(check),
        indented(&check.sql),
        check.references
    ))
}

/// One line a framework.
pub(crate) fn frameworks(frameworks: &BTreeMap<String, Vec<String>>) -> String {
    if frameworks.is_empty() {
        return "\n  none".to_owned();
    }
    frameworks.iter().map(|(framework, controls)| format!("\n  {framework} {}", controls.join(", "))).collect()
}

fn shown(block: Block<'_>) -> String {
    match block.language {
        "text" => format!("{}\n\n", block.text),
        language => format!("{language}:\n{}\n\n", indented(block.text)),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Line breaks are ours; what stands in a line may not be.
fn lines(text: &str) -> String {
    text.lines().map(for_terminal).collect::<Vec<_>>().join("\n")
}
