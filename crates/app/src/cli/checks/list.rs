//! `sightline checks list`.

use crate::cli::Global;
use crate::cli::own_checks::OwnChecks;
use crate::config::Config;
use crate::exit::Exit;
use crate::print;
use crate::table::{Table, Tone};
use clap::{Args, ValueEnum};
use serde::Serialize;
use sightline_check::{Check, Selection};
use sightline_model::Severity;
use std::collections::BTreeMap;

/// List the checks that run, those of your own too
#[derive(Debug, Args)]
pub(crate) struct List {
    /// That answer to this framework, or to these controls of it (`cis-6.0`, `owasp-llm-2025:LLM06`, `cis-7.0:2.*`)
    #[arg(long, value_name = "FRAMEWORK[:CONTROL]")]
    framework: Option<String>,
    /// That are about this AWS service
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// Of this severity
    #[arg(long, value_name = "SEVERITY")]
    severity: Option<Severity>,
    #[command(flatten)]
    own: OwnChecks,
    /// How to print them
    #[arg(long, short, value_enum, default_value_t = Form::Table)]
    output: Form,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Table,
    Json,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    title: &'a str,
    severity: Severity,
    services: &'a [String],
    resource: &'a str,
    frameworks: &'a BTreeMap<String, Vec<String>>,
    file: &'a str,
}

impl List {
    /// Prints.
    pub(crate) fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let checks = self.own.load(&Config::load(global.config.as_deref())?)?;
        let severity = self.severity.map(|severity| severity.to_string());
        let mut chosen = checks;
        // Each must hold: a selection with several patterns takes what fits any.
        for pattern in [&self.framework, &self.service, &severity].into_iter().flatten() {
            chosen = Selection { select: vec![pattern.clone()], ignore: Vec::new() }.apply(chosen)?;
        }
        if self.json || self.output == Form::Json {
            print::json(&chosen.iter().map(row).collect::<Vec<_>>())?;
        } else {
            table(&chosen)?;
        }
        Ok(Exit::Clean)
    }
}

fn row(check: &Check) -> Row<'_> {
    let declaration = &check.declaration;
    Row {
        id: &check.id,
        title: &declaration.title,
        severity: declaration.severity,
        services: &declaration.services,
        resource: &declaration.resource,
        frameworks: &check.frameworks,
        file: &check.file,
    }
}

fn table(checks: &[Check]) -> anyhow::Result<()> {
    let mut table = Table::new(&["CHECK", "SEVERITY", "WHAT IS WRONG WHEN IT FAILS"]);
    for check in checks {
        let severity = check.declaration.severity;
        let tone = if severity >= Severity::High { Tone::Bad } else { Tone::Plain };
        table.row([
            (check.id.as_str(), Tone::Plain),
            (severity.as_str(), tone),
            (&check.declaration.title, Tone::Plain),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    print::note(&format!("{} checks; `sightline checks explain CHECK` tells more", checks.len()));
    Ok(())
}
