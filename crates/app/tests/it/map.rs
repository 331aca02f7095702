//! The map of now and of a day in the past, what changed between two, and an edge explained: over a lake as scans and logs leave it.

use crate::support::{assert_error, run, sightline};
use serde_json::{Value, json};
use sightline_lake::Lake;
use sightline_model::lake_table::{API_CALL, COVERAGE, RESOURCE, SCAN};
use std::fs;
use tempfile::TempDir;

const ACCOUNT: &str = "111111111111";
const OPUS: &str = "anthropic.claude-3-opus-20240229-v1:0";
const ENDPOINT: &str = "vpce-0a1b2c3d4e5f60718";

fn function(name: &str) -> Value {
    json!({"function_name": name, "role": format!("arn:aws:iam::{ACCOUNT}:role/{name}")})
}

fn scan(id: &str, finished: &str) -> Value {
    json!({"scan_id": id, "account_id": ACCOUNT, "partition": "aws", "caller_arn": "", "regions": ["us-east-1"], "version": "0",
        "started_at": finished, "finished_at": finished, "tables": 1, "resources": 1, "calls": 1, "incomplete": 0})
}

fn resource(scan: &str, table: &str, arn: &str, title: &str, tags: Value, config: Value) -> Value {
    json!({"scan_id": scan, "account_id": ACCOUNT, "partition": "aws", "region": "us-east-1", "table_name": table, "arn": arn,
        "title": title, "tags": tags, "config": config, "collected_at": "2026-11-18T00:00:00Z"})
}

fn call(id: &str, at: &str, function: &str, endpoint: &str) -> Value {
    let role = format!("arn:aws:iam::{ACCOUNT}:role/{function}");
    let source = if endpoint.is_empty() { "203.0.113.9" } else { "10.0.0.9" };
    json!({"event_id": id, "event_time": at, "account_id": ACCOUNT, "region": "us-east-1", "event_source": "bedrock.amazonaws.com",
        "event_name": "Converse", "identity_type": "AssumedRole", "identity_account_id": ACCOUNT, "issuer_arn": role,
        "identity_arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{function}/{function}"), "session_name": function,
        "access_key_id": "ASIAEXAMPLE", "source_ip": source, "vpc_endpoint_id": endpoint, "model_id": OPUS,
        "request_parameters": {"modelId": OPUS}, "object": "s3://logs/trail.json.gz", "line": 7})
}

/// The first scan knows the function `old` alone, the second `new` too, and an endpoint. `old` calls on both days, on the second
/// through the endpoint; `new` calls on the second.
async fn lake() -> TempDir {
    let folder = TempDir::new().unwrap();
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let (first, second) = ("20261118T000000Z-000001", "20261119T200000Z-000002");
    let arn = |name: &str| format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}");
    let model = format!("arn:aws:bedrock:us-east-1::foundation-model/{OPUS}");
    let mut resources = vec![];
    for id in [first, second] {
        resources.push(resource(
            id,
            "aws_lambda_function",
            &arn("old"),
            "old",
            json!({"team": "search"}),
            function("old"),
        ));
        let config = json!({"model_id": OPUS});
        resources.push(resource(id, "aws_bedrock_foundation_model", &model, "Claude 3 Opus", json!({}), config));
    }
    resources.push(resource(second, "aws_lambda_function", &arn("new"), "new <b>", json!({}), function("new")));
    let vpce = format!("arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-endpoint/{ENDPOINT}");
    let config = json!({"vpc_endpoint_id": ENDPOINT, "vpc_endpoint_type": "Interface",
        "policy_document": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}});
    resources.push(resource(second, "aws_vpc_endpoint", &vpce, ENDPOINT, json!({}), config));
    lake.append(RESOURCE, &resources).await.unwrap();
    lake.append(COVERAGE, &[] as &[Value]).await.unwrap();
    lake.append(SCAN, &[scan(first, "2026-11-18T00:10:00Z"), scan(second, "2026-11-19T20:10:00Z")]).await.unwrap();
    let calls = [
        call("e-1", "2026-11-18T09:00:00Z", "old", ""),
        call("e-2", "2026-11-18T10:00:00Z", "old", ""),
        call("e-3", "2026-11-19T09:00:00Z", "old", ENDPOINT),
        call("e-4", "2026-11-19T23:59:59Z", "new", ""),
        call("e-5", "2026-11-20T00:00:00Z", "new", ""),
    ];
    lake.append(API_CALL, &calls).await.unwrap();
    folder
}

