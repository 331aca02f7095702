//! Files that cannot hold an answer are not opened: old scans cost nothing.

use sightline_lake::StageLimits;
use sightline_model::lake_table::FLOW;

use crate::fixture::{estate, lake, numbered, schemas};

#[tokio::test]
async fn only_files_of_the_wanted_scans_are_planned() {
    let (_folder, lake) = lake().await;
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
    let session = lake.session(&schemas()).await.unwrap();
    let planned = async |sql: &str| -> Vec<bool> {
        let rows = session.sql(&format!("EXPLAIN {sql}")).await.unwrap().rows().unwrap();
        let plan = rows.iter().map(|row| row["plan"].as_str().unwrap()).collect::<String>();
        ["000001", "000002", "000003", "000004"].iter().map(|scan| plan.contains(&format!("Z-{scan}/part-"))).collect()
    };
    assert_eq!(planned("SELECT title FROM resource").await, [true, true, true, true]);
    let one = "SELECT title FROM resource WHERE scan_id = '20261101T000000Z-000001' AND title = 'gone'";
    assert_eq!(planned(one).await, [true, false, false, false]);
    assert_eq!(planned("SELECT title FROM resource WHERE scan_id > '20261102'").await, [false, true, false, true]);
    assert_eq!(
        planned("SELECT widget_id FROM aws_widget WHERE account_id = '123456789012'").await,
        [false, true, true, false]
    );
}

/// Row groups tell what they hold: of staged files as of others, only those that can hold an answer are read.
#[tokio::test]
async fn row_groups_that_cannot_hold_an_answer_are_not_read() {
    let (_folder, lake) = lake().await;
    let mut stage = lake.stage_within(FLOW, StageLimits { file_bytes: 1 << 20, row_group_bytes: 1 }).await.unwrap();
    for part in 0..8 {
        stage.write(&numbered(FLOW, part * 100..(part + 1) * 100)).await.unwrap();
    }
    lake.commit_staged(FLOW, &[stage.finish().await.unwrap()], "shard", 1).await.unwrap();
    let session = lake.session(&[]).await.unwrap();
    for filter in
        ["packets BETWEEN 310 AND 320", "hour > TIMESTAMP '2026-11-01T00:11:39Z'", "account_id = 'account_id 7'"]
    {
        let sql = format!("EXPLAIN ANALYZE SELECT bytes FROM flow WHERE {filter}");
        let plan = session.sql(&sql).await.unwrap().rows().unwrap();
        let plan = plan.iter().map(|row| row["plan"].as_str().unwrap()).collect::<String>();
        assert!(plan.contains("row_groups_pruned_statistics=8 total → 1 matched"), "{filter}: {plan}");
    }
}
