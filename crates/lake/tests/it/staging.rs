//! Stage, claim, commit: at whatever point it is cut off, each row is there once or not yet.

use std::fs;
use std::sync::Arc;

use arrow::array::RecordBatch;
use jiff::Timestamp;
use proptest::prelude::*;
use serde::Deserialize;
use sightline_columns::TableBuilder;
use sightline_lake::{Appended, Lake, LakeError, StageLimits, Staged};
use sightline_model::lake_table::{API_CALL, FLOW, LOG_GAP, LOG_OBJECT, RESOURCE};

use crate::fixture::{count, gap, gaps, lake, numbered, parquet_files, stage};

#[tokio::test]
async fn staged_rows_are_seen_with_their_commit() {
    let (_folder, lake) = lake().await;
    let staged = stage(&lake, LOG_GAP, &gaps(["a", "b"])).await;
    assert_eq!((staged.table(), staged.rows()), ("log_gap", 2));
    let stored = fs::metadata(&parquet_files(&lake, "log_gap")[0]).unwrap().len();
    assert_eq!(staged.bytes(), stored);
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 0);
    let staged = [staged];
    assert_eq!(lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap(), Appended::Committed);
    assert_eq!(lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap(), Appended::Skipped);
    assert_eq!(lake.commit_staged(LOG_GAP, &staged, "shard", 0).await.unwrap(), Appended::Skipped);
    let session = lake.session(&[]).await.unwrap();
    assert_eq!(count(&session, "log_gap").await, 2);
    assert_eq!(session.sql("SELECT * FROM log_gap").await.unwrap().columns(), LOG_GAP.schema());
    // The same file under another number is the same file.
    lake.commit_staged(LOG_GAP, &staged, "other", 1).await.unwrap();
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 2);
}

#[tokio::test]
async fn no_rows_are_no_files_and_a_number() {
    let (_folder, lake) = lake().await;
    let staged = [lake.stage(FLOW).await.unwrap().finish().await.unwrap()];
    assert_eq!((staged[0].rows(), staged[0].bytes()), (0, 0));
    assert_eq!(lake.commit_staged(FLOW, &staged, "shard", 7).await.unwrap(), Appended::Committed);
    assert_eq!(lake.commit_staged(FLOW, &[], "shard", 7).await.unwrap(), Appended::Skipped);
    assert_eq!(lake.transaction(FLOW, "shard").await.unwrap(), Some(7));
    assert!(parquet_files(&lake, "flow").is_empty());
}

#[tokio::test]
async fn a_stage_that_is_dropped_leaves_nothing() {
    let (_folder, lake) = lake().await;
    let mut stage = lake.stage_within(LOG_GAP, StageLimits { file_bytes: 1, row_group_bytes: 1 << 20 }).await.unwrap();
    stage.write(&gaps(["closed"])).await.unwrap();
    stage.write(&gaps(["closed too"])).await.unwrap();
    assert_eq!(parquet_files(&lake, "log_gap").len(), 2);
    drop(stage);
    let mut open = lake.stage(LOG_GAP).await.unwrap();
    open.write(&gaps(["open"])).await.unwrap();
    assert_eq!(parquet_files(&lake, "log_gap").len(), 1);
    drop(open);
    assert!(parquet_files(&lake, "log_gap").is_empty());
}

