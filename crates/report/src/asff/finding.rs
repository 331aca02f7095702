//! One finding, each field within the length that Security Hub takes.

use super::document::{
    Compliance, Details, Finding, Note, Recommendation, Remediation, Resource, Severity, StatusReason, Workflow,
};
use super::place::Place;
use super::resource;
use crate::{Check, Report, ReportedFinding};
use sightline_model::untrusted::{for_terminal, shortened};
use sightline_model::{Arn, Severity as Grave, Status};
use std::collections::BTreeMap;

/// Characters that fields may have.
const ID: usize = 512;
const TITLE: usize = 256;
const DESCRIPTION: usize = 1_024;
const RECOMMENDATION: usize = 512;
const URL: usize = 2_048;
const FIELD: usize = 2_048;
const OTHER: usize = 1_024;
const REQUIREMENT: usize = 64;
const REASON: usize = 2_048;
const NOTE: usize = 512;
/// Requirements, and types, that one finding may name.
const REQUIREMENTS: usize = 32;
const TYPES: usize = 50;

/// The finding.
pub(super) fn finding(row: &ReportedFinding, report: &Report, place: &Place) -> Finding {
    let finding = &row.finding;
    let check = report.checks.get(&finding.check_id);
    let at = finding.evaluated_at.to_string();
    let page = check.and_then(|check| check.references.iter().find(|link| is_page(link)));
    Finding {
        schema_version: "2018-10-08",
        id: bounded(&finding.fingerprint, ID),
        product_arn: format!(
            "arn:{}:securityhub:{}:{}:product/{}/default",
            place.partition, place.region, place.account, place.account
        ),
        product_name: "Sightline",
        company_name: "Sightline",
        generator_id: bounded(&format!("sightline/{}", finding.check_id), ID),
        aws_account_id: place.account.clone(),
        types: types(check),
        created_at: at.clone(),
        updated_at: at.clone(),
        last_observed_at: at.clone(),
        severity: severity(row),
        title: or(bounded(&finding.title, TITLE), &bounded(&finding.check_id, TITLE)),
        description: description(row, check),
        remediation: remediation(row, page),
        source_url: page.map(|page| bounded(page, URL)),
        product_fields: fields(row, report),
        resources: [resource(row, place)],
        compliance: compliance(row, check),
        workflow: Workflow { status: workflow(row) },
        record_state: if finding.status == Status::Skip { "ARCHIVED" } else { "ACTIVE" },
        note: row.mute.as_ref().map(|mute| Note {
            text: or(bounded(&format!("muted until {}: {}", mute.expires, mute.reason), NOTE), "muted"),
            updated_by: or(bounded(&mute.owner, NOTE), "sightline"),
            updated_at: at,
        }),
    }
}

/// Only what fails, or could not be looked at, weighs.
fn severity(row: &ReportedFinding) -> Severity {
    let finding = &row.finding;
    let label = match (finding.status, finding.severity) {
        (Status::Pass | Status::Skip, _) | (_, Grave::Info) => "INFORMATIONAL",
        (_, Grave::Low) => "LOW",
        (_, Grave::Medium) => "MEDIUM",
        (_, Grave::High) => "HIGH",
        (_, Grave::Critical) => "CRITICAL",
    };
    Severity { label, original: finding.severity.as_str() }
}

/// Security Hub makes `RESOLVED` new by itself when what passed fails. It heeds this at the first import alone.
fn workflow(row: &ReportedFinding) -> &'static str {
    match (&row.mute, row.finding.status) {
        (Some(_), _) => "SUPPRESSED",
        (None, Status::Pass) => "RESOLVED",
        (None, _) => "NEW",
    }
}

fn compliance(row: &ReportedFinding, check: Option<&Check>) -> Compliance {
    let finding = &row.finding;
    let (status, code) = match finding.status {
        Status::Pass => ("PASSED", None),
        Status::Fail => ("FAILED", None),
        Status::Unknown => ("NOT_AVAILABLE", Some("SIGHTLINE_UNKNOWN")),
        Status::Skip => ("NOT_AVAILABLE", Some("SIGHTLINE_NOT_APPLICABLE")),
    };
    let lacks = match finding.missing_actions.as_slice() {
        [] => String::new(),
        actions => format!("; the scanner lacks {}", actions.join(", ")),
    };
    let reason = code.map(|reason_code| StatusReason {
        reason_code,
        description: or(bounded(&format!("{}{lacks}", finding.reason), REASON), "no reason was given"),
    });
    let frameworks = check.into_iter().flat_map(|check| &check.frameworks);
    let requirements = frameworks.flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework} {id}")));
    Compliance {
        status,
        related_requirements: requirements.take(REQUIREMENTS).map(|one| bounded(&one, REQUIREMENT)).collect(),
        status_reasons: reason.into_iter().collect(),
    }
}

