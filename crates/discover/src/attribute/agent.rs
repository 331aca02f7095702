//! Agents, flows, knowledge bases and runtimes of Bedrock: Bedrock calls in their role.

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
    shared::one_of(caller, estate, TABLES, candidates)
}
