//! Pods over several scans: since when, until when, and which of them had an address at a time.

use serde_json::{Map, Value, json};
use sightline_lake::Session;
use sightline_model::lake_table::{self, LakeTable};

use crate::fixture::lake;

const ACCOUNT: &str = "123456789012";
const CLUSTER: &str = "arn:aws:eks:us-east-1:123456789012:cluster/main";

/// The scan of a day, at midnight; it takes five minutes.
fn scan(day: u8) -> Value {
    json!({"scan_id": format!("202611{day:02}T000000Z-000001"), "account_id": ACCOUNT, "started_at": format!("2026-11-{day:02}T00:00:00Z"),
        "finished_at": format!("2026-11-{day:02}T00:05:00Z")})
}

fn coverage(day: u8, outcome: &str) -> Value {
    json!({"scan_id": format!("202611{day:02}T000000Z-000001"), "account_id": ACCOUNT, "region": "us-east-1",
        "table_name": "kubernetes_pod", "outcome": outcome})
}

fn pod(day: u8, name: &str, mut config: Value) -> Value {
    config["cluster_arn"] = CLUSTER.into();
    config["uid"] = format!("uid-{name}").into();
    config["name"] = name.into();
    json!({"scan_id": format!("202611{day:02}T000000Z-000001"), "account_id": ACCOUNT, "partition": "aws", "region": "us-east-1",
        "table_name": "kubernetes_pod", "arn": format!("{CLUSTER}/pod/ai/{name}"), "title": name, "tags": {}, "config": config,
        "collected_at": format!("2026-11-{day:02}T00:01:00Z")})
}

/// Four days: `first` ends after the second, `second` gets its address; the third day's scan could not read pods.
fn rows() -> Vec<(&'static LakeTable, Vec<Value>)> {
    let at = |ip: &str, started: &str| json!({"pod_ip": ip, "started_at": started, "host_network": false, "phase": "Running"});
    let first = || at("10.0.0.7", "2026-10-31T12:00:00Z");
    let second = || at("10.0.0.7", "2026-11-02T18:00:00Z");
    vec![
        (lake_table::SCAN, (1..=4).map(scan).collect()),
        (
            lake_table::COVERAGE,
            vec![coverage(1, "ok"), coverage(2, "ok"), coverage(3, "denied"), coverage(3, "ok"), coverage(4, "ok")],
        ),
        (
            lake_table::RESOURCE,
            vec![
                pod(1, "first", json!({"phase": "Pending"})),
                pod(2, "first", first()),
                pod(4, "second", second()),
                pod(2, "node-agent", json!({"pod_ip": "10.0.0.1", "host_network": true})),
                pod(4, "node-agent", json!({"pod_ip": "10.0.0.1", "host_network": true})),
                // A scan that was cut off.
                pod(9, "unseen", first()),
            ],
        ),
    ]
}

/// In memory and in Delta tables, whose folder lives as long as it is held.
async fn both() -> ([Session; 2], tempfile::TempDir) {
    let (folder, lake) = lake().await;
    for (table, rows) in rows() {
        lake.append(table, &rows).await.unwrap();
    }
    let on_disk = lake.session(&[]).await.unwrap();
    ([Session::in_memory(&[], rows()).unwrap(), on_disk], folder)
}

async fn sql(session: &Session, sql: &str) -> Vec<Map<String, Value>> {
    session.sql(sql).await.unwrap_or_else(|error| panic!("{error}")).rows().unwrap()
}

#[tokio::test]
async fn pods_are_kept_over_scans() {
    let (sessions, _folder) = both().await;
    for session in sessions {
        let rows = sql(
            &session,
            "SELECT name, phase, ip, first_seen, last_seen, gone_by, is_current, scans FROM pod ORDER BY name",
        )
        .await;
        let lines: Vec<String> =
            rows.iter().map(|row| row.values().map(Value::to_string).collect::<Vec<_>>().join(" ")).collect();
        insta::allow_duplicates! { insta::assert_snapshot!(lines.join("\n"), @r#"
        "first" "Running" "10.0.0.7" "2026-11-01T00:01:00Z" "2026-11-02T00:01:00Z" "2026-11-04T00:00:00Z" false 2
        "node-agent" null "10.0.0.1" "2026-11-02T00:01:00Z" "2026-11-04T00:01:00Z" null true 2
        "second" "Running" "10.0.0.7" "2026-11-04T00:01:00Z" "2026-11-04T00:01:00Z" null true 1
        "#); }
    }
}

#[tokio::test]
async fn an_address_at_a_time_is_a_pod() {
    let (sessions, _folder) = both().await;
    for session in sessions {
        let at = async |time: &str, ip: &str| {
            let rows = sql(
                &session,
                &format!("SELECT name FROM pod_at WHERE ip = '{ip}' AND TIMESTAMP '{time}' >= since AND (until IS NULL OR TIMESTAMP '{time}' < until)"),
            )
            .await;
            rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(at("2026-11-01T06:00:00Z", "10.0.0.7").await, ["first"]);
        assert_eq!(at("2026-11-02T17:00:00Z", "10.0.0.7").await, ["first"], "till the next has the address");
        assert_eq!(at("2026-11-02T19:00:00Z", "10.0.0.7").await, ["second"]);
        assert_eq!(at("2026-11-20T00:00:00Z", "10.0.0.7").await, ["second"], "it is there");
        assert!(at("2026-10-01T00:00:00Z", "10.0.0.7").await.is_empty());
        assert!(at("2026-11-02T00:00:00Z", "10.0.0.1").await.is_empty(), "the node's own address is no pod's");
    }
}

#[tokio::test]
async fn without_pods_the_views_are_empty() {
    let session = Session::in_memory(&[], vec![]).unwrap();
    assert!(sql(&session, "SELECT * FROM pod_at").await.is_empty());
    assert!(session.table_names().contains(&"pod".to_owned()));
}
