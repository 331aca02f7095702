//! What could not be seen, printed: over a lake as a scan and logs leave it.

use crate::support::{run, sightline};
use serde_json::{Value, json};
use sightline_collect::catalogue::{Scope, catalogue};
use sightline_lake::Lake;
use sightline_model::lake_table::{API_CALL, COVERAGE, RESOURCE, SCAN};
use tempfile::TempDir;

const ACCOUNT: &str = "111111111111";
const CLUSTER: &str = "arn:aws:eks:us-east-1:111111111111:cluster/apps";

/// An account with a trail that writes alone, a VPC without flow logs, a cluster; pods were denied.
async fn lake() -> TempDir {
    let folder = TempDir::new().unwrap();
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let covered = |table: String, region: &str| {
        let outcome = if table == "kubernetes_pod" { "denied" } else { "ok" };
        let target = if table.starts_with("kubernetes_") { CLUSTER } else { "" };
        json!({"scan_id": "s", "account_id": ACCOUNT, "region": region, "table_name": table, "operation": "List", "action": "a:List",
            "target": target, "outcome": outcome, "error_code": "", "error_message": "", "rows": 0, "calls": 1, "collected_at": "2026-11-20T00:00:00Z"})
    };
    let tables = catalogue().unwrap();
    let tables = tables.tables().flat_map(|table| match table.scope {
        Scope::Global => vec![covered(table.name.clone(), "global")],
        _ => ["us-east-1", "eu-west-1", "eu-west-2"].map(|region| covered(table.name.clone(), region)).into(),
    });
    let coverage: Vec<Value> = tables.collect();
    let resources = [
        ("aws_vpc", "arn:aws:ec2:us-east-1:111111111111:vpc/vpc-1", json!({"vpc_id": "vpc-1"})),
        ("aws_eks_cluster", CLUSTER, json!({"name": "apps"})),
        (
            "aws_cloudtrail_trail",
            "arn:aws:cloudtrail:us-east-1:111111111111:trail/main",
            json!({"name": "main", "is_logging": true, "is_multi_region_trail": true,
                "event_selectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]}),
        ),
    ];
    let resource = |(table, arn, config): &(&str, &str, Value)| {
        json!({"scan_id": "s", "account_id": ACCOUNT, "partition": "aws", "region": "us-east-1", "table_name": table, "arn": arn,
            "title": arn.rsplit('/').next(), "tags": {}, "config": config, "collected_at": "2026-11-20T00:00:00Z"})
    };
    let seen: Vec<Value> = resources.iter().map(resource).collect();
    let scan = json!({"scan_id": "s", "account_id": ACCOUNT, "partition": "aws", "caller_arn": "", "regions": ["us-east-1"], "version": "0",
        "started_at": "2026-11-20T00:00:00Z", "finished_at": "2026-11-20T00:10:00Z", "tables": 1, "resources": 1, "calls": 1, "incomplete": 0});
    let call = json!({"event_id": "e", "event_time": "2026-11-20T01:00:00Z", "account_id": ACCOUNT, "region": "us-east-1",
        "event_source": "ec2.amazonaws.com", "event_name": "RunInstances", "object": "s3://logs/a", "line": 1});
    lake.append(RESOURCE, &seen).await.unwrap();
    lake.append(COVERAGE, &coverage).await.unwrap();
    lake.append(API_CALL, &[call]).await.unwrap();
    lake.append(SCAN, &[scan]).await.unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worst_first_and_what_is_the_same_once() {
    let folder = lake().await;
    let ended = run(sightline(&folder).arg("blindspots"));
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
    let words: Vec<&str> = ended.out.split_whitespace().collect();
    let text = words.join(" ");
    let order = [
        "Blind: nothing of it is seen",
        "Partial: not all of it",
        "Unknown: nobody could look",
        "What nothing in AWS shows",
    ];
    let places: Vec<usize> =
        order.iter().map(|title| text.find(title).unwrap_or_else(|| panic!("{title}: {text}"))).collect();
    assert!(places.is_sorted(), "{text}");
    for said in [
        "who talks to whom in vpc-1, to models that workloads serve and to public AI 111111111111 in us-east-1 \
         flow-logs: no active flow log fix: vpc-flow-logs",
        "trail main does not record management events of bedrock.amazonaws.com that only read",
        "111111111111 in eu-west-1, eu-west-2 cloudtrail-management",
        "could not be listed: kubernetes_pod (denied: a:List) fix: eks-access",
        "inference through Mantle: CreateInference",
    ] {
        assert!(text.contains(said), "`{said}` is not in {text}");
    }
    let all = run(sightline(&folder).args(["blindspots", "--all"]));
    assert!(all.out.len() >= ended.out.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_json_and_stay_in_the_lake() {
    let folder = lake().await;
    let ended = run(sightline(&folder).args(["blindspots", "--json"]));
    assert_eq!(ended.code, Some(3));
    let rows = ended.json();
    let rows = rows.as_array().unwrap();
    assert!(rows.iter().all(|row| row["sight"] != "seen"), "only with --all");
    let pods = rows.iter().find(|row| row["plane"] == "self-hosted" && row["telemetry"] == "inventory").unwrap();
    assert_eq!(
        (&pods["sight"], &pods["fix"], &pods["subject"]),
        (&json!("unknown"), &json!("eks-access"), &json!(CLUSTER))
    );
    let sql = "SELECT count(*) AS kept, count(DISTINCT spot_id) AS ids FROM current_blind_spot";
    let kept = run(sightline(&folder).args(["query", "--json", sql])).json();
    let all = run(sightline(&folder).args(["blindspots", "--json", "--all"])).json().as_array().unwrap().len();
    assert_eq!((&kept[0]["kept"], &kept[0]["ids"]), (&json!(all), &json!(all)));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_without_a_lake() {
    let folder = TempDir::new().unwrap();
    let ended = run(sightline(&folder).arg("blindspots"));
    crate::support::assert_error(&ended, "lake");
}
