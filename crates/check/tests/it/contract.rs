//! What must hold of every check, whatever it looks for.

use crate::{findings, now, schemas, tables_of};
use sightline_check::{Check, FailsOn, Scope, Selection, checks, fixture, statement};
use sightline_lake::Session;
use sightline_model::Status;
use std::collections::BTreeSet;

#[test]
fn there_are_enough_checks_and_most_are_about_ai() {
    let checks = checks().unwrap();
    let ai = checks.iter().filter(|check| {
        let services = &check.declaration.services;
        services.iter().any(|service| service.starts_with("bedrock") || service == "sagemaker")
    });
    assert!(ai.count() >= 15);
    assert!(checks.len() >= 25);
}

#[test]
fn ids_are_unique() {
    let checks = checks().unwrap();
    let ids: BTreeSet<&str> = checks.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(ids.len(), checks.len());
}

#[test]
fn every_check_has_a_failing_and_a_passing_test() {
    for check in checks().unwrap() {
        for status in [Status::Fail, Status::Pass] {
            let shown = check.cases.iter().any(|case| case.expected.iter().any(|expected| expected.status == status));
            assert!(shown, "{}: no test expects `{status}`", check.file);
        }
    }
}

#[test]
fn every_check_names_aws_pages_and_reads_typed_views() {
    let schemas = schemas();
    let logs = ["api_call", "flow", "current_edge"];
    let session = Session::in_memory(&schemas, vec![]).unwrap();
    for check in checks().unwrap() {
        assert!(check.references.contains("<https://docs.aws.amazon.com/"), "{}", check.file);
        for table in session.tables_of(&statement(&check, now())).unwrap() {
            assert!(table.starts_with("aws_") || logs.contains(&table.as_str()), "{} reads `{table}`", check.file);
        }
        assert!(tables_of(&check, &schemas).contains(&check.declaration.resource), "{}", check.file);
    }
}

#[tokio::test]
async fn every_query_gives_the_columns_of_the_contract() {
    let schemas = schemas();
    for check in checks().unwrap() {
        let session = fixture::session(&check.cases[0], &schemas, vec![]).unwrap();
        let answer =
            session.sql(&statement(&check, now())).await.unwrap_or_else(|error| panic!("{}: {error}", check.file));
        let columns: BTreeSet<String> = answer.columns().into_iter().map(|column| column.name).collect();
        for name in ["resource", "status", "reason", "account_id", "region", "title"] {
            assert!(columns.contains(name), "{}: no column `{name}`", check.file);
        }
    }
}

/// A check that declares the scope `row` says the same of a row when all other rows of its table are gone.
#[tokio::test]
async fn checks_of_scope_row_judge_each_row_alone() {
    let mut compared = 0;
    let schemas = schemas();
    for check in checks().unwrap().iter().filter(|check| check.declaration.scope == Scope::Row) {
        let tables = tables_of(check, &schemas);
        for case in check.cases.iter().filter(|case| !case.rows.contains_key("coverage")) {
            let Some(rows) = case.rows.get(&check.declaration.resource).and_then(|rows| rows.as_array()) else {
                continue;
            };
            if rows.len() < 2 {
                continue;
            }
            let together = findings(check, case, &schemas, fixture::coverage(case, &tables)).await;
            for row in rows {
                let mut alone = case.clone();
                alone.rows.insert(check.declaration.resource.clone(), serde_json::json!([row]));
                let found = findings(check, &alone, &schemas, fixture::coverage(&alone, &tables)).await;
                let arn = row["arn"].as_str().unwrap();
                let of = |findings: &[sightline_model::Finding]| {
                    findings
                        .iter()
                        .find(|finding| finding.resource == arn)
                        .map(|finding| (finding.status, finding.reason.clone()))
                };
                assert_eq!(of(&found), of(&together), "{}: {}: {arn}", check.file, case.title);
                compared += 1;
            }
        }
    }
    assert!(compared > 30, "{compared} rows");
}

/// A failure that rests on something seen must not come from an empty table: without rows there is none.
#[tokio::test]
async fn nothing_fails_where_nothing_is() {
    let schemas = schemas();
    for check in checks().unwrap() {
        let mut case = check.cases[0].clone();
        case.rows.clear();
        let found = findings(&check, &case, &schemas, fixture::coverage(&case, &tables_of(&check, &schemas))).await;
        assert!(found.is_empty(), "{}: {found:?}", check.file);
    }
}

#[test]
fn the_catalogue_shows_every_check() {
    let page = sightline_check::catalogue_markdown().unwrap();
    for check in checks().unwrap() {
        assert!(page.contains(&format!("\n## {}\n", check.id)), "{}", check.id);
    }
}

#[test]
fn selection_is_by_id_service_severity_and_framework() {
    let select = |select: &[&str], ignore: &[&str]| -> Vec<Check> {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        Selection { select: words(select), ignore: words(ignore) }.apply(checks().unwrap()).unwrap()
    };
    let all = checks().unwrap().len();
    assert_eq!(select(&[], &[]).len(), all);
    assert!(select(&["cis-7.0:2.4"], &[]).iter().all(|check| check.id.contains("root")));
    assert!(
        select(&["iam"], &["bedrock"]).iter().all(|check| !check.declaration.services.contains(&"bedrock".to_owned()))
    );
    let high = select(&["high", "critical"], &[]).len();
    assert!(high > 0 && high < all);
    let unknown =
        Selection { select: vec!["bedrok-*".to_owned()], ignore: vec![] }.apply(checks().unwrap()).unwrap_err();
    insta::assert_snapshot!(unknown, @"`bedrok-*` matches no check: give an id, a service, a severity, a framework or `framework:control`, with `*` for any text");
}

#[test]
fn both_kinds_of_failure_are_declared_somewhere() {
    let checks = checks().unwrap();
    for fails_on in [FailsOn::Presence, FailsOn::Absence] {
        assert!(checks.iter().any(|check| check.declaration.fails_on == fails_on));
    }
}
