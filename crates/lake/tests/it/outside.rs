//! Another reader of the format sees the same rows, skips files by what the log says of them, and sees no staged file.

use std::path::PathBuf;
use std::process::Command;

use sightline_model::lake_table::LOG_GAP;

use crate::fixture::{gap, gaps, lake, stage};

const READ: &str = r#"
import json, os, sys
from deltalake import DeltaTable
table = DeltaTable(sys.argv[1])
rows = table.to_pyarrow_table().to_pylist() if hasattr(table, "to_pyarrow_table") else []
adds = table.get_add_actions(flatten=True)
names = adds.schema.names if hasattr(adds, "schema") else adds.column_names
print(json.dumps({"rows": sorted(row["subject"] for row in rows), "files": len(table.file_uris()),
    "records": sum(adds.column(names.index("num_records")).to_pylist() if hasattr(adds, "column") else [])}), flush=True)
# Threads of the libraries may end the process while the interpreter goes down.
os._exit(0)
"#;

/// The Python of the tests, where it has the reader.
fn python() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where the test's Python is")]
    let named = std::env::var_os("SIGHTLINE_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../.venv/bin/python").into());
    let has_reader = Command::new(&python).args(["-c", "import deltalake, pyarrow"]).output();
    has_reader.is_ok_and(|output| output.status.success()).then_some(python)
}

#[tokio::test]
async fn another_reader_sees_the_same() {
    let Some(python) = python() else {
        println!("skipped: no Python with `deltalake` and `pyarrow`");
        return;
    };
    let (_folder, lake) = lake().await;
    lake.append(LOG_GAP, &[gap("c")]).await.unwrap();
    let staged = [stage(&lake, LOG_GAP, &gaps(["a", "b"])).await, stage(&lake, LOG_GAP, &gaps(["d"])).await];
    stage(&lake, LOG_GAP, &gaps(["never committed"])).await;
    lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap();
    let output = Command::new(python).args(["-c", READ]).arg(lake.root().join("log_gap")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read, serde_json::json!({"rows": ["a", "b", "c", "d"], "files": 3, "records": 4}));
}
