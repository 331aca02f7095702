//! Findings as SARIF 2.1.0: a rule a check, a result a finding. Format: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
//!
//! A resource is no file, so a result has the ARN as logical location, and as the URI of its artefact for readers that want one.
//! What could not be decided is a result of kind `review`, never left out; what keeps the whole from being complete is a notification
//! of the invocation, which then was not successful.

mod document;

use crate::{Check, ReportError, ReportedFinding, json_lines};
use document::{
    Artifact, Automation, Component, Configuration, Invoked, Location, LogicalLocation, Message, Notification,
    Physical, Reported, Rule, RuleProperties, Run, Sarif, Suppression, Tool,
};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sightline_model::untrusted::{for_terminal, shortened};
use sightline_model::{Severity, Status};
use std::collections::BTreeMap;
use std::io;

/// The published schema.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Characters of one text.
const LONGEST: usize = 4_000;
/// What no URI may hold (RFC 3986), and `%` itself.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What was done to come to the findings.
pub(crate) struct Invocation {
    /// which kind of run it is, and which run
    pub(crate) id: String,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    /// what keeps it from being whole
    pub(crate) gaps: Vec<String>,
}

/// Writes the document.
pub(crate) fn write(
    format: &'static str,
    version: &str,
    findings: &[ReportedFinding],
    checks: &BTreeMap<String, Check>,
    invocation: &Invocation,
    out: &mut dyn io::Write,
) -> Result<(), ReportError> {
    let rules = rules(findings, checks);
    let places: BTreeMap<String, usize> =
        rules.iter().enumerate().map(|(place, rule)| (rule.id.clone(), place)).collect();
    let results = findings.iter().filter_map(|row| Some(result(row, *places.get(&row.finding.check_id)?))).collect();
    let sarif = Sarif {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver: Component { name: "sightline", semantic_version: version.to_owned(), rules } },
            automation_details: Automation { id: text(&invocation.id) },
            invocations: [invoked(invocation)],
            results,
        }],
    };
    json_lines::pretty(format, &sarif, out)
}

fn invoked(invocation: &Invocation) -> Invoked {
    let told = |gap: &String| Notification { level: "warning", message: message(gap) };
    Invoked {
        execution_successful: invocation.gaps.is_empty(),
        start_time_utc: invocation.started_at.map(|time| time.to_string()),
        end_time_utc: invocation.finished_at.map(|time| time.to_string()),
        tool_execution_notifications: invocation.gaps.iter().map(told).collect(),
    }
}

/// A rule for each check that has a finding, in order of id.
fn rules(findings: &[ReportedFinding], checks: &BTreeMap<String, Check>) -> Vec<Rule> {
    let used: BTreeMap<&str, &ReportedFinding> =
        findings.iter().map(|row| (row.finding.check_id.as_str(), row)).collect();
    used.into_iter().map(|(id, row)| rule(id, row, checks.get(id))).collect()
}

fn rule(id: &str, row: &ReportedFinding, check: Option<&Check>) -> Rule {
    let severity = check.map_or(row.finding.severity, |check| check.severity);
    let title = check.map_or(&row.finding.title, |check| &check.title);
    let rationale = check.map(|check| check.rationale.as_str()).unwrap_or_default();
    let tags = check.into_iter().flat_map(|check| &check.frameworks);
    // Any other scheme could run code when it is followed.
    let page = check.and_then(|check| check.references.iter().find(|link| link.starts_with("https://")));
    Rule {
        id: id.to_owned(),
        short_description: message(title),
        full_description: message(if rationale.is_empty() { title } else { rationale }),
        help_uri: page.map(|link| uri(link)),
        default_configuration: Configuration { level: level(severity) },
        properties: RuleProperties {
            tags: tags
                .flat_map(|(framework, ids)| ids.iter().map(move |id| text(&format!("{framework}/{id}"))))
                .collect(),
            security_severity: score(severity),
        },
    }
}

fn result(row: &ReportedFinding, rule_index: usize) -> Reported {
    let finding = &row.finding;
    let kind = match finding.status {
        Status::Fail => "fail",
        Status::Pass => "pass",
        Status::Skip => "notApplicable",
        Status::Unknown => "review",
    };
    let suppression = row.mute.as_ref().map(|mute| Suppression {
        kind: "external",
        justification: text(&format!("{} ({}, until {})", mute.reason, mute.owner, mute.expires)),
    });
    let prints = || BTreeMap::from([("sightline/v1", finding.fingerprint.clone())]);
    Reported {
        rule_id: finding.check_id.clone(),
        rule_index,
        kind,
        // The standard wants it so of all that is no failure.
        level: if finding.status == Status::Fail { level(finding.severity) } else { "none" },
        message: message(&finding.reason),
        locations: [Location {
            physical_location: Physical { artifact_location: Artifact { uri: uri(&finding.resource) } },
            logical_locations: [LogicalLocation {
                name: text(&finding.resource_title),
                fully_qualified_name: text(&finding.resource),
                kind: "resource",
            }],
        }],
        fingerprints: prints(),
        partial_fingerprints: prints(),
        suppressions: suppression.into_iter().collect(),
        properties: [("accountId", text(&finding.account_id)), ("region", text(&finding.region))].into(),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The middle of the band that code scanning shows under the same word (9.0, 7.0, 4.0 and 0.1 begin one).
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

fn text(untrusted: &str) -> String {
    for_terminal(&shortened(untrusted, LONGEST))
}

fn message(untrusted: &str) -> Message {
    Message { text: text(untrusted) }
}

fn uri(untrusted: &str) -> String {
    utf8_percent_encode(&shortened(untrusted, LONGEST), UNSAFE).to_string()
}
