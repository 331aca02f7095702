//! The lake as it was known at a moment, and runs that found nothing.

use serde_json::{Value, json};
use sightline_lake::{Lake, Session};
use sightline_model::lake_table::{CASE, EDGE, RUN};

use crate::fixture::{count, estate, lake, schemas};

async fn widgets(session: &Session) -> Vec<String> {
    let rows = session.sql("SELECT account_id, title FROM aws_widget ORDER BY 1, 2").await.unwrap().rows().unwrap();
    rows.iter()
        .map(|row| format!("{}/{}", row["account_id"].as_str().unwrap(), row["title"].as_str().unwrap()))
        .collect()
}

async fn filled(lake: &Lake) {
    for (table, rows) in estate() {
        lake.append(table, &rows).await.unwrap();
    }
}

#[tokio::test]
async fn the_inventory_is_that_of_the_newest_scan_by_then() {
    let (_folder, lake) = lake().await;
    filled(&lake).await;
    let at = async |moment: &str| widgets(&lake.session_at(&schemas(), moment.parse().unwrap()).await.unwrap()).await;
    assert_eq!(at("2026-11-01T12:05:00Z").await, ["123456789012/gone", "210987654321/other"]);
    let newest = ["123456789012/bot", "123456789012/odd", "210987654321/other"];
    assert_eq!(at("2026-11-02T00:05:00Z").await, newest);
    assert_eq!(widgets(&lake.session(&schemas()).await.unwrap()).await, newest);
}

#[tokio::test]
async fn before_its_first_scan_an_account_has_that_of_its_first() {
    let (_folder, lake) = lake().await;
    filled(&lake).await;
    let session = lake.session_at(&schemas(), "2026-10-01T00:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(widgets(&session).await, ["123456789012/gone", "210987654321/other"]);
}

fn run(id: &str, kind: &str) -> Value {
    json!({"run_id": id, "kind": kind, "version": "0.1.0", "window_until": "2026-11-03T00:00:00Z", "rows": 0,
        "finished_at": "2026-11-03T00:00:00Z"})
}

#[tokio::test]
async fn a_run_that_finds_nothing_leaves_nothing_current() {
    let (_folder, lake) = lake().await;
    lake.append(EDGE, &[json!({"run_id": "20261101T000000Z-000001", "edge_id": "e"})]).await.unwrap();
    lake.append(CASE, &[json!({"run_id": "20261101T000000Z-000002", "case_id": "c"})]).await.unwrap();
    lake.append(RUN, &[run("20261101T000000Z-000002", "detect")]).await.unwrap();
    let before = lake.session(&[]).await.unwrap();
    assert_eq!((count(&before, "current_edge").await, count(&before, "current_case").await), (1, 1));

    lake.append(RUN, &[run("20261102T000000Z-000003", "map")]).await.unwrap();
    let after = lake.session(&[]).await.unwrap();
    assert_eq!((count(&after, "current_edge").await, count(&after, "current_case").await), (0, 1));

    lake.append(RUN, &[run("20261102T000000Z-000004", "detect")]).await.unwrap();
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "current_case").await, 0);
}
