//! The cases of a folder beside the repository, where it is there.

use sightline_iam::cases::{Case, Tally, Verdict, run, run_file};
use std::path::PathBuf;

/// The folder of cases: `SIGHTLINE_CASES`, else `../shared/cases` beside the repository.
#[expect(clippy::disallowed_methods, reason = "a test may be told where cases are")]
pub(crate) fn folder() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("SIGHTLINE_CASES").map_or_else(|| root.join("../shared/cases"), PathBuf::from);
    folder.join("iam").is_dir().then(|| folder.join("iam"))
}

#[test]
fn every_case_passes() {
    let Some(folder) = folder() else {
        println!("skipped: no cases beside the repository; set SIGHTLINE_CASES");
        return;
    };
    for file in ["documented.jsonl", "generated.jsonl", "partial.jsonl"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let mut wrong = Vec::new();
        let mut count = 0;
        for line in text.lines() {
            let result = run(&Case::read(line).unwrap()).unwrap();
            count += 1;
            if result.verdict != Verdict::Passed {
                wrong.push(format!(
                    "{} {:?} expected {} got {} {:?}",
                    result.id, result.verdict, result.expected, result.actual, result.detail
                ));
            }
        }
        println!("{file}: {count} cases, {} not passed", wrong.len());
        assert!(wrong.is_empty(), "{file}: {count} cases, not passed:\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_organization_answers_as_expected() {
    let Some(folder) = folder() else {
        println!("skipped: no cases beside the repository; set SIGHTLINE_CASES");
        return;
    };
    let text = std::fs::read(folder.join("organisation.json")).unwrap();
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    let unreadable = run_file(&text, &mut |result| {
        tally.count(result.verdict);
        if result.verdict != Verdict::Passed {
            wrong.push(format!("{result:?}"));
        }
    });
    println!("organisation.json: {tally}");
    assert!(unreadable.is_empty(), "{unreadable:?}");
    assert!(wrong.is_empty(), "not passed:\n{}", wrong.join("\n"));
    assert!(tally.passed > 1_000, "only {tally}");
}
