//! What every event has: its class, its time, its severity, who made it.

use super::Made;
use super::object::Object;
use jiff::Timestamp;
use sightline_model::Severity;

/// The version of the schema.
const VERSION: &str = "1.8.0";
const PRODUCT: &str = "Sightline";

/// A class of events.
pub(super) struct Class {
    pub(super) uid: i64,
    pub(super) name: &'static str,
    pub(super) category: (i64, &'static str),
    pub(super) profiles: &'static [&'static str],
}

const FINDINGS: (i64, &str) = (2, "Findings");

pub(super) const COMPLIANCE: Class =
    Class { uid: 2003, name: "Compliance Finding", category: FINDINGS, profiles: &["cloud"] };
pub(super) const DETECTION: Class =
    Class { uid: 2004, name: "Detection Finding", category: FINDINGS, profiles: &["cloud"] };
pub(super) const IAM_ANALYSIS: Class =
    Class { uid: 2008, name: "IAM Analysis Finding", category: FINDINGS, profiles: &["cloud"] };
pub(super) const API_ACTIVITY: Class = Class {
    uid: 6003,
    name: "API Activity",
    category: (6, "Application Activity"),
    profiles: &["cloud", "ai_operation"],
};

/// What was done: its number in the class, and its name.
pub(super) type Activity = (i64, &'static str);

/// A finding is made; whether it was made before, no single run knows.
pub(super) const CREATE: Activity = (1, "Create");

/// A finding that waits for somebody.
pub(super) const NEW: (i64, &str) = (1, "New");
/// A finding that somebody decided to live with.
pub(super) const SUPPRESSED: (i64, &str) = (3, "Suppressed");

/// The attributes that every class has. `metadata`: what is known of this event beside its product.
pub(super) fn event(
    class: &Class,
    (activity_id, activity): Activity,
    severity: Severity,
    time: Timestamp,
    made: &Made,
    metadata: Object,
) -> Object {
    let product = Object::new().set("name", PRODUCT).set("vendor_name", PRODUCT).text("version", &made.version);
    let metadata = metadata
        .set("version", VERSION)
        .object("product", product)
        .set("profiles", class.profiles.to_vec())
        .set("logged_time", milliseconds(made.at));
    let (severity_id, severity) = severity_of(severity);
    Object::new()
        .set("class_uid", class.uid)
        .set("class_name", class.name)
        .set("category_uid", class.category.0)
        .set("category_name", class.category.1)
        .set("activity_id", activity_id)
        .set("activity_name", activity)
        .set("type_uid", class.uid * 100 + activity_id)
        .set("type_name", format!("{}: {}", class.name, if activity_id == 99 { "Other" } else { activity }))
        .set("severity_id", severity_id)
        .set("severity", severity)
        .set("time", milliseconds(time))
        .object("metadata", metadata)
}

/// Milliseconds since 1970, as OCSF has times.
pub(super) fn milliseconds(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// Number and caption of a severity.
pub(super) fn severity_of(severity: Severity) -> (i64, &'static str) {
    match severity {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}
