//! The trial of every check that ships, over the real tables: its literate tests, and every fault.

use sightline_check::{Check, checks, fixture, trial};

use crate::{now, schemas};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_check_stands_its_trial() {
    let (mut wrong, mut tests, mut faults) = (Vec::new(), 0, 0);
    let running: Vec<_> = checks().unwrap().into_iter().map(|check| tokio::spawn(tried(check))).collect();
    for one in running {
        let tried = one.await.unwrap();
        tests += tried.tests;
        faults += tried.faults;
        wrong.extend(tried.problems.iter().map(ToString::to_string));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tests > 240 && faults > 2_000, "{tests} tests, {faults} faults");
}

async fn tried(check: Check) -> trial::Tried {
    trial::trial(&check, &schemas(&check), now()).await
}

/// A column that is misspelt in a test's row would be read as absent, and the test would pass for it.
#[test]
fn every_row_of_a_test_fits_its_table() {
    let mut wrong = Vec::new();
    for check in checks().unwrap() {
        let misfits = fixture::misfits(&check, &schemas(&check));
        wrong.extend(misfits.into_iter().map(|(line, what)| format!("{}:{line}: {what}", check.file)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
