//! The path of data, printed: over a lake as a scan leaves it.

use crate::support::{assert_error, run, sightline};
use serde_json::{Value, json};
use sightline_collect::catalogue::{Scope, catalogue};
use sightline_lake::Lake;
use sightline_model::lake_table::{COVERAGE, RESOURCE, SCAN};
use tempfile::TempDir;

const ACCOUNT: &str = "111111111111";

/// Bucket → data source → knowledge base → agent, with a role; all tables were read, but `denied`.
async fn lake(denied: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let covered = |(table, region): (String, &str)| {
        let outcome = if denied.contains(&table.as_str()) { "denied" } else { "ok" };
        json!({"scan_id": "s", "account_id": ACCOUNT, "region": region, "table_name": table, "operation": "List", "action": "a:List",
            "target": "", "outcome": outcome, "error_code": "", "error_message": "", "rows": 0, "calls": 1, "collected_at": "2026-11-20T00:00:00Z"})
    };
    let tables = catalogue().unwrap();
    let tables = tables
        .tables()
        .map(|table| (table.name.clone(), if table.scope == Scope::Global { "global" } else { "us-east-1" }));
    let coverage: Vec<Value> = tables.map(covered).collect();
    let base = "arn:aws:bedrock:us-east-1:111111111111:knowledge-base/KB1";
    let resources = [
        ("aws_s3_bucket", "arn:aws:s3:::manuals", "manuals", json!({"name": "manuals"})),
        (
            "aws_bedrock_data_source",
            "arn:aws:bedrock:us-east-1:111111111111:knowledge-base/KB1/data-source/DS1",
            "manuals-source",
            json!({"knowledge_base_id": "KB1", "knowledge_base_arn": base,
                "data_source_configuration": {"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::manuals"}}}),
        ),
        (
            "aws_bedrock_knowledge_base",
            base,
            "support <kb>",
            json!({"knowledge_base_id": "KB1", "role_arn": "arn:aws:iam::222222222222:role/kb"}),
        ),
        (
            "aws_bedrock_agent",
            "arn:aws:bedrock:us-east-1:111111111111:agent/AG1",
            "=helper",
            json!({"agent_id": "AG1", "knowledge_bases": [{"knowledgeBaseId": "KB1"}]}),
        ),
    ];
    let resource = |(table, arn, title, config): &(&str, &str, &str, Value)| {
        let region = if *table == "aws_s3_bucket" { "global" } else { "us-east-1" };
        json!({"scan_id": "s", "account_id": ACCOUNT, "partition": "aws", "region": region, "table_name": table, "arn": arn,
            "title": title, "tags": {}, "config": config, "collected_at": "2026-11-20T00:00:00Z"})
    };
    let seen: Vec<Value> = resources.iter().filter(|(table, ..)| !denied.contains(table)).map(resource).collect();
    let scan = json!({"scan_id": "s", "account_id": ACCOUNT, "partition": "aws", "caller_arn": "", "regions": ["us-east-1"], "version": "0",
        "started_at": "2026-11-20T00:00:00Z", "finished_at": "2026-11-20T00:10:00Z", "tables": 1, "resources": 1, "calls": 1, "incomplete": 0});
    lake.append(RESOURCE, &seen).await.unwrap();
    lake.append(COVERAGE, &coverage).await.unwrap();
    lake.append(SCAN, &[scan]).await.unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_as_a_tree() {
    let folder = lake(&[]).await;
    let ended = run(sightline(&folder).args(["lineage", "manuals"]));
    // What the knowledge base's role is, nobody has read; that is beside the path of its data.
    insta::assert_snapshot!(ended.out, @"
    s3 bucket manuals
    arn:aws:s3:::manuals

    Comes from
      nothing that was read

    Goes to
    └── read by bedrock data source manuals-source
        └── writes bedrock knowledge base support <kb>
            └── read by bedrock agent =helper

      note  no map has been made, or it has no calls: `sightline ingest` and
            `sightline map` show who calls
    ");
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let base = run(sightline(&folder).args(["lineage", "KB1", "--up"]));
    insta::assert_snapshot!(base.out, @"
    bedrock knowledge base support <kb>
    arn:aws:bedrock:us-east-1:111111111111:knowledge-base/KB1

    Comes from
    └── written by bedrock data source manuals-source
        └── reads s3 bucket manuals

    Beside
      runs as iam role arn:aws:iam::222222222222:role/kb ? [1]

    Unknown
      [1]   it is in account 222222222222, which no scan has read
    ");
    assert_eq!(base.code, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_denied_is_unknown_with_its_action() {
    let folder = lake(&["aws_bedrock_data_source", "aws_bedrock_agent"]).await;
    let ended = run(sightline(&folder).args(["lineage", "KB1", "--down"]));
    assert_eq!(ended.code, Some(3), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("could not be read: aws_bedrock_agent (denied: a:List)"), "{}", ended.out);
    assert!(ended.out.contains("nothing that was read"), "{}", ended.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_shapes_say_the_same() {
    let folder = lake(&[]).await;
    let json = run(sightline(&folder).args(["lineage", "manuals", "--json"])).json();
    assert_eq!(json["down"].as_array().unwrap().len(), 3, "{json}");
    let csv = run(sightline(&folder).args(["lineage", "manuals", "-o", "csv"])).out;
    assert_eq!(csv.lines().count(), 4, "{csv}");
    let drawn = run(sightline(&folder).args(["lineage", "manuals", "-o", "mermaid"])).out;
    assert!(drawn.starts_with("flowchart LR\n") && drawn.contains("support #60;kb#62;"), "{drawn}");
    assert_eq!(drawn.matches("-->|").count(), 3, "{drawn}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_keeps_the_relations() {
    let folder = lake(&[]).await;
    assert_eq!(run(sightline(&folder).arg("map")).code, Some(0));
    let sql = "SELECT from_table, kind, to_table, dangling FROM current_relation ORDER BY 1, 2, 3";
    let rows = run(sightline(&folder).args(["query", "--format", "csv", sql])).out;
    insta::assert_snapshot!(rows, @"
    from_table,kind,to_table,dangling
    aws_bedrock_agent,reads,aws_bedrock_knowledge_base,false
    aws_bedrock_data_source,reads,aws_s3_bucket,false
    aws_bedrock_data_source,writes,aws_bedrock_knowledge_base,false
    aws_bedrock_knowledge_base,runs_as,aws_iam_role,true
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nothing_has_is_refused() {
    let folder = lake(&[]).await;
    assert_error(&run(sightline(&folder).args(["lineage", "nobody"])), "no scan saw a resource `nobody`");
    assert_error(&run(sightline(&folder).args(["lineage", "manuals", "--depth", "0"])), "--depth");
}
