//! What an AI service was asked to run: the model, agent, knowledge base, flow, endpoint or runtime, as the request named it.

use super::node::Node;
use super::text::Text;
use std::borrow::Cow;

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

/// Where a knowledge base stands in a `RetrieveAndGenerate`.
const GENERATE: [&str; 3] = ["retrieveAndGenerateConfiguration", "knowledgeBaseConfiguration", "knowledgeBaseId"];

/// The target, from the request or else the first of the event's resources; empty for calls of other services and calls without one.
pub(crate) fn of_call<'r>(event_source: &str, request: Node<'r>, resource: Option<Cow<'r, str>>) -> Cow<'r, str> {
    if !SERVICES.contains(&event_source) {
        return Cow::default();
    }
    let [outer, middle, inner] = GENERATE;
    let generate = || Some(request.at(outer).at(middle).at(inner).kept()).filter(|target| !target.is_empty());
    named(request).or_else(generate).or(resource).unwrap_or_default()
}

/// What the request names, in one walk over its members.
fn named(request: Node<'_>) -> Option<Cow<'_, str>> {
    let mut firsts = [Text::default(); NAMES.len()];
    let mut seconds = [Text::default(); NAMES.len()];
    request.walk(|cursor| {
        cursor.object(|cursor, name| {
            let name = name.of(cursor.record()).whole();
            let value = cursor.text()?.of(cursor.record());
            for ((first, second), (target, alias)) in firsts.iter_mut().zip(&mut seconds).zip(NAMES) {
                if name == target {
                    *first = value;
                } else if alias.is_some_and(|alias| name == alias) {
                    *second = value;
                }
            }
            Some(())
        })
    });
    firsts
        .iter()
        .zip(&seconds)
        .map(|(first, second)| joined(first.kept(), second.kept()))
        .find(|target| !target.is_empty())
}

fn joined<'r>(first: Cow<'r, str>, second: Cow<'r, str>) -> Cow<'r, str> {
    // An alias given as an ARN names its owner itself.
    if first.is_empty() || second.is_empty() {
        first
    } else if second.starts_with("arn:") {
        second
    } else {
        Cow::Owned(format!("{first}/{second}"))
    }
}
