//! A table written with other columns: missing ones are NULL and come with the next append, unknown ones stay.

use std::path::Path;

use arrow::array::{RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use deltalake::DeltaTable;
use deltalake::operations::write::SchemaMode;
use sightline_lake::{Appended, LakeError};
use sightline_model::lake_table::LOG_GAP;
use std::sync::Arc;

use crate::fixture::{gap, gaps, lake, stage};

pub(crate) async fn write_by_another_version(root: &Path, columns: &[(&str, &str)]) {
    let folder = root.join("log_gap");
    std::fs::create_dir_all(&folder).unwrap();
    let fields: Vec<Field> = columns.iter().map(|(name, _)| Field::new(*name, DataType::Utf8, true)).collect();
    let arrays = columns.iter().map(|(_, value)| Arc::new(StringArray::from(vec![*value])) as _).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    let table = DeltaTable::try_from_url(url::Url::from_directory_path(&folder).unwrap()).await.unwrap();
    table.write(vec![batch]).with_schema_mode(SchemaMode::Merge).await.unwrap();
}

#[tokio::test]
async fn missing_columns_are_added_and_unknown_ones_stay() {
    let (folder, lake) = lake().await;
    write_by_another_version(folder.path(), &[("subject", "old"), ("mood", "calm")]).await;
    let before = lake.session(&[]).await.unwrap().sql("SELECT * FROM log_gap").await.unwrap().rows().unwrap();
    insta::assert_json_snapshot!(before, @r#"
    [
      {
        "source": null,
        "account_id": null,
        "region": null,
        "subject": "old",
        "reason": null,
        "first_seen": null,
        "last_seen": null,
        "object": null,
        "line": null,
        "mood": "calm"
      }
    ]
    "#);
    lake.append(LOG_GAP, &[gap("new")]).await.unwrap();
    let after =
        lake.session(&[]).await.unwrap().sql("SELECT subject, mood, line FROM log_gap ORDER BY subject").await.unwrap();
    insta::assert_json_snapshot!(after.rows().unwrap(), @r#"
    [
      {
        "subject": "new",
        "mood": null,
        "line": 2
      },
      {
        "subject": "old",
        "mood": "calm",
        "line": null
      }
    ]
    "#);
}

#[tokio::test]
async fn staged_files_bring_missing_columns_once() {
    let (folder, lake) = lake().await;
    write_by_another_version(folder.path(), &[("subject", "old"), ("mood", "calm")]).await;
    for (seq, subject) in [(1, "new"), (2, "newer")] {
        let staged = [stage(&lake, LOG_GAP, &gaps([subject])).await];
        assert_eq!(lake.commit_staged(LOG_GAP, &staged, "shard", seq).await.unwrap(), Appended::Committed);
    }
    let sql = "SELECT subject, mood, line FROM log_gap ORDER BY subject";
    let rows = lake.session(&[]).await.unwrap().sql(sql).await.unwrap().rows().unwrap();
    insta::assert_json_snapshot!(rows, @r#"
    [
      {
        "subject": "new",
        "mood": null,
        "line": 0
      },
      {
        "subject": "newer",
        "mood": null,
        "line": 0
      },
      {
        "subject": "old",
        "mood": "calm",
        "line": null
      }
    ]
    "#);
    let commits = std::fs::read_dir(folder.path().join("log_gap/_delta_log")).unwrap();
    let commits = commits.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "json"));
    assert_eq!(commits.count(), 4, "the other version's, the columns, two of files");
}

#[tokio::test]
async fn another_type_is_damage() {
    let (folder, lake) = lake().await;
    write_by_another_version(folder.path(), &[("line", "seven")]).await;
    let staged = [stage(&lake, LOG_GAP, &gaps(["new"])).await];
    let refused = lake.commit_staged(LOG_GAP, &staged, "shard", 1).await.unwrap_err();
    for error in [lake.session(&[]).await.unwrap_err(), refused] {
        assert!(matches!(&error, LakeError::Damaged { reason, .. } if reason.contains("column `line`")), "{error}");
    }
}
