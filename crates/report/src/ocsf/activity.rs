//! A call of a model as API Activity with the profile `ai_operation`.

use super::Made;
use super::event::{self, API_ACTIVITY, Activity};
use super::model::model;
use super::model_call::ModelCall;
use super::object::Object;
use super::resource::{Role, cloud, resource, user};
use sightline_model::Severity;
use std::net::IpAddr;

/// The class knows create, read, update and delete; a model is called, which is none of them.
const INVOKE: Activity = (99, "Invoke");

/// The event of one call.
pub(super) fn call(call: &ModelCall, made: &Made) -> Object {
    let uid = if call.event_id.is_empty() { &call.request_id } else { &call.event_id };
    let log = if call.event_id.is_empty() { "Bedrock model invocation log" } else { "CloudTrail" };
    let metadata = Object::new()
        .text("uid", uid)
        .text("original_event_uid", &call.event_id)
        .text("correlation_uid", &call.request_id)
        .text("event_code", &call.operation)
        .text("tenant_uid", &call.account_id)
        .set("log_provider", "AWS")
        .set("log_name", log);
    let (status_id, status) = if call.error_code.is_empty() { (1, "Success") } else { (2, "Failure") };
    let service = Object::new().text("name", &call.event_source);
    let api = Object::new()
        .set(
            "operation",
            if call.operation.is_empty() { "unknown".to_owned() } else { super::object::text(&call.operation) },
        )
        .object("service", service.clone())
        .object("request", Object::new().text("uid", &call.request_id))
        .object("response", Object::new().text("error", &call.error_code).text("error_message", &call.error_message));
    let target = Object::new().text("hostname", &call.caller.host).text("svc_name", &call.event_source);
    event::event(&API_ACTIVITY, INVOKE, Severity::Info, call.event_time, made, metadata)
        .set("status_id", status_id)
        .set("status", status)
        .text("status_code", &call.error_code)
        .text("status_detail", &call.error_message)
        .some("duration", call.latency_ms)
        .object("api", api)
        .object("actor", actor(call))
        .object("src_endpoint", source(call))
        .object("dst_endpoint", target)
        .object("http_request", Object::new().text("user_agent", &call.caller.user_agent))
        .object("ai_model", model(&call.model_id, &call.event_source))
        .object("message_context", context(call, service))
        .objects("resources", [resource(&call.model_id, "", "model", &call.region, Role::Target)])
        .object("cloud", cloud(&call.account_id, &call.region, &call.caller.identity_arn))
        .object("unmapped", unmapped(call))
}

/// Somebody is named always: the class asks for it, and an unknown caller is said to be one.
fn actor(call: &ModelCall) -> Object {
    let caller = &call.caller;
    let who = user(&caller.identity_arn, &caller.user_name, &caller.identity_account_id);
    let session = Object::new()
        .text("uid", &caller.session_name)
        .text("issuer", &caller.issuer_arn)
        .text("credential_uid", &caller.access_key_id);
    let actor = Object::new().object("user", who).object("session", session).text("app_name", &caller.invoked_by);
    if actor.has("user") || actor.has("app_name") { actor } else { actor.set("app_name", "unknown") }
}

/// The address; a service's name stands where an address does, and is a domain. The model's own log has neither.
fn source(call: &ModelCall) -> Object {
    let caller = &call.caller;
    let from = caller.source_ip.trim();
    let endpoint = Object::new().text("uid", &caller.vpc_endpoint_id);
    match from.parse::<IpAddr>() {
        Ok(address) => endpoint.set("ip", address.to_string()),
        Err(_) if from.is_empty() => endpoint.set("name", "not logged"),
        Err(_) => endpoint.text("domain", from),
    }
}

/// The conversation that the call is part of: its tokens, where a log counts them.
fn context(call: &ModelCall, service: Object) -> Object {
    if call.input_tokens.is_none() && call.output_tokens.is_none() {
        return Object::new();
    }
    let total = call.input_tokens.zip(call.output_tokens).map(|(asked, answered)| asked.saturating_add(answered));
    let service = if service.has("name") { service } else { service.set("name", "unknown") };
    Object::new()
        .text("uid", &call.request_id)
        .object("service", service)
        .some("prompt_tokens", call.input_tokens)
        .some("completion_tokens", call.output_tokens)
        .some("total_tokens", total)
}

fn unmapped(call: &ModelCall) -> Object {
    let place = |object: &str, line: Option<i64>| match object {
        "" => Object::new(),
        object => Object::new().text("object", object).some("line", line),
    };
    let seen = &call.seen;
    Object::new()
        .text("guardrail_id", &call.guardrail_id)
        .text("guardrail_action", &call.guardrail_action)
        .text("stop_reason", &call.stop_reason)
        .text("inference_region", &call.inference_region)
        .object("trail", place(&seen.trail_object, seen.trail_line))
        .object("invocation_log", place(&seen.invocation_object, seen.invocation_line))
}
