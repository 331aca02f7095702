//! What becomes of runs of probes: files for other programs, and findings beside those of checks.

use crate::probe_runs::Bench;
use crate::support::assert_error;
use serde_json::{Value, json};
use sightline_lake::Lake;
use sightline_model::lake_table::{RESOURCE, SCAN};
use std::fs;

const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0";

/// The first run, with a file of each of these formats; their texts.
fn files(bench: &Bench, formats: [&str; 4]) -> Vec<String> {
    let path = |format: &str| bench.folder.path().join(format).display().to_string();
    let outputs: Vec<String> = formats.iter().map(|format| format!("{format}={}", path(format))).collect();
    let mut arguments = vec!["probe", "run", "--model", "amazon.nova-micro-v1:0", "--pack", "prompt-injection-basics"];
    arguments.extend(["--family", "system-prompt-leak", "--trials", "1", "--max-usd", "5", "--yes", "--keep-text"]);
    arguments.extend(outputs.iter().flat_map(|output| ["-o", output]));
    let ended = bench.sightline(&arguments);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("FAMILY"), "files beside what is shown: {}", ended.out);
    formats.iter().map(|format| fs::read_to_string(path(format)).unwrap()).collect()
}

fn fingerprint(report: &Value) -> String {
    let finding =
        report["findings"].as_array().unwrap().iter().find(|one| one["check_id"] == "probe-system-prompt-leak");
    finding.unwrap()["fingerprint"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_becomes_files_and_findings_with_one_fingerprint() {
    let bench = Bench::new().await;
    let texts = files(&bench, ["json", "junit", "sarif", "garak"]);
    let [json, junit, sarif, garak] = texts.as_slice() else { panic!("four files") };
    let report: Value = serde_json::from_str(json).unwrap();
    let id = fingerprint(&report);
    assert!(junit.contains(&id) && sarif.contains(&id));
    assert!(garak.lines().next().unwrap().contains("start_run setup") && garak.contains("SightlineSystemPromptLeak"));
    let run = report["run"]["run_id"].as_str().unwrap();

    // The finding can be explained before anybody asked for findings.
    let explained = bench.sightline(&["explain", &id[..8]]);
    assert!(explained.out.contains("prompts went wrong") && explained.out.contains("LLM07"), "{}", explained.err);
    let findings = bench.sightline(&["findings", "--select", "probe", "--json", "--fail-on", "medium"]);
    assert_eq!(findings.code, Some(1), "{}", findings.err);
    let told = findings.json();
    let finding = told.as_array().unwrap().iter().find(|one| one["fingerprint"] == id.as_str()).unwrap();
    assert_eq!((finding["status"].as_str(), finding["resource"].as_str()), (Some("fail"), Some(MODEL)));
    assert!(finding["reason"].as_str().unwrap().contains(run), "{finding}");
    // Without a scan nothing but the runs is known, and that is said.
    assert_error(&bench.sightline(&["findings"]), "runs of probes alone: `sightline findings --select probe`");

    let shown = bench.sightline(&["probe", "show", run, "-o", "json"]);
    let again: Value = serde_json::from_str(&shown.out).unwrap_or_else(|error| panic!("{error}: {}", shown.out));
    assert_eq!(fingerprint(&again), id, "standard output holds the document alone");
    assert_eq!(again["run"], report["run"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_of_probes_are_muted_and_reported_like_others() {
    let bench = Bench::new().await;
    files(&bench, ["json", "junit", "sarif", "garak"]);
    let unmuted = bench.sightline(&["findings", "--select", "probe", "--fail-on", "low"]);
    assert_eq!(unmuted.code, Some(1), "{}", unmuted.err);
    let config = bench.folder.path().join("sightline.toml").display().to_string();
    fs::write(&config, "").unwrap();
    let mute = ["mute", "probe-system-prompt-*", "--reason", "a trial", "--owner", "ml", "--expires", "9d"];
    let muted = bench.sightline(&[&mute[..], &["--config", &config]].concat());
    assert_eq!(muted.code, Some(0), "{}", muted.err);
    let page = bench.folder.path().join("f.html").display().to_string();
    let select = ["findings", "--select", "probe", "--fail-on", "low", "--config", &config];
    let ended = bench.sightline(&[&select[..], &["-o", &format!("html={page}")]].concat());
    assert_eq!(ended.code, Some(0), "a muted failure does not count: {}", ended.err);
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("What is muted") && page.contains("What models answered to attacks"), "{page}");
    assert!(page.contains("What came back"), "examples, for the run kept its texts");
}

/// A lake with a model that everybody is offered and nobody calls, an agent, an endpoint, and a knowledge base.
async fn estate(bench: &Bench) {
    const AT: &str = "2026-11-20T10:00:00Z";
    const ACCOUNT: &str = "123456789012";
    let lake = Lake::create(&bench.folder.path().join("lake")).await.unwrap();
    let resource = |table: &str, arn: &str, config: Value| {
        json!({"scan_id": "s1", "account_id": ACCOUNT, "partition": "aws", "region": "us-east-1", "table_name": table,
            "arn": arn, "title": arn.rsplit('/').next(), "tags": {}, "config": config, "collected_at": AT})
    };
    let own = |service: &str, rest: &str| format!("arn:aws:{service}:us-east-1:{ACCOUNT}:{rest}");
    let rows = [
        resource(
            "aws_bedrock_foundation_model",
            MODEL,
            json!({"output_modalities": ["TEXT"], "inference_types_supported": ["ON_DEMAND"]}),
        ),
        resource("aws_bedrock_agent", &own("bedrock", "agent/AG"), json!({"agent_status": "PREPARED"})),
        resource(
            "aws_bedrock_agent_alias",
            &own("bedrock", "agent-alias/AG/AL"),
            json!({"agent_arn": own("bedrock", "agent/AG"), "agent_alias_status": "PREPARED"}),
        ),
        resource("aws_sagemaker_endpoint", &own("sagemaker", "endpoint/chat"), json!({"endpoint_status": "InService"})),
        resource("aws_bedrock_knowledge_base", &own("bedrock", "knowledge-base/KB1"), json!({"status": "ACTIVE"})),
    ];
    lake.append(RESOURCE, &rows).await.unwrap();
    let scan = json!({"scan_id": "s1", "account_id": ACCOUNT, "partition": "aws", "caller_arn": "c", "regions": ["us-east-1"],
        "version": "0", "started_at": AT, "finished_at": AT, "tables": 4, "resources": 5, "calls": 9, "incomplete": 0});
    lake.append(SCAN, &[scan]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_endpoint_of_the_lake_has_a_configuration_of_promptfoo() {
    let bench = Bench::new().await;
    estate(&bench).await;
    let out = bench.folder.path().join("promptfoo");
    let base = ["probe", "promptfoo", "--pack", "prompt-injection-basics", "--out", out.to_str().unwrap()];
    let ended = bench.sightline(&base);
    let providers = || {
        let texts = fs::read_dir(&out).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        let ids = texts.map(|text| text.lines().find(|line| line.starts_with("- id: ")).unwrap().to_owned());
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    };
    assert_eq!(providers(), ["- id: bedrock-agent:AG", "- id: sagemaker:custom:chat"], "{}", ended.err);
    assert!(ended.err.contains("--kb-model ARN"), "{}", ended.err);
    let named = bench.sightline(&[&base[..], &["--target", MODEL, "--guardrail", "gr1:1"]].concat());
    assert_eq!(named.out.lines().count(), 1, "{}{}", named.out, named.err);
    let text = fs::read_to_string(named.out.trim()).unwrap();
    for part in ["id: bedrock:converse:amazon.nova-micro-v1:0", "guardrailIdentifier: gr1", "sharing: false"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("not-icontains") && text.contains("LLM01"));
    assert_error(&bench.sightline(&[&base[..], &["--target", "arn:aws:x"]].concat()), "the lake knows no target");
}
