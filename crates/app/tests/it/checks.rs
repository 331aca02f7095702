//! The checks against the real tables: they are written against columns that the API models give, and the crate of the
//! checks cannot see those.

use sightline_check::{Check, Context, checks, evaluate, fixture, tables};
use sightline_collect::catalogue::{Catalogue, catalogue};
use sightline_model::{RunId, TableSchema};

fn now() -> jiff::Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

fn schemas() -> Vec<TableSchema> {
    catalogue().unwrap().schemas()
}

#[test]
fn every_column_of_a_fixture_is_one_of_the_table() {
    let real = schemas();
    let mut wrong = Vec::new();
    for fixture in fixture::schemas(&checks().unwrap()).unwrap() {
        let Some(table) = real.iter().find(|table| table.name == fixture.name) else {
            wrong.push(format!("there is no table `{}`", fixture.name));
            continue;
        };
        for column in fixture.columns.iter().filter(|column| !table.columns.contains(column)) {
            let of_table = table.columns.iter().find(|other| other.name == column.name);
            wrong.push(format!(
                "`{}.{}` is {:?} in a fixture, {of_table:?} in the table",
                table.name, column.name, column.kind
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_table_that_a_check_reads_has_actions_to_grant() {
    let (catalogue, real): (Catalogue, _) = (catalogue().unwrap(), schemas());
    for check in checks().unwrap() {
        let session = fixture::session(&check.cases[0], &real, vec![]).unwrap();
        for table in tables(&session, &check, now()).unwrap() {
            assert!(!catalogue.actions_of(&table).is_empty(), "{}: `{table}`", check.file);
        }
    }
}

#[tokio::test]
async fn every_literate_test_holds_over_the_real_tables() {
    let real = schemas();
    let run = RunId::from("test".to_owned());
    let context = Context { run: &run, now: now(), actions_of: &|_| vec![] };
    for check in checks().unwrap() {
        for case in &check.cases {
            let session = fixture::session(case, &real, vec![]).unwrap();
            let coverage = fixture::coverage(case, &tables(&session, &check, now()).unwrap());
            let session = fixture::session(case, &real, coverage).unwrap();
            let found = evaluate(&session, std::slice::from_ref(&check), &context).await.unwrap();
            assert_eq!(statuses(&found), expected(&check, &case.title), "{}: {}", check.file, case.title);
        }
    }
}

fn statuses(findings: &[sightline_model::Finding]) -> Vec<String> {
    let mut statuses: Vec<String> =
        findings.iter().map(|finding| format!("{} {}", finding.resource, finding.status)).collect();
    statuses.sort();
    statuses
}

fn expected(check: &Check, title: &str) -> Vec<String> {
    let case = check.cases.iter().find(|case| case.title == title).unwrap();
    let mut expected: Vec<String> =
        case.expected.iter().map(|row| format!("{} {}", row.resource, row.status)).collect();
    expected.sort();
    expected
}
