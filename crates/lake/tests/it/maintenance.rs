//! Many commits, small files put together, orphans taken away.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use deltalake::DeltaTableBuilder;
use jiff::Timestamp;
use sightline_lake::{Appended, Compacted, Lake, LakeError, Session, Swept};
use sightline_model::lake_table::{LOG_GAP, LOG_OBJECT, LOG_TARGETS, RESOURCE};

use crate::fixture::{count, gap, gaps, lake, numbered, parquet_files, stage};
use crate::older::write_by_another_version;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn subjects(session: &Session) -> BTreeSet<String> {
    let rows = session.sql("SELECT subject FROM log_gap").await.unwrap().rows().unwrap();
    rows.iter().map(|row| row["subject"].as_str().unwrap().to_owned()).collect()
}

async fn commit(lake: &Lake, subject: &str, seq: i64) {
    let staged = [stage(lake, LOG_GAP, &gaps([subject])).await];
    assert_eq!(lake.commit_staged(LOG_GAP, &staged, "shard", seq).await.unwrap(), Appended::Committed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compaction_keeps_rows_numbers_and_readers() {
    let (folder, lake) = lake().await;
    let lake = Arc::new(lake);
    let names: BTreeSet<String> = (0..12).map(|number| format!("gap {number}")).collect();
    for (seq, name) in names.iter().enumerate() {
        commit(&lake, name, i64::try_from(seq).unwrap()).await;
    }
    assert_eq!(lake.small_files(LOG_GAP).await.unwrap(), 12);
    let before = lake.session(&[]).await.unwrap();
    let appended = tokio::spawn({
        let lake = Lake::open(folder.path()).await.unwrap();
        async move {
            for number in 0..4 {
                lake.append(LOG_GAP, &[gap(&format!("late {number}"))]).await.unwrap();
            }
        }
    });
    let compacted = lake.compact(LOG_GAP).await.unwrap();
    appended.await.unwrap();
    assert_eq!(compacted.into, 1);
    assert!(compacted.from >= 12, "{compacted:?}");
    assert_eq!(subjects(&before).await, names);
    let after = Lake::open(folder.path()).await.unwrap();
    assert_eq!(subjects(&after.session(&[]).await.unwrap()).await.len(), 16);
    assert_eq!(count(&after.session(&[]).await.unwrap(), "log_gap").await, 16);
    assert_eq!(after.transaction(LOG_GAP, "shard").await.unwrap(), Some(11));
    assert!(after.small_files(LOG_GAP).await.unwrap() <= 5);
    // What was put together stays for those who read the state before.
    assert_eq!(lake.sweep(LOG_GAP, Timestamp::MAX).await.unwrap(), Swept::default());
    assert_eq!(subjects(&before).await, names);
    let url = url::Url::from_directory_path(folder.path().join("log_gap")).unwrap();
    let table = DeltaTableBuilder::from_url(url).unwrap().with_version(6).load().await.unwrap();
    assert_eq!(table.get_file_uris().unwrap().count(), 6);
    commit(&lake, "one more", 12).await;
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 17);
}

/// The library's own operation doubles rows here.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_that_compact_at_once_double_nothing() {
    let (folder, ours) = lake().await;
    for seq in 0..6 {
        commit(&ours, &format!("gap {seq}"), seq).await;
    }
    let racers = (0..3).map(|_| {
        let root = folder.path().to_owned();
        tokio::spawn(async move { Lake::open(&root).await.unwrap().compact(LOG_GAP).await.unwrap().from })
    });
    let from = futures::future::join_all(racers).await.into_iter().map(Result::unwrap).sum::<usize>();
    assert!(from >= 6, "{from}");
    assert_eq!(count(&ours.session(&[]).await.unwrap(), "log_gap").await, 6);
    assert_eq!(ours.small_files(LOG_GAP).await.unwrap(), 1);
    assert_eq!(parquet_files(&ours, "log_gap").len(), 7, "losers take away what they wrote");
    assert_eq!(ours.compact(LOG_GAP).await.unwrap(), Compacted::default());
    assert_eq!(ours.compact(LOG_OBJECT).await.unwrap(), Compacted::default(), "a table that was never written");
    assert!(matches!(ours.compact(RESOURCE).await, Err(LakeError::Partitioned { .. })));
}

