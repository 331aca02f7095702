//! The bill of materials of models, from a lake to a file; and applications, from the configuration to the lake.

use crate::support::{run, sightline};
use serde_json::{Value, json};
use sightline_lake::Lake;
use sightline_model::lake_table::{API_CALL, RESOURCE, SCAN};
use std::fs;
use tempfile::TempDir;

const TUNED: &str = "arn:aws:bedrock:us-east-1:111111111111:custom-model/tickets";
const BASE: &str = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";

/// A tuned model with its base and its data, and an instance that calls it.
async fn lake() -> TempDir {
    let folder = TempDir::new().unwrap();
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let instance = "arn:aws:ec2:us-east-1:111111111111:instance/i-1";
    let resource = |table: &str, arn: &str, tags: Value, config: Value| {
        json!({"scan_id": "s", "account_id": "111111111111", "partition": "aws", "region": "us-east-1", "table_name": table, "arn": arn,
            "title": arn.rsplit('/').next(), "tags": tags, "config": config, "collected_at": "2026-11-20T00:00:00Z"})
    };
    let resources = [
        resource(
            "aws_bedrock_foundation_model",
            BASE,
            json!({}),
            json!({"model_id": "amazon.nova-lite-v1:0", "provider_name": "Amazon"}),
        ),
        resource(
            "aws_bedrock_custom_model",
            TUNED,
            json!({}),
            json!({"model_name": "tickets", "base_model_arn": BASE,
            "customization_type": "FINE_TUNING", "training_data_config": {"s3Uri": "s3://tickets-2025/train.jsonl"}}),
        ),
        resource("aws_s3_bucket", "arn:aws:s3:::tickets-2025", json!({}), json!({"name": "tickets-2025"})),
        resource("aws_ec2_instance", instance, json!({"team": "support"}), json!({"instance_id": "i-1"})),
    ];
    let scan = json!({"scan_id": "s", "account_id": "111111111111", "partition": "aws", "caller_arn": "", "regions": ["us-east-1"], "version": "0",
        "started_at": "2026-11-20T00:00:00Z", "finished_at": "2026-11-20T00:10:00Z", "tables": 1, "resources": 1, "calls": 1, "incomplete": 0});
    let call = json!({"event_id": "e", "event_time": "2026-11-20T01:00:00Z", "account_id": "111111111111", "region": "us-east-1",
        "event_source": "bedrock.amazonaws.com", "event_name": "Converse", "identity_type": "AssumedRole", "session_name": "i-1",
        "identity_arn": "arn:aws:sts::111111111111:assumed-role/r/i-1", "issuer_arn": "arn:aws:iam::111111111111:role/r",
        "identity_account_id": "111111111111", "model_id": TUNED, "source_ip": "203.0.113.9", "object": "s3://logs/a", "line": 1});
    lake.append(RESOURCE, &resources).await.unwrap();
    lake.append(API_CALL, &[call]).await.unwrap();
    lake.append(SCAN, &[scan]).await.unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_what_calls_it_and_what_it_is_made_from() {
    let folder = lake().await;
    let ended =
        run(sightline(&folder).args(["report", "-o", "cyclonedx=ml-bom.json", "-o", "cyclonedx-1.7=newer.json"]));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let read = |name: &str| -> Value { serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap() };
    let (bill, newer) = (read("ml-bom.json"), read("newer.json"));
    assert_eq!((&bill["specVersion"], &newer["specVersion"]), (&json!("1.6"), &json!("1.7")));
    let names = |bill: &Value| -> Vec<String> {
        let all = bill["components"].as_array().unwrap().iter();
        all.map(|one| one["bom-ref"].as_str().unwrap().to_owned()).collect()
    };
    let needs = |name: &str| {
        let mut all = bill["dependencies"].as_array().unwrap().iter();
        all.find(|one| one["ref"] == name).unwrap_or_else(|| panic!("{name}: {bill:#}"))["dependsOn"].clone()
    };
    assert_eq!(names(&bill), names(&newer));
    assert_eq!(needs("arn:aws:ec2:us-east-1:111111111111:instance/i-1"), json!([TUNED]));
    assert_eq!(needs(TUNED), json!([BASE, "arn:aws:s3:::tickets-2025"]));
    let tuned = bill["components"].as_array().unwrap().iter().find(|one| one["bom-ref"] == TUNED).unwrap();
    assert_eq!(tuned["modelCard"]["modelParameters"]["datasets"], json!([{"ref": "arn:aws:s3:::tickets-2025"}]));
}

#[test]
fn applications_are_shown_and_a_wrong_one_is_told() {
    let folder = TempDir::new().unwrap();
    let write = |text: &str| fs::write(folder.path().join("sightline.toml"), text).unwrap();
    write("[[application]]\nname = \"support\"\ntags = { team = \"support\" }\nvpcs = [\"vpc-1\", \"vpc-2\"]\n");
    let shown = run(sightline(&folder).args(["config", "show", "--resolved", "--json"])).json();
    let application = shown.as_array().unwrap().iter().find(|one| one["setting"] == "application.support").unwrap();
    assert_eq!(application["value"], "tag team = support; vpc vpc-1 or vpc-2");
    write("[[application]]\nname = \"support\"\n");
    let ended = run(sightline(&folder).args(["config", "show", "--resolved"]));
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("this takes no workload") && ended.err.contains("sightline.toml:2:8"), "{}", ended.err);
}

#[test]
fn the_schema_knows_applications() {
    let folder = TempDir::new().unwrap();
    let schema = run(sightline(&folder).args(["config", "schema"])).json();
    let entry = &schema["properties"]["application"]["items"]["properties"];
    let keys: Vec<&String> = entry.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["name", "tags", "namespaces", "clusters", "vpcs", "accounts", "workloads"]);
}
