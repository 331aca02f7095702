//! `data_events_logged`: does CloudTrail keep these calls?
//!
//! Calls of models on `bedrock-runtime` are management events, which a trail has unless it keeps writes alone. Calls of agents, knowledge
//! bases, flows, runtimes and endpoints, and those that answer later or in both directions, are data events: kept only where a selector
//! asks for their kind of resource.
//! Sources: <https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>.

use sightline_model::edge::Tri;

use super::trail::Event;
use super::{Judged, Subject};
use crate::calls::Plane;
use crate::estate::Estate;

/// Calls, whose events they are, and the kinds of resources of which any will do; none: a management event.
const EVENTS: &[(&str, &str, &[&str])] = &[
    ("InvokeModel", BEDROCK, &[]),
    ("InvokeModelWithResponseStream", BEDROCK, &[]),
    ("Converse", BEDROCK, &[]),
    ("ConverseStream", BEDROCK, &[]),
    ("ChatCompletions", BEDROCK, &[]),
    ("InvokeModelWithBidirectionalStream", BEDROCK, &["AWS::Bedrock::Model"]),
    ("StartAsyncInvoke", BEDROCK, &["AWS::Bedrock::AsyncInvoke", "AWS::Bedrock::Model"]),
    ("InvokeAgent", BEDROCK, &["AWS::Bedrock::AgentAlias"]),
    ("InvokeInlineAgent", BEDROCK, &["AWS::Bedrock::InlineAgent"]),
    ("InvokeFlow", BEDROCK, &["AWS::Bedrock::FlowAlias"]),
    ("StartFlowExecution", BEDROCK, &["AWS::Bedrock::FlowExecution", "AWS::Bedrock::FlowAlias"]),
    ("Retrieve", BEDROCK, &["AWS::Bedrock::KnowledgeBase"]),
    ("RetrieveAndGenerate", BEDROCK, &["AWS::Bedrock::KnowledgeBase"]),
    ("RetrieveAndGenerateStream", BEDROCK, &["AWS::Bedrock::KnowledgeBase"]),
    (
        "InvokeAgentRuntime",
        "bedrock-agentcore.amazonaws.com",
        &["AWS::BedrockAgentCore::Runtime", "AWS::BedrockAgentCore::RuntimeEndpoint"],
    ),
    ("InvokeEndpoint", SAGEMAKER, &["AWS::SageMaker::Endpoint"]),
    ("InvokeEndpointAsync", SAGEMAKER, &["AWS::SageMaker::Endpoint"]),
    ("InvokeEndpointWithResponseStream", SAGEMAKER, &["AWS::SageMaker::Endpoint"]),
    ("CreateInference", "bedrock-mantle.amazonaws.com", &["AWS::BedrockMantle::Project"]),
];
const BEDROCK: &str = "bedrock.amazonaws.com";
const SAGEMAKER: &str = "sagemaker.amazonaws.com";

pub(super) fn judge(subject: &Subject, estate: &Estate) -> Judged {
    if subject.is_only(Plane::Foreign) {
        return Judged::no("CloudTrail sees no calls of what AWS does not serve");
    }
    let names = names(subject);
    if names.is_empty() {
        return Judged::unknown("which calls these are is not known, and CloudTrail keeps each kind on its own");
    }
    let judged = names.into_iter().map(|name| of_call(name, subject, estate));
    Judged::worst(judged).unwrap_or_else(|| Judged::unknown("which calls these are is not known"))
}

/// The calls that were seen; where connections alone were, one that the service has.
fn names(subject: &Subject) -> Vec<&str> {
    if !subject.apis.is_empty() {
        return subject.apis.iter().map(String::as_str).collect();
    }
    let of_plane = |plane: &Plane| match plane {
        Plane::Model => Some("InvokeModel"),
        Plane::Endpoint => Some("InvokeEndpoint"),
        Plane::Mantle => Some("CreateInference"),
        Plane::Application | Plane::Foreign => None,
    };
    subject.planes.iter().filter_map(of_plane).collect()
}

/// The kinds of resources of a call, and the source of its events. None where the documentation does not tell.
pub(super) fn kinds(name: &str) -> Option<(&'static str, &'static [&'static str])> {
    let found = EVENTS.iter().find(|(known, ..)| *known == name);
    found.map(|(_, source, kinds)| (*source, *kinds))
}

/// The kind of resource whose data events are missing; none where management events are.
pub(super) fn missing(subject: &Subject, estate: &Estate) -> Option<Option<&'static str>> {
    let judged = names(subject).into_iter().map(|name| (kinds(name), of_call(name, subject, estate)));
    let no = judged.filter(|(_, judged)| judged.state == Tri::No).filter_map(|(kinds, _)| kinds).next();
    no.map(|(_, kinds)| kinds.first().copied())
}

fn of_call(name: &str, subject: &Subject, estate: &Estate) -> Judged {
    let Some((source, kinds)) = kinds(name) else {
        return Judged::unknown(format!("which events CloudTrail makes of {name} is not documented"));
    };
    let (arn, is_whole) = resource(subject);
    let event =
        |category, kind| Event { category, kind, source, name, arn: &arn, is_whole, identity: &subject.identity };
    let events: Vec<Event<'_>> = match kinds {
        [] => vec![event("Management", "")],
        kinds => kinds.iter().map(|kind| event("Data", *kind)).collect(),
    };
    let what = match kinds.first() {
        None => "management events".to_owned(),
        Some(kind) => format!("data events of {kind}"),
    };
    let mut open = None;
    for kept in estate.controls.trails.of(&subject.account, &subject.region) {
        for event in &events {
            let answer = kept.keeps(event);
            match answer.state {
                Tri::Yes => return Judged::yes(format!("{} keeps {what}", kept.shown())).proved([kept.arn.clone()]),
                Tri::Unknown => open = Some(answer.why),
                Tri::No => {}
            }
        }
    }
    let gap = ["aws_cloudtrail_trail", "aws_cloudtrail_event_data_store"]
        .iter()
        .find_map(|table| estate.coverage.gap(table, &subject.account, &subject.region));
    match open.or(gap) {
        Some(why) => Judged::unknown(why),
        None => Judged::no(format!("no trail or event data store that is on keeps {what} in {}", subject.region)),
    }
}

/// What the ARN of the called resource begins with, and whether that is all of it: calls name an alias of what the edge leads to.
fn resource(subject: &Subject) -> (String, bool) {
    let arn = subject.model_arn.as_str();
    if !arn.starts_with("arn:") {
        return (String::new(), false);
    }
    match arn.split_once(":agent/") {
        Some((head, id)) => (format!("{head}:agent-alias/{id}/"), false),
        None => (arn.to_owned(), ![":flow/", ":runtime/"].iter().any(|kind| arn.contains(kind))),
    }
}