/// `namespace/category/classifier`: a slash inside would begin another part.
fn types(check: Option<&Check>) -> Vec<String> {
    let own = "Software and Configuration Checks/AWS Security Best Practices/AI Workloads".to_owned();
    let of = |framework: &String| {
        let name = bounded(&framework.replace('/', " "), REQUIREMENT);
        format!("Software and Configuration Checks/Industry and Regulatory Standards/{name}")
    };
    let frameworks = check.into_iter().flat_map(|check| check.frameworks.keys()).filter(|name| !name.trim().is_empty());
    std::iter::once(own).chain(frameworks.map(of)).take(TYPES).collect()
}

fn description(row: &ReportedFinding, check: Option<&Check>) -> String {
    let rationale = check.map(|check| check.rationale.as_str()).unwrap_or_default();
    let told = [row.finding.reason.as_str(), rationale].map(str::trim);
    let told: Vec<&str> = told.into_iter().filter(|part| !part.is_empty()).collect();
    or(bounded(&told.join(". "), DESCRIPTION), &bounded(&row.finding.check_id, DESCRIPTION))
}

/// What to do in prose; the commands are product fields, where they have room.
fn remediation(row: &ReportedFinding, page: Option<&String>) -> Option<Remediation> {
    let prose: Vec<&str> =
        row.fix.iter().filter(|block| block.language == "text").map(|block| block.text.trim()).collect();
    let text = bounded(&prose.join(" "), RECOMMENDATION);
    let url = page.map(|page| bounded(page, URL));
    if text.trim().is_empty() && url.is_none() {
        return None;
    }
    Some(Remediation { recommendation: Recommendation { text: or(text, "See the page."), url } })
}

fn fields(row: &ReportedFinding, report: &Report) -> BTreeMap<String, String> {
    let finding = &row.finding;
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    let mut add = |name: &str, value: &str| {
        let value = bounded(value, FIELD);
        if !value.trim().is_empty() {
            fields.insert(format!("sightline/{name}"), value);
        }
    };
    add("version", &report.version);
    add("check", &finding.check_id);
    add("status", finding.status.as_str());
    add("region", &finding.region);
    add("scan", &finding.scan_id);
    add("missing-actions", &finding.missing_actions.join(" "));
    if let Some(mute) = &row.mute {
        add("mute-reason", &mute.reason);
        add("mute-owner", &mute.owner);
        add("mute-expires", &mute.expires.to_string());
    }
    for block in row.fix.iter().filter(|block| block.language != "text") {
        let language: String = block.language.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        // A command that is cut does something else than it says.
        if block.text.chars().count() < FIELD {
            let text = block.text.split('\n').map(for_terminal).collect::<Vec<_>>().join("\n");
            fields.insert(format!("sightline/fix-{language}"), text);
        }
    }
    fields.retain(|_, value| !value.trim().is_empty());
    fields
}

fn resource(row: &ReportedFinding, place: &Place) -> Resource {
    let finding = &row.finding;
    let arn = finding.resource.parse::<Arn>().ok();
    let kind = arn.as_ref().map(|arn| format!("{}:{}", arn.service(), arn.resource_type())).unwrap_or_default();
    let other = [("Name", finding.resource_title.as_str()), ("Kind", kind.trim_end_matches(':'))];
    let id = or(bounded(&finding.resource, ID), &bounded(&finding.resource_title, ID));
    Resource {
        r#type: resource::kind(arn.as_ref()),
        id: or(id, &format!("AWS::::Account:{}", place.account)),
        partition: hub_partition(&place.partition),
        region: place.region.clone(),
        details: Details {
            other: other
                .into_iter()
                .map(|(name, value)| (name, bounded(value, OTHER)))
                .filter(|(_, value)| !value.trim().is_empty())
                .collect(),
        },
    }
}

/// The word that Security Hub has for a partition, where it has one.
fn hub_partition(partition: &str) -> Option<&'static str> {
    match partition {
        "aws" => Some("aws"),
        "aws-cn" => Some("aws-cn"),
        "aws-us-gov" => Some("aws-us-gov"),
        "aws-iso" => Some("aws-us-iso"),
        "aws-iso-b" => Some("aws-us-iso-b"),
        _ => None,
    }
}

fn is_page(link: &str) -> bool {
    link.starts_with("https://") && link.len() < URL
}

/// At most `limit` characters on one line, the mark of what was cut among them.
fn bounded(untrusted: &str, limit: usize) -> String {
    match untrusted.chars().nth(limit) {
        None => for_terminal(untrusted),
        Some(_) => for_terminal(&shortened(untrusted, limit - 1)),
    }
}

/// The text, or another where it says nothing: Security Hub takes none that is blank.
fn or(text: String, otherwise: &str) -> String {
    if text.trim().is_empty() { otherwise.to_owned() } else { text }
}
