//! One event as a row.

use super::node::Node;
use super::{identity, parameters, session, target};
use jiff::Timestamp;
use serde_json::Value;
use sightline_model::log::ApiCall;
use sightline_model::untrusted::shortened;

/// Characters of an error message and of a user agent that are kept.
const LONGEST_MESSAGE: usize = 500;
/// Resources of one event that are kept.
const MOST_RESOURCES: usize = 50;

/// Maps a record. It fails for records that tell neither when nor what; everything else may be missing or odd.
pub(crate) fn of_record(record: &Value, object: &str, line: i64) -> Result<ApiCall, String> {
    let event = Node(Some(record));
    let request = event.at("requestParameters");
    let more = event.at("additionalEventData");
    let mut call = ApiCall {
        event_id: event.at("eventID").text(),
        event_time: time(event)?,
        account_id: event.at("recipientAccountId").text(),
        region: event.at("awsRegion").text(),
        event_source: required(event, "eventSource")?,
        event_name: required(event, "eventName")?,
        event_category: event.at("eventCategory").text(),
        read_only: event.at("readOnly").flag(),
        source_ip: event.at("sourceIPAddress").text(),
        user_agent: event.at("userAgent").text_of(LONGEST_MESSAGE),
        vpc_endpoint_id: event.at("vpcEndpointId").text(),
        host: event.at("tlsDetails").at("clientProvidedHostHeader").text(),
        guardrail_id: guardrail(request),
        inference_region: more.at("inferenceRegion").text(),
        // The classic plane tells it beside the request, `bedrock-mantle` in it.
        bearer_token: more.at("callWithBearerToken").flag().or_else(|| request.at("callWithBearerToken").flag()),
        error_code: event.at("errorCode").text(),
        error_message: event.at("errorMessage").text_of(LONGEST_MESSAGE),
        request_id: event.at("requestID").text(),
        resources: resources(event),
        request_parameters: parameters::kept(request.0),
        object: object.to_owned(),
        line,
        ..ApiCall::default()
    };
    call.model_id = target::of_call(&call.event_source, request, &call.resources);
    identity::fill(&mut call, event.at("userIdentity"));
    session::fill(&mut call, request, event.at("responseElements"));
    Ok(call)
}

fn required(event: Node<'_>, name: &str) -> Result<String, String> {
    Some(event.at(name).text()).filter(|text| !text.is_empty()).ok_or_else(|| format!("the event has no `{name}`"))
}

fn time(event: Node<'_>) -> Result<Timestamp, String> {
    let text = required(event, "eventTime")?;
    text.parse().map_err(|_| format!("`{}` is no `eventTime`", shortened(&text, 40)))
}

fn guardrail(request: Node<'_>) -> String {
    let given = [request.at("guardrailIdentifier"), request.at("guardrailConfig").at("guardrailIdentifier")];
    given.iter().map(|node| node.text()).find(|text| !text.is_empty()).unwrap_or_default()
}

fn resources(event: Node<'_>) -> Vec<String> {
    // `ARN` is what CloudTrail writes; some services write `arn`.
    let arns = event
        .at("resources")
        .elements()
        .map(|resource| [resource.at("ARN").text(), resource.at("arn").text()].concat());
    arns.filter(|arn| !arn.is_empty()).take(MOST_RESOURCES).collect()
}
