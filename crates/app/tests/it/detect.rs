//! `sightline detect` as a user runs it: logs in a folder, then the cases.

use crate::support::{Ended, assert_error, gzip, run, sightline, write};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ACCOUNT: &str = "123456789012";

/// One event: who, when (day and time), which call, and what else it holds.
pub(crate) fn event(who: &str, at: &str, source: &str, name: &str, more: &Value) -> Value {
    let user = json!({"type": "IAMUser", "principalId": format!("AIDA{who}"), "arn": format!("arn:aws:iam::{ACCOUNT}:user/{who}"),
        "accountId": ACCOUNT, "accessKeyId": format!("AKIA{who}"), "userName": who});
    let mut event = json!({
        "eventVersion": "1.11", "eventID": format!("{who}-{at}-{name}"), "eventTime": format!("2026-11-{at}Z"), "eventSource": source,
        "eventName": name, "awsRegion": "us-east-1", "recipientAccountId": ACCOUNT, "eventCategory": "Management", "readOnly": true,
        "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.31.0", "userIdentity": user,
    });
    if let (Some(event), Some(more)) = (event.as_object_mut(), more.as_object()) {
        event.extend(more.clone());
    }
    event
}

/// Two weeks of an account whose application calls one model every half an hour, and whose people look and list.
pub(crate) fn usual() -> Vec<Value> {
    let mut events = Vec::new();
    for day in 7..=21 {
        for half_hour in 0..48 {
            let at = format!("{day:02}T{:02}:{:02}:00", half_hour / 2, half_hour % 2 * 30);
            let call = json!({"requestParameters": {"modelId": "amazon.nova-lite-v1:0"}});
            events.push(event("app", &at, "bedrock.amazonaws.com", "Converse", &call));
        }
        let at = format!("{day:02}T09:00:00");
        events.push(event("alice", &at, "bedrock.amazonaws.com", "ListFoundationModels", &json!({})));
        events.push(event("alice", &at, "iam.amazonaws.com", "TagRole", &json!({"readOnly": false})));
        let data = json!({"eventCategory": "Data"});
        events.push(event("alice", &at, "bedrock-mantle.amazonaws.com", "ListModels", &data));
        events.push(event("alice", &at, "s3.amazonaws.com", "GetObject", &data));
    }
    events
}

/// A stolen key: looks around in two regions, asks whether anybody watches, makes a key of its own, turns logging off, and draws.
pub(crate) fn attack() -> Vec<Value> {
    let bedrock = "bedrock.amazonaws.com";
    let west = json!({"awsRegion": "us-west-2"});
    let mut events = vec![
        event("mallory", "21T14:00:00", bedrock, "ListFoundationModels", &json!({})),
        event("mallory", "21T14:00:30", bedrock, "ListFoundationModels", &west),
        event("mallory", "21T14:01:00", bedrock, "GetModelInvocationLoggingConfiguration", &json!({})),
        event(
            "mallory",
            "21T14:05:00",
            "iam.amazonaws.com",
            "CreateServiceSpecificCredential",
            &json!({"readOnly": false, "requestParameters": {"userName": "BedrockAPIKey-9", "serviceName": "bedrock.amazonaws.com"}}),
        ),
        event(
            "mallory",
            "21T14:06:00",
            bedrock,
            "DeleteModelInvocationLoggingConfiguration",
            &json!({"readOnly": false}),
        ),
    ];
    for minute in 10..40 {
        let call = json!({"requestParameters": {"modelId": "anthropic.claude-3-opus-20240229-v1:0"},
            "additionalEventData": {"callWithBearerToken": true}});
        events.push(event("BedrockAPIKey-9", &format!("21T14:{minute}:00"), bedrock, "InvokeModel", &call));
    }
    events
}

fn invocations() -> String {
    let record = json!({
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-11-21T12:00:00Z", "accountId": ACCOUNT,
        "region": "us-east-1", "requestId": "r-1", "operation": "Converse", "modelId": "amazon.nova-lite-v1:0",
        "identity": {"arn": format!("arn:aws:iam::{ACCOUNT}:user/app")},
        "input": {"inputContentType": "application/json", "inputTokenCount": 3, "inputBodyJson": {}},
        "output": {"outputContentType": "application/json", "outputTokenCount": 2, "outputBodyJson": {}},
    });
    format!("{record}\n")
}

