//! A repeated, raced or cut-off append leaves each row once.

use deltalake::DeltaTableBuilder;
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use sightline_lake::{Appended, Lake};
use sightline_model::lake_table::LOG_GAP;

use crate::fixture::{count, gap, lake};

#[tokio::test]
async fn a_repeated_append_is_skipped() {
    let (_folder, lake) = lake().await;
    let rows = [gap("a"), gap("b")];
    assert_eq!(lake.transaction(LOG_GAP, "shard").await.unwrap(), None);
    assert_eq!(lake.append_once(LOG_GAP, &rows, "shard", 1).await.unwrap(), Appended::Committed);
    assert_eq!(lake.append_once(LOG_GAP, &rows, "shard", 1).await.unwrap(), Appended::Skipped);
    assert_eq!(lake.append_once(LOG_GAP, &rows, "shard", 0).await.unwrap(), Appended::Skipped);
    assert_eq!(lake.append_once(LOG_GAP, &rows, "other", 1).await.unwrap(), Appended::Committed);
    assert_eq!(lake.transaction(LOG_GAP, "shard").await.unwrap(), Some(1));
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 4);
}

#[tokio::test]
async fn an_empty_batch_is_remembered() {
    let (_folder, lake) = lake().await;
    let none: [serde_json::Value; 0] = [];
    assert_eq!(lake.append_once(LOG_GAP, &none, "shard", 7).await.unwrap(), Appended::Committed);
    assert_eq!(lake.transaction(LOG_GAP, "shard").await.unwrap(), Some(7));
    assert_eq!(lake.append_once(LOG_GAP, &[gap("a")], "shard", 7).await.unwrap(), Appended::Skipped);
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 0);
}

#[tokio::test]
async fn a_handle_that_is_behind_sees_what_others_committed() {
    let (folder, ours) = lake().await;
    ours.append(LOG_GAP, &[gap("first")]).await.unwrap();
    let theirs = Lake::open(folder.path()).await.unwrap();
    assert_eq!(theirs.append_once(LOG_GAP, &[gap("a")], "shard", 1).await.unwrap(), Appended::Committed);
    assert_eq!(ours.append_once(LOG_GAP, &[gap("a")], "shard", 1).await.unwrap(), Appended::Skipped);
    assert_eq!(count(&ours.session(&[]).await.unwrap(), "log_gap").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_that_race_for_one_app_commit_each_number_once() {
    let (folder, lake) = lake().await;
    let writers = (0..3).map(|_| {
        let root = folder.path().to_owned();
        tokio::spawn(async move {
            // A lake of its own: no lock within the process makes them take turns.
            let lake = Lake::open(&root).await.unwrap();
            let mut committed = 0;
            for seq in 1..=4 {
                let appended = lake.append_once(LOG_GAP, &[gap(&seq.to_string())], "raced", seq).await.unwrap();
                committed += i64::from(appended == Appended::Committed);
            }
            committed
        })
    });
    let committed = futures::future::join_all(writers).await.into_iter().map(Result::unwrap).sum::<i64>();
    assert_eq!(committed, 4);
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn plain_appends_of_several_writers_all_arrive() {
    let (folder, lake) = lake().await;
    let writers = (0..4).map(|_| {
        let root = folder.path().to_owned();
        tokio::spawn(async move {
            let lake = Lake::open(&root).await.unwrap();
            lake.append(LOG_GAP, &[gap("a")]).await.unwrap();
        })
    });
    futures::future::join_all(writers).await.into_iter().for_each(Result::unwrap);
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 4);
}

#[tokio::test]
async fn files_without_a_commit_are_no_rows() {
    let (folder, lake) = lake().await;
    lake.append(LOG_GAP, &[gap("a")]).await.unwrap();
    let url = url::Url::from_directory_path(folder.path().join("log_gap")).unwrap();
    let table = DeltaTableBuilder::from_url(url).unwrap().load().await.unwrap();
    let schema = table.snapshot().unwrap().snapshot().arrow_schema();
    let mut decoder = arrow::json::ReaderBuilder::new(schema).build_decoder().unwrap();
    decoder.serialize(&[gap("lost in a crash")]).unwrap();
    let mut writer = RecordBatchWriter::for_table(&table).unwrap();
    writer.write(decoder.flush().unwrap().unwrap()).await.unwrap();
    assert_eq!(writer.flush().await.unwrap().len(), 1, "a file was written");
    drop(writer);
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 1);
    assert_eq!(lake.append_once(LOG_GAP, &[gap("b")], "shard", 1).await.unwrap(), Appended::Committed);
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 2);
}