#[tokio::test]
async fn files_and_row_groups_are_closed_at_their_bounds() {
    let (_folder, lake) = lake().await;
    let limits = StageLimits { file_bytes: 60_000, row_group_bytes: 10_000 };
    let mut stage = lake.stage_within(FLOW, limits).await.unwrap();
    for part in 0..40 {
        stage.write(&numbered(FLOW, part * 200..(part + 1) * 200)).await.unwrap();
    }
    let staged = stage.finish().await.unwrap();
    let files = parquet_files(&lake, "flow");
    assert!(files.len() > 2, "{}", files.len());
    for file in &files {
        assert!(fs::metadata(file).unwrap().len() < 120_000, "{file:?}");
        let reader = parquet::file::reader::SerializedFileReader::new(fs::File::open(file).unwrap()).unwrap();
        assert!(parquet::file::reader::FileReader::metadata(&reader).num_row_groups() > 1);
    }
    lake.commit_staged(FLOW, &[staged], "shard", 1).await.unwrap();
    let session = lake.session(&[]).await.unwrap();
    let sums = "SELECT count(*) AS n, sum(packets) AS sum, count(DISTINCT interface_id) AS ids FROM flow";
    let sums = session.sql(sums).await.unwrap().rows().unwrap();
    assert_eq!(serde_json::json!(sums[0]), serde_json::json!({"n": 8_000, "sum": 8_000 * 7_999 / 2, "ids": 8_000}));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_ends_the_stage() {
    let (_folder, lake) = lake().await;
    let error = lake.stage(RESOURCE).await.unwrap_err();
    insta::assert_snapshot!(error, @"table `resource` is parted by a column: only tables without such columns are staged");
    let mut stage = lake.stage(FLOW).await.unwrap();
    insta::assert_snapshot!(stage.write(&gaps(["a"])).await.unwrap_err(), @"rows for `flow`: its columns are not the declared ones");
    insta::assert_snapshot!(stage.write(&numbered(FLOW, 0..1)).await.unwrap_err(), @"rows for `flow` cannot be staged any more: writing failed or was cut off before; stage them anew");
    assert!(matches!(stage.finish().await, Err(LakeError::StageEnded { .. })));
}

/// What the file system refuses when a file is begun.
#[tokio::test]
async fn a_folder_that_went_away_is_named() {
    let (_folder, lake) = lake().await;
    let mut stage = lake.stage(LOG_GAP).await.unwrap();
    fs::remove_dir(lake.root().join("log_gap")).unwrap();
    let error = stage.write(&gaps(["a"])).await.unwrap_err();
    assert!(
        matches!(&error, LakeError::Io { path, .. } if path.to_string_lossy().contains("log_gap/part-")),
        "{error}"
    );
}

#[tokio::test]
async fn a_lost_file_is_named_and_nothing_is_committed() {
    let (_folder, lake) = lake().await;
    let staged = [stage(&lake, LOG_GAP, &gaps(["a"])).await, stage(&lake, LOG_GAP, &gaps(["b"])).await];
    let victim = parquet_files(&lake, "log_gap").remove(0);
    let whole = fs::read(&victim).unwrap();
    fs::write(&victim, &whole[..whole.len() - 1]).unwrap();
    let error = lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap_err().to_string();
    assert!(error.contains(&format!("`{}` has {} bytes and had", victim.display(), whole.len() - 1)), "{error}");
    fs::remove_file(&victim).unwrap();
    let error = lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap_err().to_string();
    assert!(error.contains(&format!("`{}` is gone", victim.display())), "{error}");
    assert_eq!(lake.transaction(LOG_GAP, "shard").await.unwrap(), None);
    fs::write(&victim, &whole).unwrap();
    lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap();
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 2);
    // What is in the table is not looked for.
    assert_eq!(lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap(), Appended::Skipped);
}

