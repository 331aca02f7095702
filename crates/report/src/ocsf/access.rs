//! What principals may do with AI, as IAM Analysis Findings: one a principal.

use super::Made;
use super::event::{self, CREATE, IAM_ANALYSIS, NEW, milliseconds};
use super::object::Object;
use super::resource::{Role, cloud, resource, title_of, user};
use sightline_model::finding::fingerprint;
use sightline_model::model_access::AccessDecision;
use sightline_model::{Arn, ModelAccess, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// Resources, workloads and conditions that are named of one principal; the rest is counted.
const NAMED: usize = 100;

/// Who may use which AI, as the policies say.
#[derive(Debug, Clone)]
pub struct AccessReport<'a> {
    /// who makes the events, and when
    pub made: Made,
    /// rows of `model_access`
    pub rows: &'a [ModelAccess],
}

/// All rows of one principal.
#[derive(Default)]
struct Group<'a> {
    own: Vec<&'a ModelAccess>,
    workloads: BTreeMap<&'a str, &'a str>,
}

/// An event for each principal, in order of name. Who is outside of every account comes once for each workload that acts for them.
pub(super) fn principals(report: &AccessReport<'_>) -> Vec<Object> {
    let mut groups: BTreeMap<(&str, &str), Group<'_>> = BTreeMap::new();
    for row in report.rows {
        let is_outside = row.principal_kind == "outside";
        let group = groups.entry((&row.principal_arn, if is_outside { &row.workload_arn } else { "" })).or_default();
        if !row.workload_arn.is_empty() {
            group.workloads.insert(&row.workload_arn, &row.workload_kind);
        }
        // What a workload may is what its role may.
        if is_outside || row.workload_arn.is_empty() {
            group.own.push(row);
        }
    }
    groups.values().filter_map(|group| principal(group, &report.made)).collect()
}

fn principal(group: &Group<'_>, made: &Made) -> Option<Object> {
    let first = *group.own.first()?;
    let (allow, depends): (Vec<&ModelAccess>, Vec<&ModelAccess>) =
        group.own.iter().partition(|row| row.decision == AccessDecision::Allow);
    let is_outside = first.principal_kind == "outside";
    let workload = if is_outside { first.workload_arn.as_str() } else { "" };
    let uid = fingerprint("model-access", &first.account_id, workload, &first.principal_arn);
    let mut resources: BTreeMap<&str, &ModelAccess> = BTreeMap::new();
    for row in &group.own {
        resources.insert(&row.resource_arn, row);
    }
    let actions = names(group.own.iter().map(|row| row.action.as_str()));
    let through = group.own.iter().filter(|row| row.hops > 0).count();
    let message = format!(
        "may do {} actions on {} resources of AI: {} whatever a request brings, {} on conditions, {through} through others",
        actions.len(),
        resources.len(),
        allow.len(),
        depends.len(),
    );
    let name = first.principal_arn.parse::<Arn>().map_or(first.principal_arn.clone(), |arn| arn.resource().to_owned());
    let targets = resources.values().take(NAMED);
    let targets = targets.map(|row| resource(&row.resource_arn, "", &row.resource_kind, "", Role::Target));
    let info = Object::new()
        .set("uid", uid.clone())
        .text("title", &format!("{name} may use AI"))
        .text("desc", &message)
        .texts("types", ["model-access"])
        .set("created_time", milliseconds(first.evaluated_at));
    let unmapped = Object::new()
        .text("run_id", &first.run_id)
        .text("principal_kind", &first.principal_kind)
        .set("resources", resources.len())
        .set("answers", group.own.len())
        .set("answers_through_others", through);
    let metadata = Object::new().text("uid", &format!("{}/{uid}", first.run_id)).text("tenant_uid", &first.account_id);
    let severity = severity(is_outside, &allow);
    let event = event::event(&IAM_ANALYSIS, CREATE, severity, first.evaluated_at, made, metadata)
        .text("message", &format!("{name} {message}"))
        .set("status_id", NEW.0)
        .set("status", NEW.1)
        .object("finding_info", info)
        .object("user", user(&first.principal_arn, "", &first.account_id))
        .objects("permission_analysis_results", [granted(&allow), granted_on_conditions(&depends)])
        .objects("resources", targets)
        .objects("applications", group.workloads.iter().take(NAMED).map(|(arn, kind)| application(arn, kind)))
        .object("cloud", cloud(&first.account_id, "", &first.principal_arn))
        .object("unmapped", unmapped);
    Some(event)
}

/// Being granted something is no fault. Who is let in from outside, and who gets there only by way of others without a condition, is
/// worth a look.
fn severity(is_outside: bool, allow: &[&ModelAccess]) -> Severity {
    match (is_outside, allow) {
        (true, []) => Severity::Medium,
        (true, _) => Severity::High,
        (false, allow) if allow.iter().any(|row| row.hops > 0) => Severity::Medium,
        (false, _) => Severity::Info,
    }
}

fn granted(rows: &[&ModelAccess]) -> Object {
    let actions = names(rows.iter().map(|row| row.action.as_str()));
    match rows {
        [] => Object::new(),
        _ => Object::new().set("analyzed_privileges_count", actions.len()).texts("granted_privileges", actions),
    }
}

fn granted_on_conditions(rows: &[&ModelAccess]) -> Object {
    let residuals = names(rows.iter().map(|row| row.residual.as_str()).filter(|residual| !residual.is_empty()));
    match rows {
        [] => Object::new(),
        rows => {
            let policy = Object::new()
                .set("type", "on conditions")
                .lines("desc", &residuals.into_iter().take(NAMED).collect::<Vec<_>>().join("\n"));
            granted(rows).object("policy", policy)
        }
    }
}

fn application(arn: &str, kind: &str) -> Object {
    let name = arn.parse::<Arn>().map_or(arn.to_owned(), |arn| title_of(&arn).to_owned());
    match arn.trim().is_empty() {
        true => Object::new(),
        false => Object::new().text("uid", arn).text("name", &name).text("type", kind),
    }
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    all.collect()
}
