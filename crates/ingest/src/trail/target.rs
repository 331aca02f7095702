//! What an AI service was asked to run: the model, agent, knowledge base, flow, endpoint or runtime, as the request named it.

use super::node::Node;

/// Services whose calls have a target. Other services use the same names for other things.
const SERVICES: [&str; 6] = [
    "bedrock.amazonaws.com",
    "bedrock-runtime.amazonaws.com",
    "bedrock-mantle.amazonaws.com",
    "bedrock-agentcore.amazonaws.com",
    "sagemaker.amazonaws.com",
    "aws-external-anthropic.amazonaws.com",
];

/// Names of the request that hold the target, the likeliest first. Where two stand together, as agent and alias, the target is
/// `<first>/<second>`, the way its ARN ends.
const NAMES: [(&str, Option<&str>); 20] = [
    ("modelId", None),
    ("agentId", Some("agentAliasId")),
    ("knowledgeBaseId", None),
    ("flowIdentifier", Some("flowAliasIdentifier")),
    ("endpointName", None),
    ("agentRuntimeArn", None),
    ("agentRuntimeId", None),
    ("model", None),
    ("modelArn", None),
    ("modelIdentifier", None),
    ("inferenceProfileIdentifier", None),
    ("provisionedModelId", None),
    ("customModelDeploymentIdentifier", None),
    ("promptIdentifier", None),
    ("gatewayIdentifier", None),
    ("memoryId", None),
    ("browserIdentifier", None),
    ("codeInterpreterIdentifier", None),
    ("projectId", None),
    ("foundationModel", None),
];

/// The target, from the request or else from the event's resources; empty for calls of other services and calls without one.
pub(crate) fn of_call(event_source: &str, request: Node<'_>, resources: &[String]) -> String {
    if !SERVICES.contains(&event_source) {
        return String::new();
    }
    let generate = request.at("retrieveAndGenerateConfiguration").at("knowledgeBaseConfiguration");
    let named = NAMES.iter().map(|(name, second)| joined(request, name, *second)).find(|target| !target.is_empty());
    named
        .or_else(|| Some(generate.at("knowledgeBaseId").text()).filter(|target| !target.is_empty()))
        .or_else(|| resources.first().cloned())
        .unwrap_or_default()
}

fn joined(request: Node<'_>, name: &str, second: Option<&str>) -> String {
    let first = request.at(name).text();
    let second = second.map(|name| request.at(name).text()).unwrap_or_default();
    // An alias given as an ARN names its owner itself.
    if first.is_empty() || second.is_empty() {
        first
    } else if second.starts_with("arn:") {
        second
    } else {
        format!("{first}/{second}")
    }
}