/// Killed after the claim and one of two tables: another process completes it from the claim, once.
#[tokio::test]
async fn a_claim_completes_what_was_cut_off() {
    let (folder, lake) = lake().await;
    let staged =
        vec![stage(&lake, FLOW, &numbered(FLOW, 0..10)).await, stage(&lake, API_CALL, &numbered(API_CALL, 0..5)).await];
    assert_eq!(lake.save_claim("ingest", 2, &staged).await.unwrap(), 3);
    lake.append_once(LOG_OBJECT, &[serde_json::json!({"uri": "s3://logs/a"})], "ingest", 3).await.unwrap();
    lake.commit_staged(FLOW, &staged, "ingest", 3).await.unwrap();
    drop(lake);

    for _ in 0..2 {
        let lake = Lake::open(folder.path()).await.unwrap();
        assert_eq!(lake.transaction(LOG_OBJECT, "ingest").await.unwrap(), Some(3));
        let claimed = lake.load_claim("ingest", 3).await.unwrap();
        assert_eq!(claimed.as_ref(), Some(&staged));
        for table in [FLOW, API_CALL] {
            lake.commit_staged(table, &claimed.clone().unwrap(), "ingest", 3).await.unwrap();
        }
        let session = lake.session(&[]).await.unwrap();
        assert_eq!((count(&session, "flow").await, count(&session, "api_call").await), (10, 5));
    }
    let lake = Lake::open(folder.path()).await.unwrap();
    for _ in 0..2 {
        lake.drop_claim("ingest", 3).await.unwrap();
        assert_eq!(lake.load_claim("ingest", 3).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_race_with_one_number_commit_once() {
    let (folder, lake) = lake().await;
    let racers = (0..4).map(|_| {
        let root = folder.path().to_owned();
        tokio::spawn(async move {
            let lake = Lake::open(&root).await.unwrap();
            let mut committed = 0;
            for seq in 1..=3 {
                let staged = [stage(&lake, LOG_GAP, &gaps(["a", "b"])).await];
                let appended = lake.commit_staged(LOG_GAP, &staged, "raced", seq).await.unwrap();
                committed += i64::from(appended == Appended::Committed);
            }
            committed
        })
    });
    let committed = futures::future::join_all(racers).await.into_iter().map(Result::unwrap).sum::<i64>();
    assert_eq!(committed, 3);
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 6);
}

/// Many stages of one table at once, while others commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stages_need_no_lock() {
    let (_folder, lake) = lake().await;
    let lake = Arc::new(lake);
    let mut open = lake.stage(LOG_GAP).await.unwrap();
    open.write(&gaps(["long"])).await.unwrap();
    let others = (0..6).map(|number| {
        let lake = Arc::clone(&lake);
        tokio::spawn(async move {
            let staged = [stage(&lake, LOG_GAP, &gaps(["short"])).await];
            lake.commit_staged(LOG_GAP, &staged, &format!("shard-{number}"), 1).await.unwrap();
        })
    });
    futures::future::join_all(others).await.into_iter().for_each(Result::unwrap);
    open.write(&gaps(["longer"])).await.unwrap();
    let staged = [open.finish().await.unwrap()];
    lake.commit_staged(LOG_GAP, &staged, "long", 1).await.unwrap();
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 8);
}

#[tokio::test]
async fn claims_are_whole_or_said_to_be_damaged() {
    let (_folder, lake) = lake().await;
    assert_eq!(lake.load_claim("ingest", 1).await.unwrap(), None);
    let staged = vec![stage(&lake, LOG_GAP, &gaps(["a"])).await];
    assert_eq!(lake.save_claim("ingest", 0, &staged).await.unwrap(), 1);
    // What is kept never changes: another claim gets another number.
    assert_eq!(lake.save_claim("ingest", 0, &[]).await.unwrap(), 2);
    assert_eq!(lake.load_claim("ingest", 1).await.unwrap(), Some(staged));
    assert_eq!(lake.claims().await.unwrap().iter().map(|claim| claim.seq).collect::<Vec<_>>(), [1, 2]);
    lake.drop_claim("ingest", 2).await.unwrap();
    let claims = lake.root().join("claims");
    let names: Vec<_> = fs::read_dir(&claims).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["ingest-1.json"]);

    let text = fs::read_to_string(claims.join("ingest-1.json")).unwrap();
    let damaged = async |seq: i64, text: &str| {
        fs::write(claims.join(format!("ingest-{seq}.json")), text).unwrap();
        match lake.load_claim("ingest", seq).await.unwrap_err() {
            LakeError::Damaged { path, reason } => {
                assert!(path.ends_with(format!("claims/ingest-{seq}.json")));
                reason
            }
            other => panic!("{other}"),
        }
    };
    insta::assert_snapshot!(damaged(2, &text).await, @"it holds the claim of another application or number");
    insta::assert_snapshot!(damaged(1, &text[..text.len() / 2]).await.split(" at line").next().unwrap(), @"EOF while parsing a string");
    insta::assert_snapshot!(damaged(1, &text.replace("\"version\":1", "\"version\":2")).await, @"it has version 2, this sightline reads version 1");
    insta::assert_snapshot!(damaged(1, &text.replace("part-", "../part-")).await.split_once("part-").unwrap().0, @"`../");
    assert!(matches!(lake.sweep(LOG_GAP, Timestamp::MAX).await, Err(LakeError::Damaged { .. })));
    insta::assert_snapshot!(lake.save_claim("../x", 1, &[]).await.unwrap_err(), @"`../x` is no name of an application; use letters, digits, `-` and `_`");
    assert!(matches!(lake.load_claim("", 1).await, Err(LakeError::App { .. })));
}

