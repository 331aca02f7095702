//! Runs `tests/slt/*.slt` twice: over rows in memory and over the same rows in Delta tables. Both must agree.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use sightline_lake::{LakeError, Session};
use sightline_model::ColumnType;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner};

use crate::cluster::started;
use crate::fixture::{estate, lake, schemas};

struct Engine(Arc<Session>);

#[async_trait]
impl AsyncDB for Engine {
    type Error = LakeError;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, LakeError> {
        let answer = self.0.sql(sql).await?;
        let types = answer.columns().iter().map(|column| column_type(column.kind)).collect();
        let rows = answer.rows()?.iter().map(|row| row.values().map(shown).collect()).collect();
        Ok(DBOutput::Rows { types, rows })
    }

    async fn shutdown(&mut self) {}
}

fn column_type(kind: ColumnType) -> DefaultColumnType {
    match kind {
        ColumnType::Int => DefaultColumnType::Integer,
        ColumnType::Float => DefaultColumnType::FloatingPoint,
        ColumnType::Text => DefaultColumnType::Text,
        ColumnType::Bool | ColumnType::Time | ColumnType::Json => DefaultColumnType::Any,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

async fn run_all(session: Session) {
    let session = Arc::new(session);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slt");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let mut runner = Runner::new(|| async { Ok(Engine(Arc::clone(&session))) });
        runner.with_column_validator(sqllogictest::strict_column_validator);
        runner
            .run_file_async(&file)
            .await
            .unwrap_or_else(|error| panic!("{}: {}", file.display(), error.display(false)));
    }
}

#[tokio::test]
async fn in_memory() {
    run_all(Session::in_memory(&schemas(), estate()).unwrap()).await;
}

#[tokio::test]
async fn on_disk() {
    let (_folder, lake) = lake().await;
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
    run_all(lake.session(&schemas()).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_cluster() {
    let (folder, lake) = lake().await;
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
    let cluster = started(&folder, 2).await;
    run_all(lake.session(&schemas()).await.unwrap().on_cluster(Some(Arc::clone(&cluster)))).await;
    let runs = cluster.runs();
    println!("{runs:?}");
    assert!(runs.sent > 10, "most statements are for the cluster: {runs:?}");
}
