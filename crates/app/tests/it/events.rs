//! Events of OCSF and findings for Security Hub, as a user asks for them.

use crate::access;
use crate::detect::{ACCOUNT, attack, detect, event, usual};
use crate::support::{Ended, assert_error, gzip, run, sightline, write};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

const SCHEMA: &str = include_str!("../../../report/tests/schema/ocsf/ocsf-1.8.0.schema.json");

/// The lines as events, each held against the schema of its class.
fn events(text: &str) -> Vec<Value> {
    let classes = [
        (2003, "compliance_finding"),
        (2004, "detection_finding"),
        (2008, "iam_analysis_finding"),
        (6003, "api_activity"),
    ];
    let validators: Vec<(i64, jsonschema::Validator)> = classes
        .into_iter()
        .map(|(uid, name)| {
            let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
            schema["$ref"] = json!(format!("#/$defs/class_{name}"));
            (uid, jsonschema::validator_for(&schema).unwrap())
        })
        .collect();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for event in &events {
        let class = event["class_uid"].as_i64().unwrap();
        let (_, validator) = validators.iter().find(|(uid, _)| *uid == class).unwrap();
        let faults: Vec<String> = validator.iter_errors(event).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new(), "{event}");
    }
    events
}

fn of_class(events: &[Value], class: i64) -> Vec<&Value> {
    events.iter().filter(|event| event["class_uid"] == class).collect()
}

const DAY: [&str; 4] = ["--since", "2026-11-21", "--until", "2026-11-22"];

fn asked(folder: &TempDir, arguments: &[&str]) -> Ended {
    run(sightline(folder).args(arguments))
}

#[test]
fn a_case_and_what_could_not_be_looked_at_are_events() {
    let (folder, cases) = detect(&[usual(), attack()].concat(), true);
    let ended = asked(&folder, &[&["detect", "-o", "ocsf"], &DAY[..]].concat());
    assert_eq!(ended.code, Some(1), "a case is a finding, whatever is written: {}", ended.err);
    let events = events(&ended.out);
    let told = of_class(&events, 2004);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["finding_info"]["uid"], cases.json()["cases"][0]["case_id"]);
    assert!(told[0]["finding_info"]["attacks"].to_string().contains("T1562"), "{}", told[0]);
    assert!(told[0]["remediation"]["desc"].as_str().unwrap().len() > 20, "{}", told[0]);
    let blind = of_class(&events, 2003);
    assert_eq!(blind.len(), cases.json()["not_assessed"].as_array().unwrap().len());
    assert!(blind.iter().all(|event| event["compliance"]["status_id"] == 0));

    let file = folder.path().join("cases.ndjson");
    let ended = asked(&folder, &[&["detect", "-o", &format!("ocsf={}", file.display())], &DAY[..]].concat());
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), events.len());
    let ended = asked(&folder, &["detect", "-o", "sarif"]);
    assert!(ended.code == Some(2) && ended.err.contains("use one of: ocsf"), "{}", ended.err);
}

/// What the model's own log tells of a call.
fn invocation(request: &str, at: &str) -> String {
    let record = json!({
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": at, "accountId": ACCOUNT, "region": "us-east-1",
        "requestId": request, "operation": "Converse", "modelId": "amazon.nova-lite-v1:0",
        "identity": {"arn": format!("arn:aws:iam::{ACCOUNT}:user/app")},
        "input": {"inputContentType": "application/json", "inputTokenCount": 12, "inputBodyJson": {"messages": [{"role": "user", "content": [{"text": "the secret question"}]}]}},
        "output": {"outputContentType": "application/json", "outputTokenCount": 30, "outputBodyJson": {"output": {"message": {"role": "assistant", "content": [{"text": "the secret answer"}]}}, "metrics": {"latencyMs": 420}}},
    });
    format!("{record}\n")
}

/// A call by the trail.
fn call(request: &str, at: &str) -> Value {
    let more = json!({"requestID": request, "eventID": format!("event-{request}"), "requestParameters": {"modelId": "amazon.nova-lite-v1:0"}});
    event("app", at, "bedrock.amazonaws.com", "Converse", &more)
}