/// The log's word on a file is what other engines skip files by.
#[tokio::test]
async fn statistics_bound_numbers_and_times_and_what_lies_together() {
    let (_folder, lake) = lake().await;
    let long = "é".repeat(50);
    let limits = StageLimits { file_bytes: 1 << 20, row_group_bytes: 1 };
    let mut stage = lake.stage_within(LOG_GAP, limits).await.unwrap();
    stage.write(&gaps(["b", &long])).await.unwrap();
    stage.write(&gaps(["a"])).await.unwrap();
    let staged = [stage.finish().await.unwrap()];
    lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap();
    let log = fs::read_to_string(lake.root().join("log_gap/_delta_log/00000000000000000001.json")).unwrap();
    let actions = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let add = actions.filter_map(|action| action.get("add").cloned()).next().unwrap();
    let mut statistics: serde_json::Value = serde_json::from_str(add["stats"].as_str().unwrap()).unwrap();
    let greatest = statistics["maxValues"]["subject"].take().as_str().unwrap().to_owned();
    assert!(greatest >= long && greatest.len() <= 64, "{greatest}");
    assert_eq!(statistics["numRecords"], 3);
    insta::assert_json_snapshot!(statistics, @r#"
    {
      "numRecords": 3,
      "minValues": {
        "source": "vpc_flow",
        "account_id": "123456789012",
        "subject": "a",
        "first_seen": "2026-11-01T00:00:00.000Z",
        "line": 0
      },
      "maxValues": {
        "source": "vpc_flow",
        "account_id": "123456789012",
        "subject": null,
        "first_seen": "2026-11-01T00:00:00.000Z",
        "line": 1
      },
      "nullCount": {
        "source": 0,
        "account_id": 0,
        "region": 3,
        "subject": 0,
        "first_seen": 0,
        "last_seen": 3,
        "line": 0
      }
    }
    "#);
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Gap {
    subject: String,
    region: Option<String>,
    first_seen: Timestamp,
    last_seen: Option<Timestamp>,
    line: i64,
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800_000_000_i64..253_402_300_799_999_999)
        .prop_map(|micros| Timestamp::from_microsecond(micros).unwrap())
}

fn any_gap() -> impl Strategy<Value = Gap> {
    ("\\PC*|.*", prop::option::of(".*"), any_time(), prop::option::of(any_time()), any::<i64>())
        .prop_map(|(subject, region, first_seen, last_seen, line)| Gap { subject, region, first_seen, last_seen, line })
}

fn batch(rows: &[Gap]) -> Option<RecordBatch> {
    let mut builder = TableBuilder::new(LOG_GAP);
    for gap in rows {
        let mut row = builder.row();
        row.text("source", "").text("account_id", "").maybe_text("region", gap.region.as_deref());
        row.text("subject", &gap.subject).text("reason", "").time("first_seen", gap.first_seen.as_microsecond());
        row.maybe_time("last_seen", gap.last_seen.map(Timestamp::as_microsecond))
            .text("object", "")
            .int("line", gap.line);
    }
    builder.take()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn rows_come_back_as_they_were_staged(parts in prop::collection::vec(prop::collection::vec(any_gap(), 0..6), 1..4)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut read = runtime.block_on(async {
            let (_folder, lake) = lake().await;
            let limits = StageLimits { file_bytes: 3_000, row_group_bytes: 200 };
            let mut stage = lake.stage_within(LOG_GAP, limits).await.unwrap();
            for rows in parts.iter().filter_map(|part| batch(part)) {
                stage.write(&rows).await.unwrap();
            }
            let staged = stage.finish().await.unwrap();
            let stored = serde_json::to_string(&staged).unwrap();
            let staged: [Staged; 1] = [serde_json::from_str(&stored).unwrap()];
            lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap();
            let session = lake.session(&[]).await.unwrap();
            session.sql("SELECT * FROM log_gap").await.unwrap().rows_as::<Gap>().unwrap()
        });
        let mut wanted = parts.concat();
        read.sort();
        wanted.sort();
        prop_assert_eq!(read, wanted);
    }
}

/// Rows at hand go the same way, and what was written for nothing is taken away.
#[tokio::test]
async fn appends_leave_no_orphans() {
    let (_folder, lake) = lake().await;
    for _ in 0..2 {
        lake.append_once(LOG_GAP, &[gap("a")], "shard", 1).await.unwrap();
    }
    assert_eq!(parquet_files(&lake, "log_gap").len(), 1);
}
