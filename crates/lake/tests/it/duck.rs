//! DuckDB reads every table as this crate does. Skipped, and said so, where it is not installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sightline_lake::Session;
use sightline_model::ColumnType;
use sightline_model::lake_table::{ALL, FLOW, LOG_GAP};

use crate::fixture::{estate, gaps, lake, numbered, stage};
use crate::older::write_by_another_version;

/// What DuckDB says of the tables; nothing where it is not there.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "where Python is can only be told from outside; a skipped test says so"
)]
fn told(lake: &Path) -> Option<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("SIGHTLINE_PYTHON").map(PathBuf::from);
    let python = named.into_iter().chain([root.join("../../.venv/bin/python")]).find(|path| path.exists());
    let Some(python) = python else {
        println!("skipped: no Python; set SIGHTLINE_PYTHON");
        return None;
    };
    let output = Command::new(python).arg(root.join("tests/python/duck.py")).arg(lake).output().unwrap();
    if output.status.code() == Some(77) {
        println!("skipped: {}", String::from_utf8_lossy(&output.stdout).trim());
        return None;
    }
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}")))
}

/// The same, said by this crate.
async fn ours(session: &Session) -> Value {
    let mut tables = serde_json::Map::new();
    for table in ALL {
        let numbers: Vec<&str> =
            table.columns.iter().filter(|(_, kind)| *kind == ColumnType::Int).map(|(name, _)| *name).collect();
        let sums: String = numbers.iter().map(|name| format!(", coalesce(sum(\"{name}\"), 0) AS \"{name}\"")).collect();
        let sql = format!("SELECT count(*) AS all_rows{sums} FROM {}", table.name);
        let row = session.sql(&sql).await.unwrap().rows().unwrap().remove(0);
        let mut columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        columns.sort_unstable();
        let sums: serde_json::Map<_, _> = numbers.iter().map(|name| ((*name).to_owned(), row[*name].clone())).collect();
        tables.insert(table.name.to_owned(), json!({"rows": row["all_rows"], "columns": columns, "sums": sums}));
    }
    tables.into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_engine_reads_the_same() {
    let (folder, lake) = lake().await;
    // A column that a later version adds, and files that were put together and taken out.
    write_by_another_version(folder.path(), &[("subject", "old")]).await;
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
    for table in ALL {
        for (seq, numbers) in [0..7, 7..9, 90_000..90_011].into_iter().enumerate() {
            if table.partition_by.is_empty() {
                let staged = [stage(&lake, table, &numbered(table, numbers)).await];
                lake.commit_staged(table, &staged, "shard", i64::try_from(seq).unwrap()).await.unwrap();
            } else {
                let [column] = table.partition_by else { panic!("{}", table.name) };
                lake.append(table, &[json!({*column: format!("20261103T000000Z-00000{seq}")})]).await.unwrap();
            }
        }
    }
    lake.commit_staged(LOG_GAP, &[stage(&lake, LOG_GAP, &gaps(["one more"])).await], "other", 1).await.unwrap();
    for table in ALL.iter().filter(|table| table.partition_by.is_empty()) {
        lake.compact(table).await.unwrap();
    }
    let retained = lake.retain(FLOW, 7, "2026-11-08T12:00:00Z".parse().unwrap(), false).await.unwrap();
    assert_eq!(retained.rows, 9);
    let Some(told) = told(folder.path()) else { return };
    let ours = ours(&lake.session(&[]).await.unwrap()).await;
    for table in ALL {
        assert_eq!(told[table.name], ours[table.name], "{}", table.name);
    }
    assert_eq!(told["flow"]["rows"], json!(11));
}
