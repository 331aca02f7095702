//! A lake in a bucket: moto's S3 on loopback. Skipped, and said so, without its Python.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sightline_lake::{Appended, Lake, LakeError, Lent, Place, S3Access, StageLimits};
use sightline_model::lake_table::{FLOW, LOG_GAP, RESOURCE};
use tempfile::TempDir;

use crate::claims::race;
use crate::fixture::{count, estate, gap, gaps, numbered, schemas, stage};

/// The emulator ends with this value, because it waits for its input to close.
struct Bucket {
    child: Child,
    url: String,
    state: TempDir,
}

impl Drop for Bucket {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "where Python is can only be told from outside; a skipped test says so"
)]
fn bucket() -> Option<Bucket> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("SIGHTLINE_PYTHON").map(PathBuf::from);
    let python = named.into_iter().chain([root.join("../../.venv/bin/python")]).find(|path| path.exists());
    let Some(python) = python else {
        println!("skipped: no Python with the emulators; set SIGHTLINE_PYTHON");
        return None;
    };
    let mut child = Command::new(python)
        .arg(root.join("tests/python/s3.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("http"), "the emulator said `{line}`");
    Some(Bucket { child, url: line.trim().to_owned(), state: tempfile::tempdir().unwrap() })
}

impl Bucket {
    fn place(&self, prefix: &str) -> Place {
        let lent =
            Lent { key_id: "123456789012".into(), secret_key: "x".into(), token: None, valid: Duration::from_secs(60) };
        let lender = Arc::new(move || {
            let lent = lent.clone();
            Box::pin(async move { Ok(lent) }) as _
        });
        let access =
            S3Access { lender, region: "us-east-1".into(), endpoint: Some(self.url.clone()), path_style: true };
        Place::bucket(&format!("s3://the-lake{prefix}"), &access, &self.state.path().join("state")).unwrap()
    }

    async fn lake(&self, prefix: &str) -> Lake {
        Lake::create_at(self.place(prefix)).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bucket_is_a_lake() {
    let Some(bucket) = bucket() else { return };
    let missing = Lake::open_at(bucket.place("/none")).await.unwrap_err();
    assert!(matches!(missing, LakeError::Missing { .. }), "{missing}");
    let lake = bucket.lake("/prod/lake").await;
    assert_eq!(lake.root(), Path::new("s3://the-lake/prod/lake"));
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
    let again = Lake::open_at(bucket.place("/prod/lake/")).await.unwrap();
    let session = again.session(&schemas()).await.unwrap();
    assert_eq!((count(&session, "resource").await, count(&session, "current_resource").await), (5, 3));
    assert_eq!(count(&session, "aws_widget").await, 3);
    assert!(again.damaged().await.is_empty());
    // Appended once, whoever does it.
    for lake in [&lake, &again] {
        lake.append_once(LOG_GAP, &[gap("once")], "shard", 1).await.unwrap();
    }
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 1);
    // Another prefix is another lake.
    let other = bucket.lake("").await;
    assert_eq!(count(&other.session(&[]).await.unwrap(), "resource").await, 0);
    let _lock = lake.lock("scan", "since noon").unwrap();
    assert_eq!(again.writers().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_are_staged_claimed_and_put_together() {
    let Some(bucket) = bucket() else { return };
    let lake = bucket.lake("/staged").await;
    let staged = vec![stage(&lake, LOG_GAP, &gaps(["a", "b"])).await, stage(&lake, FLOW, &numbered(FLOW, 0..9)).await];
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 0);
    assert_eq!(lake.save_claim("ingest", 0, &staged).await.unwrap(), 1);
    assert_eq!(lake.save_claim("ingest", 0, &[]).await.unwrap(), 2);
    let other = Lake::open_at(bucket.place("/staged")).await.unwrap();
    let claimed = other.load_claim("ingest", 1).await.unwrap().unwrap();
    assert_eq!(claimed, staged);
    assert_eq!(other.commit_staged(LOG_GAP, &claimed, "ingest", 1).await.unwrap(), Appended::Committed);
    assert_eq!(lake.commit_staged(LOG_GAP, &claimed, "ingest", 1).await.unwrap(), Appended::Skipped);
    // A claim keeps its files, and what nobody names goes.
    let orphan = stage(&lake, LOG_GAP, &gaps(["orphan"])).await;
    assert_eq!(lake.would_sweep(LOG_GAP, Timestamp::MAX).await.unwrap().bytes, orphan.bytes());
    assert_eq!(lake.sweep(LOG_GAP, Timestamp::MAX).await.unwrap().files, 1);
    assert_eq!(lake.sweep(FLOW, Timestamp::MAX).await.unwrap().files, 0);
    lake.commit_staged(FLOW, &claimed, "ingest", 1).await.unwrap();
    lake.drop_claim("ingest", 1).await.unwrap();
    for seq in 2..5 {
        let staged = [stage(&lake, FLOW, &numbered(FLOW, 0..3)).await];
        lake.commit_staged(FLOW, &staged, "ingest", seq).await.unwrap();
    }
    assert_eq!(lake.compact(FLOW).await.unwrap().into, 1);
    assert_eq!(count(&other.session(&[]).await.unwrap(), "flow").await, 18);
    let status = other.table_status(FLOW).await.unwrap().unwrap();
    assert_eq!((status.files, status.rows), (1, 18));
    assert_eq!(lake.table_status(RESOURCE).await.unwrap(), None);
    assert!(
        std::fs::read_dir(bucket.state.path().join("state/tmp")).unwrap().next().is_none(),
        "files are left behind"
    );
}

/// More than one part goes up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_files_go_up_in_parts() {
    let Some(bucket) = bucket() else { return };
    let lake = bucket.lake("/large").await;
    let mut stage =
        lake.stage_within(FLOW, StageLimits { row_group_bytes: 1 << 20, ..StageLimits::default() }).await.unwrap();
    for block in 0..4 {
        stage.write(&numbered(FLOW, block * 100_000..(block + 1) * 100_000)).await.unwrap();
    }
    let staged = [stage.finish().await.unwrap()];
    assert!(staged[0].bytes() > 16 << 20, "{} bytes", staged[0].bytes());
    lake.commit_staged(FLOW, &staged, "ingest", 1).await.unwrap();
    let session = lake.session(&[]).await.unwrap();
    assert_eq!(count(&session, "flow").await, 400_000);
    let sum = session.sql("SELECT sum(server_port) AS n FROM flow").await.unwrap().rows().unwrap();
    assert_eq!(sum[0]["n"], serde_json::json!(400_000_i64 * 399_999 / 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_race_in_a_bucket_claim_each_object_once() {
    let Some(bucket) = bucket() else { return };
    bucket.lake("/race").await;
    race(async || Lake::open_at(bucket.place("/race")).await.unwrap(), 12).await;
}
