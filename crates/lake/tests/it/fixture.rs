//! Rows and schemas that the tests share.

use std::path::PathBuf;

use arrow::array::RecordBatch;
use serde_json::{Value, json};
use sightline_columns::TableBuilder;
use sightline_lake::{Lake, Session, Staged};
use sightline_model::lake_table::{self, LakeTable};
use sightline_model::{Column, ColumnType, TableSchema};
use tempfile::TempDir;

pub(crate) async fn lake() -> (TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    (folder, lake)
}

pub(crate) fn gap(subject: &str) -> Value {
    json!({"source": "vpc_flow", "account_id": "123456789012", "region": "us-east-1", "subject": subject, "reason": "SKIPDATA",
        "first_seen": "2026-11-01T00:00:00Z", "last_seen": "2026-11-01T00:10:00Z", "object": "s3://logs/a", "line": 2})
}

pub(crate) async fn count(session: &Session, table: &str) -> i64 {
    let answer = session.sql(&format!("SELECT count(*) AS n FROM {table}")).await.unwrap();
    answer.rows().unwrap()[0]["n"].as_i64().unwrap()
}

/// Two accounts; the first was scanned twice, and once more by a scan that never finished.
pub(crate) fn estate() -> Vec<(&'static LakeTable, Vec<Value>)> {
    let bot = json!({"widget_id": "w-1", "size": 3, "ratio": 0.5, "on": true, "made": "2026-01-02T03:04:05.123456Z",
        "policy": {"Statement": [{"Effect": "Allow"}]}, "note": null, "title": "not this one", "mixed": 7});
    vec![
        (
            lake_table::SCAN,
            vec![
                scan("20261101T000000Z-000001", "123456789012", "2026-11-01T00:05:00Z"),
                scan("20261102T000000Z-000002", "123456789012", "2026-11-02T00:05:00Z"),
                scan("20261101T120000Z-000003", "210987654321", "2026-11-01T12:05:00Z"),
            ],
        ),
        (
            lake_table::RESOURCE,
            vec![
                widget("20261101T000000Z-000001", "123456789012", "gone", json!({"widget_id": "w-0"})),
                widget("20261102T000000Z-000002", "123456789012", "bot", bot),
                widget(
                    "20261102T000000Z-000002",
                    "123456789012",
                    "odd",
                    json!({"widget_id": {"a": 1}, "size": "3", "made": "soon", "mixed": "x"}),
                ),
                widget("20261101T120000Z-000003", "210987654321", "other", json!({})),
                widget("20261103T000000Z-000004", "123456789012", "cut off", json!({})),
            ],
        ),
        (
            lake_table::COVERAGE,
            vec![
                json!({"scan_id": "20261101T000000Z-000001", "account_id": "123456789012", "region": "us-east-1", "table_name": "aws_widget", "outcome": "denied"}),
                json!({"scan_id": "20261102T000000Z-000002", "account_id": "123456789012", "region": "us-east-1", "table_name": "aws_widget", "outcome": "ok"}),
            ],
        ),
        (
            lake_table::MODEL_ACCESS,
            vec![
                json!({"run_id": "20261101T000000Z-00000a", "principal_arn": "arn:aws:iam::123456789012:role/old", "decision": "allow"}),
                json!({"run_id": "20261102T000000Z-00000b", "principal_arn": "arn:aws:iam::123456789012:role/new", "decision": "conditional"}),
            ],
        ),
        (
            lake_table::FINDING,
            vec![
                json!({"run_id": "20261101T000000Z-00000a", "check_id": "old", "missing_actions": []}),
                json!({"run_id": "20261102T000000Z-00000b", "check_id": "new", "missing_actions": ["s3:ListAllMyBuckets"]}),
            ],
        ),
    ]
}

pub(crate) fn schemas() -> Vec<TableSchema> {
    let column = Column::new;
    let columns = vec![
        column("widget_id", ColumnType::Text),
        column("size", ColumnType::Int),
        column("ratio", ColumnType::Float),
        column("on", ColumnType::Bool),
        column("made", ColumnType::Time),
        column("policy", ColumnType::Json),
        column("note", ColumnType::Json),
        column("title", ColumnType::Text),
        column("mixed", ColumnType::Text),
    ];
    vec![
        TableSchema { name: "aws_widget".into(), columns },
        TableSchema { name: "aws_gadget".into(), columns: vec![column("gadget_id", ColumnType::Text)] },
    ]
}

fn scan(id: &str, account: &str, finished: &str) -> Value {
    json!({"scan_id": id, "account_id": account, "partition": "aws", "caller_arn": "", "regions": ["us-east-1"], "version": "0",
        "started_at": finished, "finished_at": finished, "tables": 1, "resources": 1, "calls": 1, "incomplete": 0})
}

fn widget(scan: &str, account: &str, title: &str, config: Value) -> Value {
    json!({"scan_id": scan, "account_id": account, "partition": "aws", "region": "us-east-1", "table_name": "aws_widget",
        "arn": format!("arn:aws:widget:us-east-1:{account}:widget/{title}"), "title": title, "tags": {"team": "ai"},
        "config": config, "collected_at": "2026-11-02T00:01:00Z"})
}

/// Rows of `log_gap` in Arrow, as log sources make them.
pub(crate) fn gaps<'s>(subjects: impl IntoIterator<Item = &'s str>) -> RecordBatch {
    let mut builder = TableBuilder::new(lake_table::LOG_GAP);
    for (line, subject) in subjects.into_iter().enumerate() {
        let mut row = builder.row();
        row.text("source", "vpc_flow").text("account_id", "123456789012").maybe_text("region", None);
        row.text("subject", subject).text("reason", "SKIPDATA").time("first_seen", 1_793_491_200_000_000);
        row.maybe_time("last_seen", None).text("object", "s3://logs/a").int("line", i64::try_from(line).unwrap());
    }
    builder.take().unwrap()
}

/// Stages the rows, one file a call.
pub(crate) async fn stage(lake: &Lake, table: &'static LakeTable, rows: &RecordBatch) -> Staged {
    let mut stage = lake.stage(table).await.unwrap();
    stage.write(rows).await.unwrap();
    stage.finish().await.unwrap()
}

/// Parquet files in the table's folder, whether they are part of the table or not.
pub(crate) fn parquet_files(lake: &Lake, table: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(lake.root().join(table)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.to_string_lossy().contains(".parquet")).collect();
    files.sort();
    files
}

/// Rows of any table: all columns hold something made of the number.
pub(crate) fn numbered(table: &'static LakeTable, numbers: std::ops::Range<i64>) -> RecordBatch {
    let mut builder = TableBuilder::new(table);
    for number in numbers {
        let mut row = builder.row();
        for (name, kind) in table.columns {
            match kind {
                ColumnType::Bool => row.bool(name, number % 2 == 0),
                ColumnType::Int => row.int(name, number),
                ColumnType::Float => row.maybe_float(name, Some(0.5)),
                ColumnType::Text => row.text(name, &format!("{name} {number}")),
                ColumnType::Json => row.json(name, "{}"),
                ColumnType::Time => row.time(name, 1_793_491_200_000_000 + number * 1_000_000),
            };
        }
    }
    builder.take().unwrap()
}
