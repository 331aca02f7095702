use crate::sample::{empty, estate, small, text};
use serde_json::{Value, json};
use sightline_model::{Mute, Outcome};

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schema/report.schema.json")).unwrap()
}

fn document(report: &sightline_report::Report) -> Value {
    serde_json::from_str(&text("json", report)).unwrap()
}

#[test]
fn documents_keep_to_the_published_schema() {
    let schema = jsonschema::draft202012::new(&schema()).unwrap();
    for report in [empty(), small(), estate()] {
        let document = document(&report);
        let faults: Vec<String> =
            schema.iter_errors(&document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert_eq!(faults, Vec::<String>::new());
    }
}

#[test]
fn the_schema_notices_a_strange_field() {
    let schema = jsonschema::draft202012::new(&schema()).unwrap();
    let mut document = document(&small());
    document["findings"][0]["colour"] = json!("red");
    assert!(!schema.is_valid(&document));
}

#[test]
fn a_report_is_complete_only_when_everything_was_seen() {
    let complete = |report: &_| document(report)["complete"].as_bool().unwrap();
    assert!(!complete(&empty()), "nothing was asked");

    let mut whole = small();
    whole.scans[0].incomplete = 0;
    whole.coverage.retain(|row| row.outcome == Outcome::Ok);
    whole.findings.pop();
    whole.logs.problems.clear();
    whole.logs.gaps.clear();
    assert!(complete(&whole));

    for outcome in [Outcome::Denied, Outcome::Throttled, Outcome::Failed, Outcome::Skipped] {
        let mut report = whole.clone();
        report.coverage[0].outcome = outcome;
        assert!(!complete(&report), "{outcome}");
    }
}

#[test]
fn what_is_muted_stays_and_is_counted_apart() {
    let mut report = small();
    let mute = Mute { reason: "a trial".into(), owner: "ml".into(), expires: "2026-12-31".parse().unwrap() };
    report.findings[0].mute = Some(mute);
    let document = document(&report);
    assert!(jsonschema::draft202012::new(&schema()).unwrap().is_valid(&document));
    let counts = &document["summary"]["findings"];
    assert_eq!(
        (&counts["fail"], &counts["muted"], &counts["fail_by_severity"]["high"]),
        (&json!(0), &json!(1), &json!(0))
    );
    assert_eq!(document["findings"][0]["mute"], json!({"reason": "a trial", "owner": "ml", "expires": "2026-12-31"}));
    assert_eq!(document["findings"][0]["status"], "fail");
    let page = text("html", &report);
    let (before, muted) = page.split_once("What is muted").unwrap();
    assert!(before.contains("No check failed.") && muted.contains("ml, until 2026-12-31"));
    assert!(!text("html", &small()).contains("What is muted"));
}

#[test]
fn a_small_document() {
    let document = document(&small());
    insta::assert_json_snapshot!(json!({
        "schema": document["schema"], "version": document["schema_version"], "summary": document["summary"]["findings"],
        "missing": document["coverage"]["missing_actions"], "incomplete": document["coverage"]["incomplete"],
        "finding": document["findings"][0],
    }));
}
