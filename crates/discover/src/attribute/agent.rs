//! Agents, flows, knowledge bases and runtimes of Bedrock: Bedrock calls in their role.

use sightline_model::Arn;
use sightline_model::edge::Confidence;

use super::{Attribution, shared};
use crate::binding::What;
use crate::caller::Caller;
use crate::estate::Estate;

const TABLES: &[&str] =
    &["aws_bedrock_agent", "aws_bedrock_agentcore_runtime", "aws_bedrock_flow", "aws_bedrock_knowledge_base"];

/// The event must come from Bedrock itself; the role tells for whom. A role of an AgentCore runtime is used by the code in it,
/// so there the address is the code's.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let of = |kinds: &[What]| -> Vec<Attribution> {
        let fitting = estate.bindings.of_role(&caller.issuer_arn, kinds);
        fitting
            .into_iter()
            .map(|thing| {
                let sentence = format!("the session's role is that of this {} alone", thing.what.word());
                Attribution::of(thing, Confidence::Session, sentence)
            })
            .collect()
    };
    if caller.issuer_arn.is_empty() {
        return None;
    }
    let code = of(&[What::Runtime]).into_iter();
    let services = ["bedrock-agentcore.amazonaws.com"];
    let mut candidates: Vec<Attribution> =
        code.map(|one| shared::unless_others(caller, estate, &services, one)).collect();
    if caller.is_bedrock() {
        candidates.extend(of(&[What::Agent, What::Flow, What::KnowledgeBase, What::Gateway]));
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
