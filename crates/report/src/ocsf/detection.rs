//! Cases as Detection Findings; detections that could not be assessed as Compliance Findings, for they found nothing.

use super::Made;
use super::compliance::status_of;
use super::event::{self, COMPLIANCE, CREATE, DETECTION, NEW, milliseconds};
use super::object::Object;
use super::resource::{Role, account_of, cloud, resource, user};
use sightline_model::finding::fingerprint;
use sightline_model::{Case, Evidence, Severity, Signal, Status};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Addresses and models that are named of one case; the case's row has all.
const NAMED: usize = 100;

/// What a run of the detections found, and what of it OCSF is told.
#[derive(Debug, Clone)]
pub struct CaseReport<'a> {
    /// who makes the events, and when
    pub made: Made,
    /// the cases
    pub cases: &'a [Case],
    /// what could not be assessed
    pub not_assessed: &'a [NotAssessed],
    /// the catalogue's words, by the detection's id
    pub detections: &'a BTreeMap<String, DetectionOf>,
}

/// What the catalogue says of a detection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetectionOf {
    /// one line
    pub title: String,
    /// how much it matters by itself
    pub severity: Severity,
    /// techniques of ATT&CK (`T1580`, `T1562.008`) and ATLAS (`AML.T0040`)
    pub techniques: Vec<String>,
    /// what to do, a few sentences
    pub response: String,
}

/// A detection that could not be assessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAssessed {
    /// the detection
    pub detection_id: String,
    /// twelve digits; empty where none is known
    pub account_id: String,
    /// why, in one sentence
    pub reason: String,
}

/// The event of one case.
pub(super) fn case(case: &Case, report: &CaseReport<'_>) -> Object {
    let metadata =
        Object::new().text("uid", &format!("{}/{}", case.run_id, case.case_id)).text("tenant_uid", &case.account_id);
    let region = if let [only] = case.regions.as_slice() { only.as_str() } else { "" };
    let models = case.models.iter().take(NAMED).map(|model| resource(model, "", "model", region, Role::Target));
    let workload = resource(&case.workload_arn, "", "", region, Role::Actor);
    let unmapped = Object::new()
        .text("run_id", &case.run_id)
        .texts("regions", &case.regions)
        .texts("access_key_ids", case.access_key_ids.iter().take(NAMED))
        .texts("source_addresses", case.source_ips.iter().take(NAMED));
    event::event(&DETECTION, CREATE, case.severity, case.last_seen, &report.made, metadata)
        .text("message", &case.title)
        .set("status_id", NEW.0)
        .set("status", NEW.1)
        .set("is_alert", true)
        .set("start_time", milliseconds(case.first_seen))
        .set("end_time", milliseconds(case.last_seen))
        .set("count", case.events)
        .object("finding_info", info(case, report))
        .objects("evidences", case.signals.iter().map(|signal| evidence(signal, case)).chain(addresses(case)))
        .objects("resources", models.chain([workload]))
        .objects("observables", observables(case))
        .object("remediation", remediation(case, report))
        .object("cloud", cloud(&case.account_id, region, &case.identity_arn))
        .object("unmapped", unmapped)
}

fn info(case: &Case, report: &CaseReport<'_>) -> Object {
    let analytic = |signal: &Signal| {
        Object::new()
            .text("uid", &signal.detection_id)
            .text("name", &signal.title)
            .text("desc", &signal.reason)
            .set("type_id", 1)
            .set("type", "Rule")
    };
    let own = Object::new()
        .set("uid", "sightline-case")
        .set("name", "Signals of one identity that lie close in time")
        .set("type_id", 2)
        .set("type", "Behavioral");
    let mut techniques: Vec<&str> = of_case(case, report).flat_map(|of| &of.techniques).map(String::as_str).collect();
    techniques.sort_unstable();
    techniques.dedup();
    Object::new()
        .text("uid", &case.case_id)
        .text("title", &case.title)
        .text("desc", &case.summary)
        .texts("types", ["abuse-of-models"])
        .set("created_time", milliseconds(report.made.at))
        .set("first_seen_time", milliseconds(case.first_seen))
        .set("last_seen_time", milliseconds(case.last_seen))
        .object("analytic", own)
        .objects("related_analytics", case.signals.iter().map(analytic))
        .objects("attacks", techniques.into_iter().map(attack))
}

