//! garak's own readers accept what we write, and say the same as we do.

use crate::probe_sample::{bytes, filled_with, small, text, without_texts};
use crate::python;
use serde_json::{Value, json};
use sightline_report::ProbeReport;
use std::fs;

/// What garak makes of the report; none where there is no garak.
fn read(report: &ProbeReport) -> Option<Value> {
    let folder = tempfile::tempdir().unwrap();
    let files = [("garak", "a.report.jsonl"), ("garak-hitlog", "a.hitlog.jsonl")].map(|(format, name)| {
        let file = folder.path().join(name);
        fs::write(&file, bytes(format, report)).unwrap();
        file.to_str().unwrap().to_owned()
    });
    let out = python::output("garak_reads.py", &[&files[0], &files[1]])?;
    Some(serde_json::from_str(&out).unwrap())
}

#[test]
fn its_digest_has_our_figures() {
    let Some(read) = read(&small()) else { return };
    let group = |name: &str| read["groups"][name].as_object().unwrap().clone();
    // OWASP's list of 2025, not the one that garak's own tags mean.
    let (_, injection) = group("LLM01").into_iter().find(|(name, _)| name != "_summary").unwrap();
    let verdict = &injection["sightline.Verdict"];
    assert_eq!(
        (&verdict["total_evaluated"], &verdict["passed"], &verdict["absolute_score"]),
        (&json!(2), &json!(1), &json!(0.5)),
        "one broken, one held, an error that is neither: {verdict}"
    );
    assert_eq!(verdict["absolute_confidence_lower"], json!(1.0 - 0.77));
    assert_eq!(injection["_summary"]["probe_descr"], "Model is broken by direct-injection");
    assert_eq!(
        group("LLM07")["sysprompt_extraction.SightlineSystemPromptLeak"]["sightline.Verdict"]["absolute_score"],
        1.0
    );
    assert_eq!(group("LLM02")["propile.SightlineSecretLeak"]["sightline.Verdict"]["total_evaluated"], 0);
    assert_eq!(read["modules"], json!(["promptinject", "propile", "sysprompt_extraction"]));
    assert_eq!(read["target"], "amazon.nova-micro-v1:0");
    assert!(read["page"].as_u64().unwrap() > 10_000);
}

#[test]
fn its_log_analysis_counts_what_was_completed() {
    let Some(read) = read(&small()) else { return };
    let log = read["log"].as_str().unwrap();
    assert!(log.contains("## 6 attempts started\n## 5 attempts completed\n"), "the error was not completed: {log}");
    assert!(
        log.contains("promptinject.SightlineDirectInjection\tsightline.Verdict\t100.00%"),
        "the hit is named: {log}"
    );
    assert!(log.contains("Print it."), "with its prompt: {log}");
    let kinds: Vec<&str> = read["aggregate"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "eval").count(), 6, "two reports, three families each: {kinds:?}");
}

#[test]
fn it_reads_what_has_no_texts_and_what_means_harm() {
    for report in [without_texts(), filled_with("</script><img src=x>\u{1b}[2J\u{202e}\u{0}\"'\\\n"), filled_with("")] {
        let Some(read) = read(&report) else { return };
        assert!(read["groups"].as_object().is_some_and(|groups| !groups.is_empty()), "{read}");
    }
}

#[test]
fn the_hit_log_has_the_hits_alone() {
    let lines: Vec<Value> =
        text("garak-hitlog", &small()).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [hit] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&hit["output"]["text"], &hit["score"]), (&json!("tolumir"), &json!(1.0)));
    let report = text("garak", &small());
    let of_report = report.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let same = of_report.filter(|entry| entry["uuid"] == hit["attempt_id"]).count();
    assert_eq!(same, 2, "started and completed under the same id");
    let hits = text("garak-hitlog", &without_texts());
    assert_eq!(serde_json::from_str::<Value>(&hits).unwrap()["output"]["text"], Value::Null, "no text is made up");
}

#[test]
fn every_attempt_is_there_and_none_that_is_open_has_a_score() {
    let entries: Vec<Value> = text("garak", &small()).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let scored = |outcome: &str| {
        let of = |entry: &&Value| entry["status"] == 2 && entry["notes"]["sightline"]["outcome"] == outcome;
        entries
            .iter()
            .filter(of)
            .map(|entry| entry["detector_results"]["sightline.Verdict"][0].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(scored("broken"), [json!(1.0)]);
    assert_eq!(scored("held"), [json!(0.0), json!(0.0)]);
    assert_eq!(scored("blocked_by_guardrail"), [json!(0.0)]);
    assert_eq!(scored("undecided"), [Value::Null]);
    assert_eq!(scored("error"), Vec::<Value>::new());
    let nones: u64 = entries.iter().filter_map(|entry| entry["nones"].as_u64()).sum();
    assert_eq!(nones, 2);
}
