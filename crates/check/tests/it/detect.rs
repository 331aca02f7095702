//! The detections' literate tests, and what must hold of every detection.

use std::collections::BTreeSet;

use sightline_check::detect::{Detection, ExpectedSignal, detections, page, selected, trial};
use sightline_model::TableSchema;

use crate::catalogue;

fn schemas() -> Vec<TableSchema> {
    // Of the inventory only what detections read: a session with few tables is made quickly.
    let read = ["aws_ec2_network_interface", "aws_vpc_nat_gateway", "aws_ec2_instance", "aws_bedrock_data_source"]
        .into_iter()
        .chain(["aws_bedrock_agentcore_runtime", "aws_cloudtrail_trail", "aws_cloudtrail_event_data_store"]);
    let read: BTreeSet<&str> = read.collect();
    catalogue().schemas().into_iter().filter(|schema| read.contains(schema.name.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_detection_stands_its_tests() {
    let running: Vec<_> = detections()
        .unwrap()
        .into_iter()
        .map(|detection| tokio::spawn(async move { trial::trial(&detection, &schemas()).await }))
        .collect();
    let mut wrong = Vec::new();
    for one in running {
        wrong.extend(one.await.unwrap().iter().map(ToString::to_string));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_detection_has_a_firing_a_quiet_and_an_unknown_test() {
    for Detection { id, tests, declaration, .. } in detections().unwrap() {
        let has = |fits: &dyn Fn(&[ExpectedSignal]) -> bool| tests.iter().any(|test| fits(&test.expected));
        assert!(has(&|all| all.iter().any(|one| matches!(one, ExpectedSignal::Signal { .. }))), "{id} never fires");
        assert!(has(&<[ExpectedSignal]>::is_empty), "{id} is never quiet");
        let unknown =
            |all: &[ExpectedSignal]| all.iter().any(|one| matches!(one, ExpectedSignal::NotAssessable { .. }));
        assert!(has(&unknown), "{id} has no test in which it cannot tell");
        assert!(!declaration.needs.is_empty(), "{id} needs no telemetry");
        assert!((1..=60).contains(&declaration.weight), "{id} weighs {}", declaration.weight);
    }
}

#[test]
fn every_detection_says_what_it_is() {
    let detections = detections().unwrap();
    assert!(detections.len() >= 30, "{}", detections.len());
    let ids: BTreeSet<&str> = detections.iter().map(|detection| detection.id.as_str()).collect();
    assert_eq!(ids.len(), detections.len());
    for detection in &detections {
        let Detection { id, file, declaration, .. } = detection;
        assert_eq!(*file, format!("{id}.md"));
        let title = &declaration.title;
        assert!(!title.ends_with('.') && title.chars().count() <= 90, "{id}: {title}");
        let technique = |tactic: &String| tactic.starts_with("AML.T") || tactic.starts_with('T');
        assert!(!declaration.tactics.is_empty() && declaration.tactics.iter().all(technique), "{id}");
        for (name, text) in [
            ("about", &detection.about),
            ("false positives", &detection.false_positives),
            ("blind spots", &detection.blind_spots),
            ("response", &detection.response),
        ] {
            assert!(text.len() > 10, "{id} has no {name}");
        }
        assert!(detection.references.contains("<https://"), "{id} has no reference");
    }
}

#[test]
fn the_page_shows_every_detection() {
    let (name, page) = page().unwrap();
    assert_eq!(name, "detections.md");
    for detection in detections().unwrap() {
        assert!(page.contains(&format!("[{0}](#{0})", detection.id)), "{}", detection.id);
        assert!(page.contains(&format!("\n## {}\n", detection.id)), "{}", detection.id);
    }
}

#[test]
fn selection_is_by_id_severity_stage_and_tactic() {
    let select = |pattern: &str| selected(detections().unwrap(), &[pattern.to_owned()]);
    assert_eq!(select("model-call-burst").unwrap().len(), 1);
    assert!(select("recon").unwrap().len() > 2);
    assert!(select("T1562.*").unwrap().iter().all(|one| one.id != "model-call-burst"));
    insta::assert_snapshot!(select("model-cal-burst").unwrap_err(), @"`model-cal-burst` matches no detection: give an id, a severity, a stage or a tactic, with `*` for any text");
}
