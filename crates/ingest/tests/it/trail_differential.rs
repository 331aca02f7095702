//! The decoder's rows are those of the reference, field by field, whatever the events hold.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::{TRAIL_KEY, of, read};
use crate::trail_reference;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

const SOURCES: [&str; 8] = [
    "bedrock.amazonaws.com",
    "sts.amazonaws.com",
    "eks-auth.amazonaws.com",
    "s3.amazonaws.com",
    "sagemaker.amazonaws.com",
    "bedrock-mantle.amazonaws.com",
    " kms.amazonaws.com ",
    "",
];
const CALLS: [&str; 6] =
    ["InvokeModel", "AssumeRole", "AssumeRoleForPodIdentity", "AssumeRoleWithWebIdentity", "GetObject", ""];
const TIMES: [&str; 6] = [
    "2026-11-22T03:04:05Z",
    "2024-02-29T23:59:59Z",
    "2026-11-22T03:04:05.25+01:00",
    "2023-02-29T00:00:00Z",
    "yesterday",
    "",
];
/// Names that mean something in some place, and names that do not.
const NAMES: [&str; 56] = [
    "modelId",
    "agentId",
    "agentAliasId",
    "knowledgeBaseId",
    "endpointName",
    "model",
    "guardrailIdentifier",
    "guardrailConfig",
    "retrieveAndGenerateConfiguration",
    "knowledgeBaseConfiguration",
    "callWithBearerToken",
    "inferenceRegion",
    "roleArn",
    "tags",
    "principalTags",
    "clusterName",
    "credentials",
    "accessKeyId",
    "assumedRoleUser",
    "arn",
    "ARN",
    "subject",
    "namespace",
    "serviceAccount",
    "podIdentityAssociation",
    "associationArn",
    "key",
    "value",
    "Key",
    "Value",
    "type",
    "principalId",
    "accountId",
    "userName",
    "invokedBy",
    "sessionContext",
    "sessionIssuer",
    "ec2RoleDelivery",
    "onBehalfOf",
    "userId",
    "prompt",
    "messages",
    "token",
    "maxTokens",
    "secretId",
    "x-api-key",
    "password",
    "sightline:cut",
    "clientProvidedHostHeader",
    "a",
    "b",
    "c",
    "\u{e9}t\u{e9}",
    "q\"",
    "",
    "environment",
];
const TEXTS: [&str; 14] = [
    "HIDDEN_DUE_TO_SECURITY_REASONS",
    "arn:aws:sts::123456789012:assumed-role/app/i-0abc",
    "arn:aws:iam::123456789012:role/team/app",
    "AROAX:sess",
    "AssumedRole",
    "true",
    "False",
    " blank ",
    "-----BEGIN KEY-----",
    "eyJhbGciOi.J9.x",
    "my ABSKkey",
    "arn:x",
    "",
    "i-1",
];

const REPEATED: [&str; 5] = ["eventID", "userIdentity", "requestParameters", "tlsDetails", "resources"];

fn text(longest: usize) -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => select(&TEXTS[..]).prop_map(Value::from),
        2 => "[a-z0-9:/._-]{0,12}".prop_map(Value::from),
        1 => "\\PC{0,12}|[\"\\\\/\n\t\u{1}\u{7f} ]{0,6}".prop_map(Value::from),
        1 => (0..longest, "[a-z\u{e9}]").prop_map(|(length, letter)| Value::from(letter.repeat(length))),
    ]
}

fn leaf(longest: usize) -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => text(longest),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![8 => select(&NAMES[..]).prop_map(str::to_owned), 1 => "\\PC{0,6}".prop_map(String::from)]
}

