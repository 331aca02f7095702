//! What would let it be told.

use sightline_model::edge::Fix;

use super::super::Judged;
use super::{safe, text};

pub(super) fn of(control: &str, judged: &Judged) -> Vec<Fix> {
    if let Some(action) = denied(&judged.reason) {
        let action = safe(action, "ACTION");
        return vec![text(format!(
            "Grant `{action}` to the scanner's role and scan again; `sightline doctor` shows what else is missing."
        ))];
    }
    if judged.reason.contains("could not be read (") || judged.reason.contains("was not read") {
        return vec![text(
            "Scan the account and region that the reason names; `sightline doctor` shows what stands in the way.",
        )];
    }
    let said = match control {
        "guardrail_on_call" => "Model invocation logs show what each call named: switch them on, and ingest them.",
        "guardrail_enforced" => {
            "Enforce a guardrail for the account, or deny the identity calls that name none: then no policy needs to be understood."
        }
        "private_path" | "inspected_path" | "endpoint_policy" => {
            "Ingest flow logs of the workload's network and Resolver query logs: they show the way where the call's event does not."
        }
        "data_events_logged" => {
            "Give one trail or event data store a selector that takes all events of the kind, narrowed by nothing."
        }
        _ => return vec![],
    };
    vec![text(said)]
}

/// The action of `denied: service:Action` in a reason.
fn denied(reason: &str) -> Option<&str> {
    let (_, after) = reason.split_once("denied: ")?;
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || ":-*".contains(c))).unwrap_or(after.len());
    after.get(..end).filter(|action| action.contains(':'))
}
