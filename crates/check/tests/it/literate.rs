//! Every test that stands in a check's file.

use crate::{findings, schemas, tables_of};
use sightline_check::{Check, Expected, fixture};

#[tokio::test]
async fn every_literate_test_holds() {
    let schemas = schemas();
    let mut wrong = Vec::new();
    for check in sightline_check::checks().unwrap() {
        let tables = tables_of(&check, &schemas);
        for case in &check.cases {
            let found = findings(&check, case, &schemas, fixture::coverage(case, &tables)).await;
            let mut shown: Vec<Expected> = found
                .into_iter()
                .map(|finding| Expected {
                    resource: finding.resource,
                    status: finding.status,
                    reason: Some(finding.reason),
                })
                .collect();
            shown.sort();
            if !agree(&case.expected, &shown) {
                wrong.push(difference(&check, &case.title, case.line, &case.expected, &shown));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn agree(expected: &[Expected], found: &[Expected]) -> bool {
    expected.len() == found.len()
        && expected.iter().zip(found).all(|(expected, found)| {
            let reason = expected.reason.is_none() || expected.reason == found.reason;
            expected.resource == found.resource && expected.status == found.status && reason
        })
}

fn difference(check: &Check, title: &str, line: usize, expected: &[Expected], found: &[Expected]) -> String {
    let lines = |rows: &[Expected]| -> String {
        rows.iter()
            .map(|row| format!("    {} {} {:?}\n", row.status, row.resource, row.reason.as_deref().unwrap_or_default()))
            .collect()
    };
    format!("{}:{line}: {title}\n  expected\n{}  found\n{}", check.file, lines(expected), lines(found))
}