#[test]
fn each_call_of_a_model_is_one_event() {
    let folder = TempDir::new().unwrap();
    // r-1 in both logs, its ends in two days; r-2 in the trail alone, and twice; r-3 in the model's own log alone; r-4 after the day.
    let trail = json!({"Records": [call("r-1", "21T23:59:50"), call("r-2", "21T11:00:00"), call("r-4", "22T00:30:00"),
        event("app", "21T12:00:00", "bedrock.amazonaws.com", "ListFoundationModels", &json!({}))]});
    let again = json!({"Records": [call("r-2", "21T11:00:00")]});
    let told = [
        invocation("r-1", "2026-11-22T00:00:05Z"),
        invocation("r-3", "2026-11-21T10:00:00Z"),
        invocation("r-4", "2026-11-22T00:30:01Z"),
    ];
    let files = [
        ("trail.json.gz", gzip(&trail.to_string())),
        ("again.json.gz", gzip(&again.to_string())),
        ("invocations.json.gz", gzip(&told.concat())),
    ];
    write(&folder.path().join("logs"), &files);
    let ingest = asked(&folder, &["ingest", "logs"]);
    assert_eq!(ingest.code, Some(0), "{}{}", ingest.out, ingest.err);

    let ended = asked(&folder, &[&["logs", "export"], &DAY[..]].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(!ended.out.contains("secret"), "no prompt and no answer");
    let mut events = events(&ended.out);
    events.sort_by_key(|event| event["api"]["request"]["uid"].to_string());
    let ids: Vec<&Value> = events.iter().map(|event| &event["api"]["request"]["uid"]).collect();
    assert_eq!(ids, [&json!("r-1"), &json!("r-2"), &json!("r-3")]);
    let tokens: Vec<&Value> = events.iter().map(|event| &event["message_context"]["total_tokens"]).collect();
    assert_eq!(tokens, [&json!(42), &Value::Null, &json!(42)], "what no log counts is not said");
    assert_eq!(events[0]["src_endpoint"], json!({"ip": "198.51.100.7"}));
    assert_eq!(events[0]["time"], 1_795_305_590_000_i64, "the trail's time");
    assert_eq!(events[2]["src_endpoint"], json!({"name": "not logged"}));
    assert_eq!(events[2]["actor"]["user"]["name"], "app");
    for event in &events {
        assert_eq!(
            event["ai_model"],
            json!({"name": "amazon.nova-lite-v1:0", "ai_provider": "amazon", "uid": "amazon.nova-lite-v1:0"})
        );
        assert_eq!(
            (&event["api"]["service"]["name"], &event["status_id"]),
            (&json!("bedrock.amazonaws.com"), &json!(1))
        );
    }
    let next = asked(&folder, &["logs", "export", "--since", "2026-11-22", "--until", "2026-11-23"]);
    let next = crate::events::events(&next.out);
    assert_eq!(next.len(), 1, "r-1 is of the day before: {next:?}");
    assert_eq!(next[0]["api"]["request"]["uid"], "r-4");
}

#[test]
fn without_logs_there_is_nothing_to_export_and_that_is_said() {
    let folder = TempDir::new().unwrap();
    assert_error(&asked(&folder, &["logs", "export"]), "sightline scan");
    write(&folder.path().join("logs"), &[("broken.json.gz", gzip("{\"Records\": [{}, 7]}"))]);
    let ingest = asked(&folder, &["ingest", "logs"]);
    assert_ne!(ingest.code, Some(2), "{}", ingest.err);
    let ended = asked(&folder, &["logs", "export"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""), "{}", ended.err);
    assert!(ended.err.contains("warning: no log tells of calls"), "{}", ended.err);
}

#[tokio::test]
async fn access_is_events() {
    let folder = access::lake(&[]).await;
    let ended = asked(&folder, &["access", "list", "-o", "ocsf"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let list = events(&ended.out);
    assert_eq!(list.len(), 1);
    let result = &list[0]["permission_analysis_results"][0];
    assert_eq!(result["policy"]["type"], "on conditions", "{result}");
    assert!(result["granted_privileges"].to_string().contains("bedrock:InvokeModel"), "{result}");
    assert!(result["policy"]["desc"].as_str().unwrap().contains("g1"), "{result}");
    let ended = asked(&folder, &["access", "unused", "role/chat", "-o", "ocsf"]);
    assert_eq!(ended.code, Some(3), "without logs nobody can tell: {}", ended.err);
    let unused = events(&ended.out);
    assert_eq!((&unused[0]["status_code"], &unused[0]["user"]["name"]), (&json!("unknown"), &json!("chat")));
}

#[tokio::test]
async fn findings_are_events_and_go_to_security_hub() {
    let folder = access::lake(&[]).await;
    let arguments = [
        "findings",
        "-o",
        "json=f.json",
        "-o",
        "ocsf=f.ndjson",
        "-o",
        "asff=hub/",
        "-o",
        "markdown=f.md",
        "--exit-zero",
    ];
    let ended = asked(&folder, &arguments);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("`sh hub/import.sh` imports them"), "{}", ended.err);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let all: Value = serde_json::from_str(&read("f.json")).unwrap();
    let prints = |of: Vec<Value>| {
        of.iter().map(|one| one.as_str().unwrap().to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    let ours = prints(all["findings"].as_array().unwrap().iter().map(|one| one["fingerprint"].clone()).collect());
    assert!(!ours.is_empty());
    let events = events(&read("f.ndjson"));
    assert_eq!(prints(events.iter().map(|event| event["finding_info"]["uid"].clone()).collect()), ours);
    let mut imported = Vec::new();
    for entry in fs::read_dir(folder.path().join("hub")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let some: Vec<Value> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            assert!(some.len() <= 100);
            imported.extend(some.into_iter().map(|one| one["Id"].clone()));
        }
    }
    assert_eq!(imported.len(), events.len());
    assert_eq!(prints(imported), ours);
    assert!(read("f.md").starts_with("## Findings"));
}
