//! Cases, access and calls to write as events: as they are, or with one text wherever one may stand.

use serde_json::json;
use sightline_model::model_access::AccessDecision;
use sightline_model::{Case, Evidence, ModelAccess, Severity, Signal};
use sightline_report::ocsf::{Caller, DetectionOf, Made, ModelCall, NotAssessed, Observed, PrincipalUse, ServiceUse};
use std::collections::BTreeMap;

const ACCOUNT: &str = "123456789012";
const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-opus-20240229-v1:0";

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

fn or(harm: Option<&str>, text: &str) -> String {
    harm.unwrap_or(text).to_owned()
}

pub(crate) fn made() -> Made {
    Made { at: time("2026-11-22T03:20:00Z"), version: "0.1.0".into() }
}

fn signal(id: &str, harm: Option<&str>) -> Signal {
    Signal {
        detection_id: id.into(),
        title: or(harm, "Models were listed and then used"),
        severity: Severity::High,
        reason: or(harm, "asked for 2 lists, then called 3 models"),
        events: 16,
        first_seen: time("2026-11-21T14:00:00Z"),
        last_seen: time("2026-11-21T14:20:00Z"),
        evidence: vec![Evidence { object: or(harm, "s3://trail/a.json.gz"), line: 17, event_id: or(harm, "e-1") }],
    }
}

/// One case of two signals.
pub(crate) fn cases(harm: Option<&str>) -> Vec<Case> {
    let first = Case {
        run_id: "20261122T031900Z-00000d".into(),
        case_id: "c0ffee".into(),
        account_id: ACCOUNT.into(),
        identity_arn: or(harm, "arn:aws:iam::123456789012:user/mallory"),
        workload_arn: or(harm, "arn:aws:iam::123456789012:user/mallory"),
        title: or(harm, "user/mallory looked around and weakened logs"),
        severity: Severity::Critical,
        summary: or(harm, "A key looked around, then turned logging off."),
        first_seen: time("2026-11-21T14:00:00Z"),
        last_seen: time("2026-11-21T14:40:00Z"),
        regions: vec!["us-east-1".into(), or(harm, "us-west-2")],
        models: vec![or(harm, MODEL)],
        source_ips: vec!["198.51.100.7".into(), or(harm, "bedrock.amazonaws.com")],
        access_key_ids: vec![or(harm, "AKIAMALLORY")],
        events: 33,
        signals: vec![signal("model-enumeration-then-use", harm), signal("invocation-logging-weakened", harm)],
    };
    vec![first]
}

pub(crate) fn detections(harm: Option<&str>) -> BTreeMap<String, DetectionOf> {
    let of = |title: &str, techniques: &[&str]| DetectionOf {
        title: or(harm, title),
        severity: Severity::High,
        techniques: techniques.iter().map(|id| or(harm, id)).collect(),
        response: or(harm, "Take the key away."),
    };
    [
        ("model-enumeration-then-use", of("Models were listed and then used", &["AML.T0040", "T1580"])),
        ("invocation-logging-weakened", of("Logging was weakened", &["T1562.008", "AML.T0040"])),
        ("mantle-use", of("The second plane was used", &[])),
    ]
    .map(|(id, of)| (id.to_owned(), of))
    .into()
}

pub(crate) fn gaps(harm: Option<&str>) -> Vec<NotAssessed> {
    vec![NotAssessed {
        detection_id: "mantle-use".into(),
        account_id: or(harm, ACCOUNT),
        reason: or(harm, "no trail records data events of the second plane"),
    }]
}

struct Row<'a> {
    principal: &'a str,
    kind: &'a str,
    workload: &'a str,
    action: &'a str,
    resource: &'a str,
    residual: &'a str,
    hops: i64,
}

fn access(row: &Row<'_>, harm: Option<&str>) -> ModelAccess {
    let decision = if row.residual.is_empty() { AccessDecision::Allow } else { AccessDecision::Conditional };
    ModelAccess {
        run_id: "20261122T031800Z-00000e".into(),
        account_id: ACCOUNT.into(),
        principal_arn: or(harm, row.principal),
        principal_kind: row.kind.into(),
        workload_arn: if row.workload.is_empty() { String::new() } else { or(harm, row.workload) },
        workload_kind: if row.workload.is_empty() { String::new() } else { "function".into() },
        action: or(harm, row.action),
        resource_arn: or(harm, row.resource),
        resource_account_id: String::new(),
        resource_kind: "foundation-model".into(),
        decision,
        residual: if row.residual.is_empty() { String::new() } else { or(harm, row.residual) },
        residual_ways: json!([]),
        hops: row.hops,
        witness: json!([]),
        evaluated_at: time("2026-11-22T03:18:00Z"),
    }
}

