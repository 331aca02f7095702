//! Every check's query runs over the inventory's real schemas, and its fixtures name real columns.

use sightline_collect::catalogue::catalogue;
use sightline_lake::Session;
use std::collections::BTreeMap;

#[tokio::test]
async fn checks_run_over_the_catalogues_schemas() {
    let schemas = catalogue().unwrap().schemas();
    let session = Session::in_memory(&schemas, vec![]).unwrap();
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let checks = sightline_check::checks().unwrap();
    assert!(checks.len() >= 25, "{} checks", checks.len());
    for check in checks {
        let answer = session.sql(&sightline_check::statement(&check, now)).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", check.id));
        assert_eq!(answer.row_count(), 0, "{}: rows out of nothing", check.id);
    }
}

#[test]
fn fixtures_name_columns_of_the_catalogue() {
    let standard = sightline_model::column::STANDARD_COLUMNS.iter().map(|(name, _)| (*name).to_owned());
    let standard: Vec<String> = standard.collect();
    let tables: BTreeMap<String, Vec<String>> = catalogue()
        .unwrap()
        .schemas()
        .into_iter()
        .map(|schema| (schema.name, schema.columns.into_iter().map(|column| column.name).chain(standard.clone()).collect()))
        .collect();
    for check in sightline_check::checks().unwrap() {
        for (table, rows) in check.cases.iter().flat_map(|case| &case.rows) {
            let Some(columns) = tables.get(table) else {
                assert!(!table.starts_with("aws_"), "{}: no table is named {table}", check.id);
                continue;
            };
            for column in rows.as_array().into_iter().flatten().filter_map(|row| row.as_object()).flat_map(|row| row.keys()) {
                assert!(columns.contains(column), "{}: {table} has no column {column}", check.id);
            }
        }
    }
}