/// Every type of column, and one that this version does not know.
#[tokio::test]
async fn compaction_keeps_every_column() {
    let (folder, lake) = lake().await;
    write_by_another_version(folder.path(), &[("subject", "old"), ("mood", "calm")]).await;
    commit(&lake, "new", 1).await;
    assert_eq!(lake.compact(LOG_GAP).await.unwrap(), Compacted { from: 2, into: 1 });
    let session = lake.session(&[]).await.unwrap();
    let rows = session.sql("SELECT subject, mood, line FROM log_gap ORDER BY subject").await.unwrap().rows().unwrap();
    let wanted = serde_json::json!([{"subject": "new", "mood": null, "line": 0}, {"subject": "old", "mood": "calm", "line": null}]);
    assert_eq!(serde_json::json!(rows), wanted);

    for (table, seq) in LOG_TARGETS.iter().zip(10..) {
        let staged =
            [stage(&lake, table, &numbered(table, 0..3)).await, stage(&lake, table, &numbered(table, 3..7)).await];
        lake.commit_staged(table, &staged, "shard", seq).await.unwrap();
        let all = format!("SELECT * FROM {}", table.name);
        let before = lake.session(&[]).await.unwrap().sql(&all).await.unwrap();
        assert_eq!(lake.compact(table).await.unwrap().into, 1);
        let after = lake.session(&[]).await.unwrap().sql(&all).await.unwrap();
        assert_eq!(after.columns(), before.columns());
        let sorted = |answer: sightline_lake::Answer| {
            let mut rows: Vec<String> =
                answer.rows().unwrap().iter().map(|row| serde_json::json!(row).to_string()).collect();
            rows.sort();
            rows
        };
        assert_eq!(sorted(after), sorted(before), "{}", table.name);
    }
}

#[tokio::test]
async fn a_sweep_takes_old_orphans_alone() {
    let (_folder, lake) = lake().await;
    commit(&lake, "in the table", 1).await;
    let claimed = stage(&lake, LOG_GAP, &gaps(["claimed"])).await;
    lake.save_claim("ingest", 1, std::slice::from_ref(&claimed)).await.unwrap();
    let keep = parquet_files(&lake, "log_gap");
    let orphan = stage(&lake, LOG_GAP, &gaps(["orphan"])).await;
    let half = lake.root().join("log_gap/part-00000-cut-off.snappy.parquet#1");
    let foreign = lake.root().join("log_gap/notes.parquet");
    fs::write(&half, "PAR1").unwrap();
    fs::write(&foreign, "mine").unwrap();
    for file in parquet_files(&lake, "log_gap") {
        File::options().write(true).open(file).unwrap().set_modified(UNIX_EPOCH + DAY).unwrap();
    }
    let young = stage(&lake, LOG_GAP, &gaps(["young"])).await;
    let day_two = Timestamp::try_from(UNIX_EPOCH + 2 * DAY).unwrap();
    let swept = lake.sweep(LOG_GAP, day_two).await.unwrap();
    assert_eq!(swept, Swept { files: 2, bytes: orphan.bytes() + 4 });
    assert!(keep.iter().all(|file| file.exists()) && foreign.exists());
    assert_eq!(lake.sweep(LOG_GAP, day_two).await.unwrap(), Swept::default());
    lake.commit_staged(LOG_GAP, &[claimed], "ingest", 2).await.unwrap();
    lake.commit_staged(LOG_GAP, &[young], "ingest", 3).await.unwrap();
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 3);
    assert_eq!(lake.sweep(LOG_OBJECT, day_two).await.unwrap(), Swept::default(), "a table that was never written");
}

/// A killed first ingest: files, and no table yet.
#[tokio::test]
async fn a_sweep_needs_no_table() {
    let (_folder, lake) = lake().await;
    stage(&lake, LOG_GAP, &gaps(["orphan"])).await;
    assert_eq!(lake.sweep(LOG_GAP, Timestamp::MAX).await.unwrap().files, 1);
    assert!(parquet_files(&lake, "log_gap").is_empty());
}

/// Commits of our own making have the library write checkpoints too.
#[tokio::test]
async fn each_hundredth_commit_is_a_checkpoint() {
    let (folder, lake) = lake().await;
    for seq in 1..=105 {
        lake.commit_staged(LOG_GAP, &[], "shard", seq).await.unwrap();
    }
    let log = folder.path().join("log_gap/_delta_log");
    assert!(log.join("00000000000000000099.checkpoint.parquet").exists());
    let fresh = Lake::open(folder.path()).await.unwrap();
    assert_eq!(fresh.transaction(LOG_GAP, "shard").await.unwrap(), Some(105));
}
