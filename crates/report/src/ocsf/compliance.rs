//! A finding of a check as Compliance Finding.

use super::Made;
use super::event::{self, COMPLIANCE, CREATE, NEW, SUPPRESSED};
use super::object::Object;
use super::resource::{Role, cloud, resource};
use crate::{Check, FixBlock, Report, ReportedFinding};
use serde_json::Value;
use sightline_model::{Mute, Severity, Status};

/// The event of one finding.
pub(super) fn finding(row: &ReportedFinding, report: &Report, made: &Made) -> Object {
    let finding = &row.finding;
    let check = report.checks.get(&finding.check_id);
    let metadata = Object::new()
        .text("uid", &format!("{}/{}", finding.run_id, finding.fingerprint))
        .text("event_code", &finding.check_id)
        .text("tenant_uid", &finding.account_id);
    let (status_id, status) = if row.mute.is_some() { SUPPRESSED } else { NEW };
    let unmapped = Object::new()
        .text("scan_id", &finding.scan_id)
        .text("run_id", &finding.run_id)
        .texts("missing_actions", &finding.missing_actions)
        .object("mute", row.mute.as_ref().map(mute).unwrap_or_default());
    event::event(&COMPLIANCE, CREATE, weight(finding.status, finding.severity), finding.evaluated_at, made, metadata)
        .text("message", &finding.reason)
        .set("status_id", status_id)
        .set("status", status)
        .set("status_code", finding.status.as_str())
        .text("status_detail", &finding.reason)
        .object("compliance", compliance(row, check))
        .object("finding_info", info(row, check))
        .object("remediation", remediation(&row.fix, check))
        .objects(
            "resources",
            [resource(&finding.resource, &finding.resource_title, "", &finding.region, Role::Affected)],
        )
        .object("cloud", cloud(&finding.account_id, &finding.region, &finding.resource))
        .object("unmapped", unmapped)
}

/// What is well, or not asked, does not weigh; what nobody could look at weighs as if it were wrong.
fn weight(status: Status, severity: Severity) -> Severity {
    match status {
        Status::Fail | Status::Unknown => severity,
        Status::Pass | Status::Skip => Severity::Info,
    }
}

/// Number and caption of a compliance status.
pub(super) fn status_of(status: Status) -> (i64, &'static str) {
    match status {
        Status::Pass => (1, "Pass"),
        Status::Fail => (3, "Fail"),
        Status::Unknown => (0, "Unknown"),
        Status::Skip => (99, "Not applicable"),
    }
}

fn compliance(row: &ReportedFinding, check: Option<&Check>) -> Object {
    let finding = &row.finding;
    let (status_id, status) = status_of(finding.status);
    let (severity_id, severity) = event::severity_of(finding.severity);
    let frameworks = || check.into_iter().flat_map(|check| &check.frameworks);
    let standards = || frameworks().map(|(framework, _)| framework);
    let requirements = frameworks().flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework} {id}")));
    let lacks = finding.missing_actions.iter().map(|action| format!("the scanner lacks `{action}`"));
    let own = Object::new()
        .text("uid", &finding.check_id)
        .text("name", &finding.title)
        .set("status_id", status_id)
        .set("status", status)
        .set("severity_id", severity_id)
        .set("severity", severity)
        .texts("standards", standards());
    Object::new()
        .text("control", &finding.check_id)
        .text("desc", &finding.title)
        .texts("standards", standards())
        .texts("requirements", requirements)
        .set("status_id", status_id)
        .set("status", status)
        .texts("status_details", std::iter::once(finding.reason.clone()).chain(lacks))
        .objects("checks", [own])
}

fn info(row: &ReportedFinding, check: Option<&Check>) -> Object {
    let finding = &row.finding;
    let page = check.and_then(|check| check.references.iter().find(|link| link.starts_with("https://")));
    let analytic =
        Object::new().text("uid", &finding.check_id).text("name", &finding.title).set("type_id", 1).set("type", "Rule");
    Object::new()
        .text("uid", &finding.fingerprint)
        .text("title", &finding.title)
        .text("desc", check.map(|check| check.rationale.as_str()).unwrap_or_default())
        .texts("types", ["posture"])
        .text("src_url", page.map(String::as_str).unwrap_or_default())
        .set("created_time", event::milliseconds(finding.evaluated_at))
        .object("analytic", analytic)
}

/// The fix, prose and blocks as they are read; where there is none, the pages to read.
fn remediation(fix: &[FixBlock], check: Option<&Check>) -> Object {
    let pages: Vec<&String> =
        check.into_iter().flat_map(|check| &check.references).filter(|link| link.starts_with("https://")).collect();
    let told = fix.iter().map(|block| match block.language.as_str() {
        "text" => block.text.clone(),
        language => format!("{language}:\n{}", block.text),
    });
    let told = told.collect::<Vec<_>>().join("\n\n");
    match (told.is_empty(), pages.is_empty()) {
        (true, true) => Object::new(),
        (true, false) => Object::new().set("desc", "See the references.").texts("references", pages),
        (false, _) => Object::new().lines("desc", &told).texts("references", pages),
    }
}

fn mute(mute: &Mute) -> Object {
    Object::new()
        .text("reason", &mute.reason)
        .text("owner", &mute.owner)
        .set("expires", Value::from(mute.expires.to_string()))
}