fn value(longest: usize) -> impl Strategy<Value = Value> {
    leaf(longest).prop_recursive(6, 60, 8, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            3 => prop::collection::vec((name(), inner), 0..10).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn event() -> impl Strategy<Value = Value> {
    const MEMBERS: [&str; 19] = [
        "eventID",
        "recipientAccountId",
        "awsRegion",
        "eventCategory",
        "readOnly",
        "sourceIPAddress",
        "userAgent",
        "vpcEndpointId",
        "errorCode",
        "errorMessage",
        "requestID",
        "tlsDetails",
        "additionalEventData",
        "userIdentity",
        "requestParameters",
        "responseElements",
        "resources",
        "eventVersion",
        "other",
    ];
    let members = prop::collection::vec((select(&MEMBERS[..]), value(5000)), 0..20);
    let must = (select(&TIMES[..]), select(&SOURCES[..]), select(&CALLS[..]));
    (members, must, any::<[bool; 3]>(), any::<prop::sample::Index>()).prop_map(
        |(members, (time, source, call), there, place)| {
            let mut members: Vec<(&str, Value)> = members;
            for (member, is_there) in
                [("eventTime", time), ("eventSource", source), ("eventName", call)].into_iter().zip(there)
            {
                if is_there || place.index(4) != 0 {
                    members.insert(place.index(members.len() + 1), (member.0, Value::from(member.1)));
                }
            }
            let members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            Value::Object(members)
        },
    )
}

/// JSON may be written in many ways.
#[derive(Debug, Clone, Copy)]
struct Style {
    pretty: bool,
    escaped: bool,
}

impl Style {
    fn write(self, value: &Value) -> String {
        let text = if self.pretty { serde_json::to_string_pretty(value).unwrap() } else { value.to_string() };
        if !self.escaped {
            return text;
        }
        let mut units = [0; 2];
        let escape = |character: char| match character {
            '/' => "\\/".to_owned(),
            character if character.is_ascii() => character.to_string(),
            character => character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}")).collect(),
        };
        text.chars().map(escape).collect()
    }
}

fn style() -> impl Strategy<Value = Style> {
    any::<[bool; 2]>().prop_map(|[pretty, escaped]| Style { pretty, escaped })
}

/// Without what is empty; the time in one spelling.
fn told(row: Value) -> Value {
    let Value::Object(members) = row else { return row };
    let spelled = |name: &str, value: Value| match (name, &value) {
        ("event_time", Value::String(time)) => Value::from(time.parse::<Timestamp>().unwrap().to_string()),
        _ => value,
    };
    let told = members.into_iter().filter(|(_, value)| !value.is_null() && value != "");
    Value::Object(told.map(|(name, value)| (name.clone(), spelled(&name, value))).collect())
}

/// The rows and the reasons of rejects, as the reference has them.
fn expected(events: &[Value]) -> (Vec<Value>, Vec<String>) {
    let (mut rows, mut reasons) = (Vec::new(), Vec::new());
    for (event, line) in events.iter().zip(1..) {
        match trail_reference::of_record(event, "test", line) {
            Ok(call) => rows.push(told(serde_json::to_value(call).unwrap())),
            Err(reason) => reasons.push(reason),
        }
    }
    (rows, reasons)
}

fn compare(events: &[Value], style: Style) {
    let text = style.write(&json!({ "Records": events }));
    let (decoded, rows) = read(TRAIL_KEY, text.as_bytes());
    let rows: Vec<Value> = of(&rows, "api_call").iter().cloned().map(told).collect();
    let reasons: Vec<String> = decoded.stats.reject_samples.iter().map(|reject| reject.reason.clone()).collect();
    assert_eq!((rows, reasons), expected(events), "{text}");
}

#[test]
fn the_same_of_a_plain_event() {
    let event = json!({
        "eventTime": "2026-11-22T03:04:05Z", "eventSource": "bedrock.amazonaws.com", "eventName": "InvokeModel",
        "requestParameters": {"modelId": "m", "guardrailConfig": {"guardrailIdentifier": "g"}, "body": "x", "maxTokens": 7, "n": 1.5e300},
    });
    assert_eq!(expected(std::slice::from_ref(&event)).0.len(), 1);
    compare(&[event], Style { pretty: false, escaped: false });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_same_of_any_events(events in prop::collection::vec(event(), 1..4), style in style()) {
        compare(&events, style);
    }

    /// Of members of equal names the last counts, as in a `serde_json::Value`.
    #[test]
    fn the_same_of_names_that_repeat(
        members in prop::collection::vec((select(&REPEATED[..]), value(40)), 0..6),
        request in prop::collection::vec((select(&["a", "b", "modelId", "tags", "prompt"][..]), value(40)), 0..8),
        inner in prop::collection::vec((select(&["a", "b", "token"][..]), value(40)), 0..6),
    ) {
        let written = |members: &[(&str, Value)]| members.iter().map(|(name, value)| format!("\"{name}\":{value},")).collect::<String>();
        let (members, request, inner) = (written(&members), written(&request), written(&inner));
        // Where a member is larger than all that is kept, it is cut before it can be known that another replaces it.
        prop_assume!(request.len() + inner.len() < 4000);
        let text = format!(
            r#"{{{members}"eventTime":"2026-11-22T03:04:05Z","eventSource":"bedrock.amazonaws.com","eventName":"InvokeModel",
            "requestParameters":{{{request}"b":{{{inner}"a":1}}}}}}"#
        );
        let event: Value = serde_json::from_str(&text).unwrap();
        let (_, rows) = read(TRAIL_KEY, format!(r#"{{"Records":[{text}]}}"#).as_bytes());
        prop_assert_eq!(told(of(&rows, "api_call")[0].clone()), expected(&[event]).0[0].clone());
    }
}
