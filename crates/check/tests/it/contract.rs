//! What must hold of every check, whatever it looks for.

use crate::{catalogue, findings, now, tables_of};
use sightline_check::{Check, FailsOn, Scope, Selection, checks, contract, statement};
use sightline_lake::Session;
use std::collections::BTreeSet;

#[test]
fn there_are_enough_checks_and_most_are_about_ai() {
    let checks = checks().unwrap();
    let ai = checks.iter().filter(|check| {
        let services = &check.declaration.services;
        services.iter().any(|service| service.starts_with("bedrock") || service == "sagemaker")
    });
    assert!(ai.count() >= 60);
    assert!(checks.len() >= 110);
}

#[test]
fn ids_are_unique() {
    let checks = checks().unwrap();
    let ids: BTreeSet<&str> = checks.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(ids.len(), checks.len());
}

#[test]
fn every_check_keeps_the_contract() {
    let mut wrong = Vec::new();
    for check in checks().unwrap() {
        let blocks = |what: &str| what.starts_with("the fix has no");
        wrong.extend(contract::of_every_check(&check));
        // Missing blocks have a list of their own.
        wrong.extend(contract::of_ours(&check).into_iter().filter(|problem| !blocks(&problem.what)));
    }
    let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn every_check_reads_typed_views() {
    let logs = ["api_call", "flow", "current_edge"];
    let session = Session::in_memory(&[], vec![]).unwrap();
    for check in checks().unwrap() {
        for table in session.tables_of(&statement(&check, now())).unwrap() {
            let is_view = catalogue().table(&table).is_some();
            assert!(is_view || logs.contains(&table.as_str()), "{} reads `{table}`", check.file);
        }
        for table in tables_of(&check) {
            assert!(
                !catalogue().actions_of(&table).is_empty(),
                "{}: no action is known that reads `{table}`",
                check.file
            );
        }
    }
}

/// Whether the query reads one table once, row by row: then no row can tell of another.
fn is_plain(check: &Check) -> bool {
    let words: Vec<&str> = check.sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let gathers = [
        "count", "distinct", "exists", "group", "join", "lag", "limit", "max", "min", "over", "sum", "union", "unnest",
    ];
    let own = words.iter().filter(|word| **word == check.declaration.resource).count() == 1;
    own && check.shared.is_empty()
        && tables_of(check).len() == 1
        && !words.iter().any(|word| gathers.contains(word) || word.ends_with("_agg") || word.starts_with("bool_"))
}

/// Rows of one test that are judged alone.
const ALONE: usize = 2;

/// A check that declares the scope `row` says the same of a row when all other rows of its table are gone.
#[tokio::test]
async fn checks_of_scope_row_judge_each_row_alone() {
    let mut compared = 0;
    for check in checks().unwrap().iter().filter(|check| check.declaration.scope == Scope::Row) {
        for case in check.cases.iter().filter(|case| !case.rows.contains_key("coverage")) {
            if is_plain(check) {
                continue;
            }
            let Some(rows) = case.rows.get(&check.declaration.resource).and_then(|rows| rows.as_array()) else {
                continue;
            };
            if rows.len() < 2 {
                continue;
            }
            let together = findings(check, case).await;
            for row in rows.iter().take(ALONE) {
                let mut alone = case.clone();
                alone.rows.insert(check.declaration.resource.clone(), serde_json::json!([row]));
                let found = findings(check, &alone).await;
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
    assert!(compared > 60, "{compared} rows");
}

/// A failure that rests on something seen must not come from an empty table: without rows there is none.
#[tokio::test]
async fn nothing_fails_where_nothing_is() {
    for check in checks().unwrap() {
        let mut case = check.cases[0].clone();
        case.rows.clear();
        let found = findings(&check, &case).await;
        assert!(found.is_empty(), "{}: {found:?}", check.file);
    }
}

#[test]
fn the_catalogue_shows_every_check() {
    let pages = sightline_check::pages().unwrap();
    let page = |name: &str| &pages.iter().find(|(other, _)| other == name).unwrap().1;
    for check in checks().unwrap() {
        let service = check.file.split('/').next().unwrap();
        let link = format!("[{0}](checks/{service}.md#{0})", check.id);
        assert!(page("checks.md").contains(&link), "{}", check.id);
        assert!(page(&format!("checks/{service}.md")).contains(&format!("\n## {}\n", check.id)), "{}", check.id);
        assert!(check.frameworks.is_empty() || page("frameworks.md").contains(&link), "{}", check.id);
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
