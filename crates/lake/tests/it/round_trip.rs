//! What is written comes back: instants to the microsecond, JSON by value, text by the character.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sightline_lake::{LakeError, Session};
use sightline_model::lake_table::{LOG_GAP, RESOURCE};
use sightline_model::log::LogGap;
use sightline_model::{ColumnType, Resource};

use crate::fixture::{gap, lake};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "\\PC*".prop_map(Value::from),
        (-1.0e15..1.0e15).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("\\PC*", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800_000_000_i64..253_402_300_799_999_999)
        .prop_map(|micros| Timestamp::from_microsecond(micros).unwrap())
}

fn any_resource() -> impl Strategy<Value = Resource> {
    let config = prop::collection::hash_map("[a-z_]{1,8}", any_json(), 0..5);
    ("\\PC*|.*", any_time(), config).prop_map(|(title, collected_at, config)| Resource {
        scan_id: "20261101T000000Z-000001".into(),
        account_id: "123456789012".into(),
        partition: "aws".into(),
        region: "us-east-1".into(),
        table_name: "aws_widget".into(),
        arn: String::new(),
        title,
        tags: Map::new(),
        config: config.into_iter().collect(),
        collected_at,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn resources_come_back_from_memory(rows in prop::collection::vec(any_resource(), 0..5)) {
        let values = rows.iter().map(|row| serde_json::to_value(row).unwrap()).collect();
        let session = Session::in_memory(&[], vec![(RESOURCE, values)]).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(session.sql("SELECT * FROM resource")).unwrap();
        prop_assert_eq!(answer.row_count(), rows.len());
        prop_assert_eq!(answer.rows_as::<Resource>().unwrap(), rows);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn resources_come_back_from_disk(rows in prop::collection::vec(any_resource(), 1..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let read = runtime.block_on(async {
            let (_folder, lake) = lake().await;
            lake.append(RESOURCE, &rows).await.unwrap();
            let session = lake.session(&[]).await.unwrap();
            session.sql("SELECT * FROM resource").await.unwrap().rows_as::<Resource>().unwrap()
        });
        prop_assert_eq!(read, rows);
    }
}

#[tokio::test]
async fn types_survive_the_disk() {
    let (_folder, lake) = lake().await;
    lake.append(LOG_GAP, &[gap("a")]).await.unwrap();
    let session = lake.session(&[]).await.unwrap();
    let answer = session.sql("SELECT * FROM log_gap").await.unwrap();
    assert_eq!(answer.columns(), LOG_GAP.schema());
    assert_eq!(answer.rows_as::<LogGap>().unwrap()[0].first_seen.to_string(), "2026-11-01T00:00:00Z");
    let kinds = session.sql("SELECT * FROM resource").await.unwrap().columns();
    assert_eq!(kinds, RESOURCE.schema());
    assert!(kinds.iter().any(|column| column.kind == ColumnType::Json));
}

#[tokio::test]
async fn nanoseconds_are_cut() {
    let (_folder, lake) = lake().await;
    let mut row = gap("a");
    row["first_seen"] = json!("2026-11-01T00:00:00.123456789Z");
    lake.append(LOG_GAP, &[row]).await.unwrap();
    let rows = lake.session(&[]).await.unwrap().sql("SELECT first_seen FROM log_gap").await.unwrap().rows().unwrap();
    assert_eq!(rows[0]["first_seen"], "2026-11-01T00:00:00.123456Z");
}

#[tokio::test]
async fn a_field_that_does_not_fit_is_named() {
    let (_folder, lake) = lake().await;
    let message = |column: &str, value: Value| {
        let mut bad = gap("b");
        bad[column] = value;
        let rows = [gap("a"), bad];
        let lake = &lake;
        async move { lake.append(LOG_GAP, &rows).await.unwrap_err().to_string() }
    };
    insta::assert_snapshot!(message("line", json!(1.5)).await, @"row 2 of `log_gap`, column `line`: `1.5` is no 64-bit integer");
    insta::assert_snapshot!(message("line", json!("7")).await, @r#"row 2 of `log_gap`, column `line`: `"7"` is no 64-bit integer"#);
    insta::assert_snapshot!(message("last_seen", json!("yesterday")).await, @r#"row 2 of `log_gap`, column `last_seen`: `"yesterday"` is no RFC 3339 time"#);
    insta::assert_snapshot!(message("colour", json!("red")).await, @"row 2 of `log_gap`, column `colour`: the table has no such column");
    let resource = json!({"scan_id": ""});
    insta::assert_snapshot!(lake.append(RESOURCE, &[resource]).await.unwrap_err(), @"row 1 of `resource`, column `scan_id`: a column that parts the files must have a value");
    assert!(matches!(lake.append(LOG_GAP, &["no row"]).await, Err(LakeError::Row { row: 1, .. })));
    assert_eq!(lake.session(&[]).await.unwrap().sql("SELECT 1 FROM log_gap").await.unwrap().row_count(), 0);
}