/// A role that a function runs as, a user who gets to a model through it, and somebody outside.
pub(crate) fn rows(harm: Option<&str>) -> Vec<ModelAccess> {
    let chat = "arn:aws:iam::123456789012:role/chat";
    let function = "arn:aws:lambda:us-east-1:123456789012:function:chat";
    let (invoke, stream) = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream");
    let nova = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
    let row = |principal, kind, workload, action, resource, residual, hops| {
        access(&Row { principal, kind, workload, action, resource, residual, hops }, harm)
    };
    vec![
        row(chat, "role", "", invoke, MODEL, "", 0),
        row(chat, "role", "", invoke, nova, "the guardrail is g1", 0),
        row(chat, "role", "", stream, nova, "the source is the VPC", 0),
        row(chat, "role", function, invoke, MODEL, "", 0),
        row("arn:aws:iam::123456789012:user/ana", "user", "", invoke, MODEL, "", 1),
        row("Anybody who may call the URL", "outside", function, invoke, MODEL, "", 1),
    ]
}

pub(crate) fn principal_use(harm: Option<&str>) -> PrincipalUse {
    let names = |all: &[&str]| all.iter().map(|name| or(harm, name)).collect::<Vec<_>>();
    PrincipalUse {
        principal_arn: or(harm, "arn:aws:iam::123456789012:role/chat"),
        period: Some((time("2026-10-22T00:00:00Z"), time("2026-11-22T00:00:00Z"))),
        granted: names(&[
            "bedrock:InvokeModel",
            "bedrock:CreateGuardrail",
            "bedrock:DeleteGuardrail",
            "bedrock:Retrieve",
        ]),
        unused: names(&["bedrock:CreateGuardrail", "bedrock:DeleteGuardrail"]),
        not_shown: names(&["bedrock:Retrieve"]),
        services: vec![
            ServiceUse {
                service: or(harm, "bedrock"),
                actions: Some((4, 2)),
                is_unused: Some(false),
                last_seen: Some(time("2026-11-21T00:00:00Z")),
            },
            ServiceUse { service: or(harm, "s3"), actions: None, is_unused: Some(true), last_seen: None },
        ],
        last_seen: Some(time("2026-11-21T00:00:00Z")),
        proposal: Some(json!({"Version": "2012-10-17", "Statement": []})),
        rests_on: names(&["use is what the logs show"]),
    }
}

/// A call that both logs tell of, one that no trail does, one that was refused, and one of which nothing is known.
pub(crate) fn calls(harm: Option<&str>) -> Vec<ModelCall> {
    let whole = ModelCall {
        event_time: time("2026-11-21T12:00:00.123Z"),
        account_id: ACCOUNT.into(),
        region: or(harm, "eu-west-1"),
        inference_region: or(harm, "eu-central-1"),
        event_id: or(harm, "e-1"),
        request_id: or(harm, "r-1"),
        event_source: or(harm, "bedrock.amazonaws.com"),
        operation: or(harm, "Converse"),
        model_id: or(
            harm,
            "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0",
        ),
        caller: Caller {
            identity_arn: or(harm, "arn:aws:sts::123456789012:assumed-role/chat/pod-1"),
            identity_account_id: or(harm, ACCOUNT),
            issuer_arn: or(harm, "arn:aws:iam::123456789012:role/chat"),
            session_name: or(harm, "pod-1"),
            access_key_id: or(harm, "ASIACHAT"),
            source_ip: or(harm, "10.0.3.17"),
            user_agent: or(harm, "Boto3/1.43"),
            vpc_endpoint_id: or(harm, "vpce-0a1b"),
            host: or(harm, "bedrock-runtime.eu-west-1.amazonaws.com"),
            ..Caller::default()
        },
        guardrail_id: or(harm, "g1"),
        guardrail_action: or(harm, "none"),
        stop_reason: or(harm, "end_turn"),
        input_tokens: Some(120),
        output_tokens: Some(80),
        latency_ms: Some(840),
        seen: Observed {
            trail_object: or(harm, "s3://trail/a.json.gz"),
            trail_line: Some(4),
            invocation_object: or(harm, "s3://invocations/b.json.gz"),
            invocation_line: Some(9),
        },
        ..ModelCall::default()
    };
    let untrailed = ModelCall {
        event_id: String::new(),
        caller: Caller { identity_arn: whole.caller.identity_arn.clone(), ..Caller::default() },
        ..whole.clone()
    };
    let refused = ModelCall {
        error_code: or(harm, "AccessDenied"),
        error_message: or(harm, "is not authorized"),
        input_tokens: None,
        output_tokens: None,
        caller: Caller {
            invoked_by: or(harm, "lambda.amazonaws.com"),
            source_ip: or(harm, "lambda.amazonaws.com"),
            ..Caller::default()
        },
        ..whole.clone()
    };
    vec![whole, untrailed, refused, ModelCall { input_tokens: Some(1), ..ModelCall::default() }]
}
