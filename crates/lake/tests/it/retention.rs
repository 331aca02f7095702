//! Rows that are too old, taken out.

use jiff::Timestamp;
use serde_json::json;
use sightline_lake::{Lake, LakeError};
use sightline_model::lake_table::{DAY_GROUP, FLOW, LOG_OBJECT, RESOURCE, SCAN};

use crate::fixture::{count, estate, lake, numbered, schemas, stage};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Rows of the fixture lie a second apart from 2026-11-01T00:00:00Z on.
#[tokio::test]
async fn old_rows_go_and_others_stay() {
    let (_folder, lake) = lake().await;
    for (seq, rows) in [0..10, 5..15, 90_000..90_010].into_iter().enumerate() {
        let staged = [stage(&lake, FLOW, &numbered(FLOW, rows)).await];
        lake.commit_staged(FLOW, &staged, "shard", i64::try_from(seq).unwrap()).await.unwrap();
    }
    let before = lake.session(&[]).await.unwrap();
    let claimed = [stage(&lake, FLOW, &numbered(FLOW, 0..3)).await];
    lake.save_claim("ingest", 0, &claimed).await.unwrap();
    let now = at("2026-11-08T00:00:10Z");
    let dry = lake.retain(FLOW, 7, now, true).await.unwrap();
    assert_eq!((dry.rows, dry.files, dry.rewritten), (15, 1, 1));
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "flow").await, 30);
    assert_eq!(lake.retain(FLOW, 7, now, false).await.unwrap(), dry);
    let after = lake.session(&[]).await.unwrap();
    assert_eq!(count(&after, "flow").await, 15);
    let oldest = after.sql("SELECT min(hour) AS hour FROM flow").await.unwrap().rows().unwrap();
    assert_eq!(oldest[0]["hour"], json!("2026-11-01T00:00:10Z"));
    assert_eq!(lake.retain(FLOW, 7, now, false).await.unwrap().rows, 0);
    // Readers of the state before, numbers, and what a claim names.
    assert_eq!(count(&before, "flow").await, 30);
    assert_eq!(lake.transaction(FLOW, "shard").await.unwrap(), Some(2));
    lake.sweep(FLOW, Timestamp::MAX).await.unwrap();
    lake.commit_staged(FLOW, &claimed, "ingest", 1).await.unwrap();
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "flow").await, 18);
}

#[tokio::test]
async fn the_newest_scan_of_each_account_stays() {
    let (folder, lake) = lake().await;
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
    let now = at("2027-11-01T00:00:00Z");
    let retained = lake.retain(RESOURCE, 30, now, false).await.unwrap();
    // Of three finished scans one is not the newest of its account, and one was cut off.
    assert_eq!((retained.rows, retained.files, retained.rewritten), (2, 2, 0));
    assert_eq!(lake.retain(SCAN, 30, now, false).await.unwrap().rows, 1);
    let lake = Lake::open(folder.path()).await.unwrap();
    let session = lake.session(&schemas()).await.unwrap();
    assert_eq!((count(&session, "current_resource").await, count(&session, "resource").await), (3, 3));
    assert_eq!(count(&session, "scan").await, 2);
}

#[tokio::test]
async fn what_must_be_kept_is_kept() {
    let (_folder, lake) = lake().await;
    for table in [LOG_OBJECT, DAY_GROUP] {
        let refused = lake.retain(table, 1, at("2027-11-01T00:00:00Z"), true).await;
        assert!(matches!(refused, Err(LakeError::Retention { .. })));
    }
    assert!(lake.retain(FLOW, 0, at("2027-11-01T00:00:00Z"), true).await.is_err());
}