/// A technique, or the one that a sub-technique (`T1562.008`) belongs to, with it. Its number stands for its name, which some readers
/// ask for.
fn attack(id: &str) -> Object {
    let of = |id: &str| Object::new().text("uid", id).text("name", id);
    match id.split_once('.').filter(|(family, _)| family.starts_with('T')) {
        Some((technique, _)) => Object::new().object("technique", of(technique)).object("sub_technique", of(id)),
        None => Object::new().object("technique", of(id)),
    }
}

/// What one detection saw, and where in the logs it stands.
fn evidence(signal: &Signal, case: &Case) -> Object {
    let place = |evidence: &Evidence| {
        Object::new().text("object", &evidence.object).set("line", evidence.line).text("event_id", &evidence.event_id)
    };
    let data = Object::new()
        .text("detection", &signal.detection_id)
        .set("severity", signal.severity.as_str())
        .text("reason", &signal.reason)
        .set("events", signal.events)
        .set("first_seen_time", milliseconds(signal.first_seen))
        .set("last_seen_time", milliseconds(signal.last_seen))
        .objects("places", signal.evidence.iter().map(place));
    Object::new()
        .text("name", &signal.title)
        .object("actor", Object::new().object("user", user(&case.identity_arn, "", &case.account_id)))
        .object("data", data)
}

fn addresses(case: &Case) -> impl Iterator<Item = Object> {
    let of =
        |ip: &String| Object::new().set("name", "source address").object("src_endpoint", Object::new().text("ip", ip));
    ips(case).map(of)
}

/// Addresses alone: readers of older versions refuse the other kinds.
fn observables(case: &Case) -> impl Iterator<Item = Object> {
    ips(case).map(|ip| {
        let of = Object::new().set("name", "evidences.src_endpoint.ip").set("type_id", 2);
        of.set("type", "IP Address").text("value", ip)
    })
}

/// A service that called for somebody stands where the address does, and is none.
fn ips(case: &Case) -> impl Iterator<Item = &String> {
    case.source_ips.iter().filter(|ip| ip.parse::<IpAddr>().is_ok()).take(NAMED)
}

fn remediation(case: &Case, report: &CaseReport<'_>) -> Object {
    let mut told: Vec<&str> = Vec::new();
    for response in of_case(case, report).map(|of| of.response.trim()).filter(|response| !response.is_empty()) {
        if !told.contains(&response) {
            told.push(response);
        }
    }
    Object::new().lines("desc", &told.join("\n\n"))
}

fn of_case<'r>(case: &'r Case, report: &'r CaseReport<'_>) -> impl Iterator<Item = &'r DetectionOf> {
    case.signals.iter().filter_map(|signal| report.detections.get(&signal.detection_id))
}

/// A detection whose silence says nothing.
pub(super) fn not_assessed(gap: &NotAssessed, report: &CaseReport<'_>) -> Object {
    let of = report.detections.get(&gap.detection_id);
    let title = of.map_or(gap.detection_id.as_str(), |of| of.title.as_str());
    let (status_id, status) = status_of(Status::Unknown);
    let uid = fingerprint(&gap.detection_id, &gap.account_id, "", &gap.reason);
    let metadata = Object::new()
        .text("uid", &format!("{}/{uid}", report.made.at))
        .text("event_code", &gap.detection_id)
        .text("tenant_uid", &gap.account_id);
    let compliance = Object::new()
        .text("control", &gap.detection_id)
        .text("desc", title)
        .set("status_id", status_id)
        .set("status", status)
        .texts("status_details", [&gap.reason]);
    let info = Object::new()
        .set("uid", uid)
        .text("title", &format!("Not assessable: {title}"))
        .texts("types", ["telemetry"])
        .set("created_time", milliseconds(report.made.at));
    let account = account_of(&gap.account_id)
        .has("uid")
        .then(|| resource(&gap.account_id, &gap.account_id, "AWS account", "", Role::Affected));
    let severity = of.map_or(Severity::Medium, |of| of.severity);
    event::event(&COMPLIANCE, CREATE, severity, report.made.at, &report.made, metadata)
        .text("message", &gap.reason)
        .set("status_id", NEW.0)
        .set("status", NEW.1)
        .set("status_code", "not assessable")
        .text("status_detail", &gap.reason)
        .object("compliance", compliance)
        .object("finding_info", info)
        .objects("resources", account)
        .object("cloud", cloud(&gap.account_id, "", ""))
}