/// Workload, path and calls of each edge.
fn told(map: &Value) -> Vec<String> {
    let text = |edge: &Value, name: &str| edge[name].as_str().unwrap().to_owned();
    let line = |edge: &Value| format!("{} {} {}", text(edge, "workload_title"), text(edge, "path"), edge["calls"]);
    map["edges"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_has_its_calls_and_the_inventory_of_its_end() {
    let folder = lake().await;
    let map = |day: &str| run(sightline(&folder).args(["map", "--json", "--at", day])).json();
    assert_eq!(told(&map("2026-11-18")), ["old internet 2"]);
    assert_eq!(told(&map("2026-11-19")), ["new <b> internet 1", "old interface_endpoint 1"]);
    assert_eq!(told(&map("2026-11-17")), [""; 0]);
    assert_eq!(map("2026-11-18")["inventory"][0]["scan_id"], "20261118T000000Z-000001");
    // What nobody scanned yet is told from the first scan, and that is said.
    let early = run(sightline(&folder).args(["map", "--at", "2026-11-17"]));
    assert!(early.out.contains("which is later: there is none of that time"), "{}", early.out);
    assert_eq!(early.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_of_the_past_is_not_the_newest() {
    let folder = lake().await;
    assert_eq!(run(sightline(&folder).arg("map")).code, Some(0));
    run(sightline(&folder).args(["map", "--at", "2026-11-18"]));
    let sql = "SELECT workload_title, calls FROM current_edge ORDER BY 1, 2";
    let rows = run(sightline(&folder).args(["query", "--format", "csv", sql])).out;
    assert_eq!(rows.lines().skip(1).collect::<Vec<_>>(), ["new <b>,2", "old,1", "old,2"]);
    let runs = run(sightline(&folder).args(["query", "--format", "csv", "SELECT kind, rows FROM run"])).out;
    assert_eq!(runs.lines().skip(1).collect::<Vec<_>>(), ["map,3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_between_two_days() {
    let folder = lake().await;
    let ended = run(sightline(&folder).args(["diff", "2026-11-18", "2026-11-19"]));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let words = ended.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "new new <b> -> Claude 3 Opus in us-east-1, internet, 1 calls",
        "moved old -> Claude 3 Opus in us-east-1: internet, now endpoint",
        "2 differences: 2026-11-18 has 1 edges, 2026-11-19 has 2",
    ] {
        assert!(words.contains(part), "`{part}` is not in: {}", ended.out);
    }
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
    let json = run(sightline(&folder).args(["diff", "2026-11-18", "2026-11-19", "--json"])).json();
    assert_eq!([&json[0]["change"], &json[1]["change"]], ["new", "moved"]);
    assert_error(&run(sightline(&folder).args(["diff", "2026-11-19", "2026-11-18"])), "is not before");
    assert_error(&run(sightline(&folder).args(["diff", "2026-11-19", "yesterday"])), "yesterday");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_is_explained_by_the_beginning_of_its_id() {
    let folder = lake().await;
    let listed = run(sightline(&folder).args(["map", "--unprotected", "--workload", "old", "--model", "*opus*"]));
    assert_eq!(listed.code, Some(1), "{}", listed.out);
    assert!(listed.out.lines().all(|line| line.chars().count() <= 80), "{}", listed.out);
    let id = listed.out.lines().nth(1).unwrap().split_whitespace().rev().nth(1).unwrap();
    assert_eq!(id.len(), 8, "{}", listed.out);
    let told = run(sightline(&folder).args(["explain", id])).out;
    for part in ["old -> Claude 3 Opus", "private path", "Evidence", "s3://logs/trail.json.gz:7"] {
        assert!(told.contains(part), "`{part}` is not in: {told}");
    }
    assert_error(&run(sightline(&folder).args(["explain", "00000000"])), "no finding, no edge and no case");
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_and_the_meaning_of_protected_are_the_users() {
    let folder = lake().await;
    let config =
        "[map]\nprotected = \"private_path\"\n\n[[application]]\nname = \"search\"\ntags = { team = \"search\" }\n";
    fs::write(folder.path().join("sightline.toml"), config).unwrap();
    let map = run(sightline(&folder).args(["map", "--json", "--app", "search"])).json();
    assert_eq!(told(&map), ["old interface_endpoint 1", "old internet 2"]);
    let unprotected = run(sightline(&folder).args(["map", "--json", "--unprotected"]));
    assert_eq!(told(&unprotected.json()), ["new <b> internet 2", "old internet 2"]);
    assert_eq!(unprotected.code, Some(1));
    assert_error(&run(sightline(&folder).args(["map", "--app", "chat"])), "it has: search");
    fs::write(folder.path().join("sightline.toml"), "[map]\nprotected = \"private_path and\"\n").unwrap();
    assert_error(&run(sightline(&folder).arg("map")), "protected");
}
