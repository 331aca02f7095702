//! Agents, flows, knowledge bases and runtimes of Bedrock: Bedrock calls in their role.

use sightline_model::Arn;
use sightline_model::edge::{Confidence, WorkloadKind};

use super::{Attribution, shared};
use crate::caller::Caller;
use crate::estate::{Bound, Estate};

const TABLES: &[&str] =
    &["aws_bedrock_agent", "aws_bedrock_agentcore_runtime", "aws_bedrock_flow", "aws_bedrock_knowledge_base"];

/// The event must come from Bedrock itself; the role tells for whom. A role of an AgentCore runtime is used by the code in it,
/// so there the address is the code's.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let of = |kind, what: &str, things: &[Bound]| -> Vec<Attribution> {
        let fitting = things.iter().filter(|thing| caller.has_role(&thing.role_arn));
        let sentence = format!("the session's role is that of {what} alone");
        fitting.map(|thing| Attribution::of(thing, kind, Confidence::Session, sentence.clone())).collect()
    };
    let mut candidates = of(WorkloadKind::Agent, "this runtime", &estate.runtimes);
    if caller.is_bedrock() {
        candidates.extend(of(WorkloadKind::Agent, "this agent", &estate.agents));
        candidates.extend(of(WorkloadKind::Flow, "this flow", &estate.flows));
        candidates.extend(of(WorkloadKind::Service, "this knowledge base", &estate.knowledge_bases));
    }
    prefer_named(caller, &mut candidates);
    shared::one_of(caller, estate, TABLES, candidates)
}

/// Things may share a role. Bedrock puts an agent's id into the session's name; that is a habit and not a promise, so it only chooses
/// among those whose role fits.
fn prefer_named(caller: &Caller, candidates: &mut Vec<Attribution>) {
    let is_named = |candidate: &Attribution| {
        let id = candidate.arn.parse::<Arn>().map(|arn| arn.name().to_owned()).unwrap_or_default();
        !id.is_empty() && caller.session_name.split('-').any(|part| part == id)
    };
    if candidates.iter().any(is_named) {
        candidates.retain(is_named);
    }
}