pub(crate) fn detect(events: &[Value], logged: bool) -> (TempDir, Ended) {
    let folder = TempDir::new().unwrap();
    let mut files = vec![("trail.json.gz", gzip(&json!({"Records": events}).to_string()))];
    if logged {
        files.push(("invocations.json.gz", gzip(&invocations())));
    }
    write(&folder.path().join("logs"), &files);
    let ingest = run(sightline(&folder).args(["ingest", "logs"]));
    assert_eq!(ingest.code, Some(0), "{}{}", ingest.out, ingest.err);
    let ended = run(sightline(&folder).args(["detect", "--json", "--since", "2026-11-21", "--until", "2026-11-22"]));
    (folder, ended)
}

/// Data events of agents are what the usual days have none of.
fn quiet_but_for_agents(told: &Value) -> bool {
    told["not_assessed"].as_array().unwrap().iter().all(|gap| gap["reason"].as_str().unwrap().contains("of Bedrock"))
}

#[test]
fn an_attack_is_one_case() {
    let (folder, ended) = detect(&[usual(), attack()].concat(), true);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    let told = ended.json();
    let cases = told["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 1, "{}", ended.out);
    let case = &cases[0];
    assert_eq!(case["identity_arn"], format!("arn:aws:iam::{ACCOUNT}:user/mallory"));
    assert_eq!(case["severity"], "critical");
    insta::assert_snapshot!(case["title"].as_str().unwrap(), @"user/mallory looked around, used or made keys, weakened logs or guardrails and came new to models");
    let seen: Vec<&str> =
        case["signals"].as_array().unwrap().iter().map(|signal| signal["detection_id"].as_str().unwrap()).collect();
    for expected in [
        "model-enumeration-then-use",
        "bedrock-api-key-created",
        "invocation-logging-weakened",
        "bedrock-api-key-first-use",
    ] {
        assert!(seen.contains(&expected), "{expected} is not among {seen:?}");
    }
    assert_eq!(case["regions"], json!(["us-east-1", "us-west-2"]));

    // The case is on record, and its timeline names the events.
    let id = case["case_id"].as_str().unwrap();
    let kept = run(sightline(&folder).args(["query", "--json", "SELECT case_id FROM current_case"])).json();
    assert_eq!(kept, json!([{"case_id": id}]));
    let explained = run(sightline(&folder).args(["detect", "explain", id])).out;
    assert!(explained.contains("mallory-21T14:06:00-DeleteModelInvocationLoggingConfiguration"), "{explained}");
    let text = run(sightline(&folder).args(["detect", "--since", "2026-11-21", "--until", "2026-11-22"]));
    assert!(text.out.contains(id) && text.out.lines().all(|line| line.chars().count() <= 80), "{}", text.out);

    // The same events give the same id, whenever and however often they are looked at.
    let again = run(sightline(&folder).args(["detect", "--json", "--since", "2026-11-21"])).json();
    assert_eq!(again["cases"][0]["case_id"], id);
}

#[test]
fn a_usual_day_is_none() {
    let (_folder, ended) = detect(&usual(), true);
    let told = ended.json();
    assert_eq!(told["cases"], json!([]), "{}", ended.out);
    assert!(quiet_but_for_agents(&told), "{}", ended.out);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
}

#[test]
fn what_nobody_logs_is_not_assessable() {
    let (folder, ended) = detect(&usual(), false);
    assert_eq!(ended.code, Some(3), "{}{}", ended.out, ended.err);
    let gaps = ended.json()["not_assessed"].clone();
    let of = |id: &str| gaps.as_array().unwrap().iter().any(|gap| gap["detection_id"] == id);
    assert!(of("token-burst") && !of("trail-blinded"), "{gaps}");
    let chosen = run(sightline(&folder).args(["detect", "--select", "evasion", "--since", "2026-11-21"]));
    assert!(chosen.out.contains("Not assessable") || chosen.code == Some(0), "{}", chosen.out);
    let wrong = run(sightline(&folder).args(["detect", "--select", "nonsense"]));
    assert_error(&wrong, "matches no detection");
    let wrong = run(sightline(&folder).args(["detect", "--since", "2026-11-22", "--until", "2026-11-21"]));
    assert_error(&wrong, "nothing lies between");
}

#[test]
fn detections_are_listed_and_explained() {
    let folder = TempDir::new().unwrap();
    let list = run(sightline(&folder).args(["detect", "list", "--json"])).json();
    assert!(list.as_array().unwrap().len() >= 30);
    let table = run(sightline(&folder).args(["detect", "list"]));
    assert!(table.out.lines().all(|line| line.chars().count() <= 80), "{}", table.out);
    let explained = run(sightline(&folder).args(["detect", "explain", "model-call-burst"]));
    assert!(explained.out.contains("False positives") && explained.out.contains("from model_use"), "{}", explained.out);
    assert_error(&run(sightline(&folder).args(["detect", "explain", "nothing"])), "no detection is named");
    assert_error(&run(sightline(&folder).args(["detect"])), "lake");
}
