//! From an inventory to asks.
//!
//! `bedrock:InvokeModel` and `bedrock:InvokeModelWithResponseStream` authorise Converse and ConverseStream too.
//! Source: <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html>.

use super::model::{Model, ModelKind, Models};
use super::profile;
use crate::organization::Question;
use crate::reach::{Ask, Doubt, Part};

/// What calls a model: whole answers, and streamed ones.
const INVOKE: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

const RUNTIME: &[&str] = &["bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeForUser"];

const ENDPOINT: &[&str] =
    &["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync", "sagemaker:InvokeEndpointWithResponseStream"];

/// Everything that can be asked of the inventory, in its order.
pub fn asks(models: &Models) -> Vec<Ask> {
    models.models.iter().flat_map(|model| of_model(model, models)).collect()
}

fn of_model(model: &Model, all: &Models) -> Vec<Ask> {
    let plain = |actions: &[&str]| actions.iter().map(|action| ask(action, model)).collect();
    match &model.kind {
        ModelKind::Foundation
        | ModelKind::CustomDeployment
        | ModelKind::Imported
        | ModelKind::Provisioned
        | ModelKind::Marketplace => invoke(model, all, |_| Vec::new()),
        ModelKind::InferenceProfile { models } => {
            invoke(model, all, |action| profile::destinations(model, models, action))
        }
        ModelKind::PromptRouter { models } => invoke(model, all, |action| profile::choices(model, models, action)),
        ModelKind::AgentAlias => plain(&["bedrock:InvokeAgent"]),
        ModelKind::FlowAlias => plain(&["bedrock:InvokeFlow"]),
        ModelKind::KnowledgeBase => plain(&["bedrock:Retrieve"]),
        ModelKind::Guardrail => plain(&["bedrock:ApplyGuardrail"]),
        ModelKind::MantleProject { models } => mantle(model, models),
        ModelKind::AgentRuntime { endpoints } => with_endpoints(model, endpoints, RUNTIME, "runtime-endpoint/DEFAULT"),
        ModelKind::Gateway => plain(&["bedrock-agentcore:InvokeGateway"]),
        ModelKind::Harness { endpoints } => {
            with_endpoints(model, endpoints, &["bedrock-agentcore:InvokeHarness"], "harness-endpoint/DEFAULT")
        }
        ModelKind::CodeInterpreter => plain(&["bedrock-agentcore:InvokeCodeInterpreter"]),
        ModelKind::Memory => plain(&["bedrock-agentcore:RetrieveMemoryRecords"]),
        ModelKind::Endpoint { components } => endpoint(model, components),
    }
}

fn ask(action: &str, model: &Model) -> Ask {
    Question::new(action, &model.arn, &model.account).into()
}

/// A call of a model: what is called, what that leads to, and the guardrails that are enforced on it.
fn invoke(model: &Model, all: &Models, further: impl Fn(&str) -> Vec<Part>) -> Vec<Ask> {
    let one = |action: &str| {
        let mut ask = ask(action, model);
        ask.parts.extend(further(action));
        ask.parts.extend(guardrails(model, all));
        ask
    };
    INVOKE.iter().map(|action| one(action)).collect()
}

/// Callers without `bedrock:ApplyGuardrail` on an enforced guardrail are denied the call.
///
/// Source: <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-resource-based-policies.html>.
fn guardrails<'m>(model: &'m Model, all: &'m Models) -> impl Iterator<Item = Part> + 'm {
    let here = all.guardrails.iter().filter(|guardrail| guardrail.region == model.region);
    here.map(|guardrail| Part {
        callers: guardrail.callers.clone(),
        ..Part::new(
            format!("enforced guardrail {}", guardrail.resource()),
            Question::new("bedrock:ApplyGuardrail", guardrail.resource(), &guardrail.account),
        )
    })
}

/// The model is no resource but a condition key.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockmantle.html>.
fn mantle(project: &Model, models: &[String]) -> Vec<Ask> {
    let action = "bedrock-mantle:CreateInference";
    if models.is_empty() {
        return vec![ask(action, project)];
    }
    let of = |model: &String| {
        let mut ask = ask(action, project);
        for part in &mut ask.parts {
            part.label.clone_from(model);
            part.question.context.insert("bedrock-mantle:Model".to_owned(), model.clone());
        }
        ask
    };
    models.iter().map(of).collect()
}

/// The reference lists what is called and its endpoint; whether both must be allowed is not settled.
///
/// Source: <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html>.
fn with_endpoints(model: &Model, endpoints: &[String], actions: &[&str], default: &str) -> Vec<Ask> {
    let default = [format!("{}/{default}", model.arn)];
    let endpoints = if endpoints.is_empty() { &default[..] } else { endpoints };
    let one = |action: &&str, endpoint: &String| {
        let mut ask = ask(action, model);
        let not = Doubt::Asked("AWS does not ask for the action on the endpoint beside what it belongs to".to_owned());
        ask.parts.push(Part::new(endpoint.clone(), Question::new(action, endpoint, &model.account)).doubted(not));
        ask
    };
    endpoints.iter().flat_map(|endpoint| actions.iter().map(move |action| one(action, endpoint))).collect()
}

/// An endpoint, and each of its components, which is a resource of the call beside it.
fn endpoint(model: &Model, components: &[String]) -> Vec<Ask> {
    let mut out = Vec::new();
    for action in ENDPOINT {
        if components.is_empty() {
            out.push(ask(action, model));
        }
        for component in components.iter().filter(|_| *action != "sagemaker:InvokeEndpointAsync") {
            let mut ask = ask(action, model);
            ask.parts.push(Part::new(component.clone(), Question::new(action, component, &model.account)));
            out.push(ask);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::ai_actions;

    #[test]
    fn every_action_is_one_that_uses_ai() {
        let actions = INVOKE.iter().chain(RUNTIME).chain(ENDPOINT);
        for action in actions {
            assert!(ai_actions().iter().any(|known| known.name == *action), "{action}");
        }
    }
}
