//! What one principal is granted and uses of AI, as IAM Analysis Finding.

use super::Made;
use super::event::{self, CREATE, IAM_ANALYSIS, NEW, milliseconds};
use super::object::{Object, text};
use super::resource::{cloud, user};
use jiff::Timestamp;
use serde_json::Value;
use sightline_model::finding::fingerprint;
use sightline_model::{Arn, Severity};

/// What one principal is granted, and what of it the logs show in use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PrincipalUse {
    /// the user's or role's ARN
    pub principal_arn: String,
    /// the time that the logs cover; none: nothing is known of use
    pub period: Option<(Timestamp, Timestamp)>,
    /// actions of AI services that it is granted
    pub granted: Vec<String>,
    /// those of them that logs would show in use, and do not
    pub unused: Vec<String>,
    /// those of them whose use logs do not show
    pub not_shown: Vec<String>,
    /// services, AI and other
    pub services: Vec<ServiceUse>,
    /// when a call of it was last seen
    pub last_seen: Option<Timestamp>,
    /// a policy in place of all that it has
    pub proposal: Option<Value>,
    /// what the answer rests on, a sentence each
    pub rests_on: Vec<String>,
}

/// A service of which something is granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceUse {
    /// the prefix of its actions
    pub service: String,
    /// granted actions that were looked at, and those of them that are unused; none for a service that is looked at as a whole
    pub actions: Option<(i64, i64)>,
    /// whether nothing of it is used; none where logs do not show that
    pub is_unused: Option<bool>,
    /// when it was last used
    pub last_seen: Option<Timestamp>,
}

/// The event of what one principal is granted and uses.
pub(super) fn compared(principal: &PrincipalUse, made: &Made) -> Object {
    let parsed = principal.principal_arn.parse::<Arn>().ok();
    let account = parsed.as_ref().map(Arn::account_id).unwrap_or_default();
    let name = parsed.as_ref().map_or(principal.principal_arn.as_str(), Arn::resource);
    let uid = fingerprint("unused-access", account, "", &principal.principal_arn);
    let (unused, granted) = (principal.unused.len(), principal.granted.len());
    let (severity, message) = match principal.period {
        None => (Severity::Info, format!("nothing is known of what {name} uses: no logs were read")),
        Some(_) if unused == 0 => (Severity::Info, format!("{name} has no action of AI that logs show unused")),
        Some(_) => {
            (Severity::Low, format!("{name} does not use {unused} of {granted} actions of AI that it is granted"))
        }
    };
    let info = Object::new()
        .set("uid", uid.clone())
        .text("title", &format!("What {name} is granted and uses of AI"))
        .text("desc", &message)
        .texts("types", ["unused-access"])
        .set("created_time", milliseconds(made.at))
        .some("first_seen_time", principal.period.map(|(first, _)| milliseconds(first)))
        .some("last_seen_time", principal.period.map(|(_, last)| milliseconds(last)));
    let unmapped = Object::new()
        .texts("unused", &principal.unused)
        .texts("not_shown_by_logs", &principal.not_shown)
        .texts("rests_on", &principal.rests_on)
        .some("proposed_policy", principal.proposal.clone());
    let metadata = Object::new().text("uid", &format!("{}/{uid}", made.at)).text("tenant_uid", account);
    event::event(&IAM_ANALYSIS, CREATE, severity, made.at, made, metadata)
        .text("message", &message)
        .set("status_id", NEW.0)
        .set("status", NEW.1)
        .set("status_code", if principal.period.is_some() { "compared" } else { "unknown" })
        .text("status_detail", &principal.rests_on.join("; "))
        .object("finding_info", info)
        .object("user", user(&principal.principal_arn, "", account))
        .set("permission_analysis_results", vec![analysis(principal).into_value()])
        .object(
            "identity_activity_metrics",
            Object::new().some("last_seen_time", principal.last_seen.map(milliseconds)),
        )
        .object("remediation", remediation(principal))
        .object("cloud", cloud(account, "", &principal.principal_arn))
        .object("unmapped", unmapped)
}

/// Counts of what is unused are said where logs tell, and nowhere else.
fn analysis(principal: &PrincipalUse) -> Object {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let unused_services = principal.services.iter().filter(|one| one.is_unused == Some(true)).count();
    let is_known = principal.period.is_some();
    Object::new()
        .texts("granted_privileges", &principal.granted)
        .set("analyzed_privileges_count", count(principal.granted.len()))
        .some("unused_privileges_count", is_known.then(|| count(principal.unused.len())))
        .some("unused_services_count", is_known.then(|| count(unused_services)))
        .objects("service_privilege_analysis_list", principal.services.iter().map(|one| service(one, is_known)))
}

fn service(of: &ServiceUse, is_known: bool) -> Object {
    Object::new()
        .set("name", if of.service.trim().is_empty() { "unknown".to_owned() } else { text(&of.service) })
        .some("analyzed_privileges_count", of.actions.map(|(all, _)| all))
        .some("unused_privileges_count", of.actions.filter(|_| is_known).map(|(_, unused)| unused))
        .some("all_privileges_unused", of.is_unused.filter(|_| is_known))
        .some("last_used_time", of.last_seen.map(milliseconds))
}

fn remediation(principal: &PrincipalUse) -> Object {
    match principal.proposal.is_some() && !principal.unused.is_empty() {
        false => Object::new(),
        true => Object::new().set(
            "desc",
            "Put the policy `unmapped.proposed_policy` in place of all policies of the principal, after a look at what it rests on.",
        ),
    }
}
