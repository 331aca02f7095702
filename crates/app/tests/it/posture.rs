//! Checks, findings, mutes and baselines as a user runs them, over a lake with two agents: one guarded, one not.

use super::support::{Ended, assert_error, run, sightline};
use serde_json::{Value, json};
use sightline_lake::Lake;
use sightline_model::lake_table::{COVERAGE, RESOURCE, SCAN};
use std::fs;
use tempfile::TempDir;

const CHECK: &str = "bedrock-agent-without-guardrail";
const OPEN: &str = "arn:aws:bedrock:us-east-1:111111111111:agent/OPEN";
const GUARDED: &str = "arn:aws:bedrock:us-east-1:111111111111:agent/SAFE";

/// The lake; the agents were read, or were not.
async fn lake(outcome: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    scan(&folder, "20261120T000000Z-000001", outcome, &[(OPEN, json!({})), (GUARDED, guarded())]).await;
    folder
}

fn guarded() -> Value {
    json!({"guardrail_configuration": {"guardrailIdentifier": "g1"}})
}

async fn scan(folder: &TempDir, id: &str, outcome: &str, agents: &[(&str, Value)]) {
    let path = folder.path().join("lake");
    let lake = match Lake::open(&path).await {
        Ok(lake) => lake,
        Err(_) => Lake::create(&path).await.unwrap(),
    };
    let at = format!("2026-11-{}T00:00:00Z", &id[6..8]);
    let agent = |(arn, config): &(&str, Value)| {
        json!({"scan_id": id, "account_id": "111111111111", "partition": "aws", "region": "us-east-1", "table_name": "aws_bedrock_agent",
            "arn": arn, "title": arn.rsplit('/').next().unwrap(), "tags": {}, "config": config, "collected_at": at})
    };
    let seen: Vec<Value> = if outcome == "ok" { agents.iter().map(agent).collect() } else { Vec::new() };
    let coverage = json!({"scan_id": id, "account_id": "111111111111", "region": "us-east-1", "table_name": "aws_bedrock_agent",
        "operation": "bedrock-agent:ListAgents", "action": "bedrock:ListAgents", "target": "", "outcome": outcome, "error_code": "",
        "error_message": "", "rows": seen.len(), "calls": 1, "collected_at": at});
    let scan = json!({"scan_id": id, "account_id": "111111111111", "partition": "aws", "caller_arn": "", "regions": ["us-east-1"],
        "version": "0", "started_at": at, "finished_at": at, "tables": 1, "resources": 2, "calls": 1, "incomplete": 0});
    lake.append(RESOURCE, &seen).await.unwrap();
    lake.append(COVERAGE, &[coverage]).await.unwrap();
    lake.append(SCAN, &[scan]).await.unwrap();
}

fn findings(folder: &TempDir, arguments: &[&str]) -> Ended {
    run(sightline(folder).args(["findings", "--select", CHECK]).args(arguments))
}

fn configure(folder: &TempDir, text: &str) {
    fs::write(folder.path().join("sightline.toml"), text).unwrap();
}

fn mute(expires: &str) -> String {
    format!(
        "[[mute]]\ncheck = \"bedrock-agent-*\"\nresource = \"*:agent/OPEN\"\nreason = \"a trial\"\nowner = \"ml\"\nexpires = {expires}\n"
    )
}

#[tokio::test]
async fn exit_codes_follow_severity_and_coverage() {
    let read = lake("ok").await;
    assert_eq!(findings(&read, &[]).code, Some(1), "a failure of severity high");
    assert_eq!(findings(&read, &["--fail-on", "critical"]).code, Some(0));
    assert_eq!(findings(&read, &["--exit-zero"]).code, Some(0));
    let denied = lake("denied").await;
    assert_eq!(findings(&denied, &[]).code, Some(3), "nothing failing, but not everything was seen");
    assert_error(&findings(&read, &["--select", "no-such-check"]), "`no-such-check` matches no check");
}

#[tokio::test]
async fn what_is_muted_is_kept_and_does_not_count() {
    let folder = lake("ok").await;
    configure(&folder, &mute("2999-12-31"));
    let listed = findings(&folder, &[]);
    assert_eq!(listed.code, Some(0), "{}{}", listed.out, listed.err);
    assert!(listed.out.contains("0 fail, 0 unknown, 1 pass, 0 skip, 1 muted"), "{}", listed.out);
    assert!(!listed.out.contains("OPEN"), "{}", listed.out);
    assert!(findings(&folder, &["--muted"]).out.contains("muted     OPEN"));
    assert_eq!(findings(&folder, &["--json"]).json(), json!([]));
    let shown = findings(&folder, &["--json", "--muted"]).json();
    assert_eq!(shown[0]["mute"], json!({"reason": "a trial", "owner": "ml", "expires": "2999-12-31"}));
    assert_eq!(shown[0]["status"], "fail", "a mute changes no answer");

    findings(&folder, &["-o", "json=r.json", "-o", "html=r.html", "-o", "csv=r.csv"]);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let report: Value = serde_json::from_str(&read("r.json")).unwrap();
    assert_eq!(
        (&report["summary"]["findings"]["muted"], &report["summary"]["findings"]["fail"]),
        (&json!(1), &json!(0))
    );
    assert!(read("r.html").contains("a trial") && read("r.csv").contains("a trial,ml,2999-12-31"));
    let report = run(sightline(&folder).args(["report", "-o", "html=all.html", "--fail-on", "high"]));
    assert!(read("all.html").contains("a trial"), "{}", report.err);
}

#[tokio::test]
async fn a_mute_that_is_over_and_one_of_nothing_are_told() {
    let folder = lake("ok").await;
    configure(&folder, &format!("{}{}", mute("2020-01-01"), mute("2999-12-31").replace("bedrock-agent-", "bedrok-")));
    let ended = findings(&folder, &[]);
    assert_eq!(ended.code, Some(1), "it counts again");
    assert!(ended.err.contains("was over on 2020-01-01, and mutes no more: ask ml"), "{}", ended.err);
    assert!(ended.err.contains("`bedrok-* on *:agent/OPEN` matches no check"), "{}", ended.err);
}

#[tokio::test]
async fn a_finding_is_muted_by_its_id() {
    let folder = lake("ok").await;
    let id = findings(&folder, &["--json"]).json()[0]["fingerprint"].as_str().unwrap().to_owned();
    let said = ["--reason", "a trial", "--owner", "ml", "--expires", "30d"];
    configure(&folder, "# ours\n[keep]\nraw_flows = false # no\n");
    let muted = run(sightline(&folder).args(["mute", &id]).args(said));
    assert_eq!(muted.code, Some(0), "{}", muted.err);
    let text = fs::read_to_string(folder.path().join("sightline.toml")).unwrap();
    assert!(text.starts_with("# ours\n[keep]\nraw_flows = false # no\n"), "{text}");
    assert!(text.contains(&format!("resource = \"{OPEN}\"")), "{text}");
    assert_eq!(findings(&folder, &[]).code, Some(0));
    run(sightline(&folder).args(["mute", &id]).args(said));
    assert_eq!(fs::read_to_string(folder.path().join("sightline.toml")).unwrap(), text, "it is there once");
    for (what, says) in [("no-such-check", "no check is named"), (&"0".repeat(32), "no finding of the newest run")] {
        assert_error(&run(sightline(&folder).args(["mute", what]).args(said)), says);
    }
    let over = ["mute", CHECK, "--reason", "r", "--owner", "o", "--expires", "2020-01-01"];
    assert_error(&run(sightline(&folder).args(over)), "is over");
}

#[tokio::test]
async fn only_what_is_new_counts_against_a_baseline() {
    let folder = lake("ok").await;
    findings(&folder, &["-o", "json=before.json"]);
    let same = findings(&folder, &["--baseline", "before.json"]);
    assert_eq!(same.code, Some(0), "{}", same.out);
    assert!(same.out.contains("0 fixed, 1 unchanged."), "{}", same.out);

    let other = "arn:aws:bedrock:us-east-1:111111111111:agent/LATE";
    scan(&folder, "20261121T000000Z-000002", "ok", &[(OPEN, guarded()), (other, json!({}))]).await;
    let later = findings(&folder, &["--baseline", "before.json"]);
    assert_eq!(later.code, Some(1));
    assert!(later.out.contains("LATE") && later.out.contains("1 fixed, 0 unchanged."), "{}", later.out);
    assert_eq!(findings(&folder, &["--baseline", "before.json", "--json"]).json().as_array().unwrap().len(), 1);

    scan(&folder, "20261122T000000Z-000003", "denied", &[]).await;
    let denied = findings(&folder, &["--baseline", "before.json"]);
    assert_eq!(denied.code, Some(3), "what could not be read is new, and nothing is fixed by it: {}", denied.out);
}

#[tokio::test]
async fn another_file_is_no_baseline() {
    let folder = lake("ok").await;
    let write = |text: &str| fs::write(folder.path().join("b.json"), text).unwrap();
    for (text, says) in [
        ("[]", "is no baseline"),
        (
            "{\"schema\": \"other\", \"schema_version\": 1, \"findings\": []}",
            "it is `other` 1, and `sightline-report` 1 is read",
        ),
        ("nonsense", "write one with `sightline findings -o json=b.json`"),
    ] {
        write(text);
        assert_error(&findings(&folder, &["--baseline", "b.json"]), says);
    }
    assert_error(&findings(&folder, &["--baseline", "none.json"]), "cannot read the baseline `none.json`");
}

#[tokio::test]
async fn a_new_check_runs_at_once_and_a_broken_one_stops_the_run() {
    let folder = lake("ok").await;
    let new = run(sightline(&folder).args(["checks", "new", "agent-without-owner", "--table", "aws_bedrock_agent"]));
    assert_eq!((new.code, new.out.as_str()), (Some(0), "checks/agent-without-owner.md\n"), "{}", new.err);
    assert_error(
        &run(sightline(&folder).args(["checks", "new", "agent-without-owner", "--table", "aws_bedrock_agent"])),
        "is there already",
    );
    let tested = run(sightline(&folder).args(["checks", "test", "checks"]));
    assert_eq!(tested.code, Some(0), "{}", tested.out);

    let own = ["--checks-dir", "checks"];
    let found =
        run(sightline(&folder).args(["findings", "--select", "agent-without-owner", "--json"]).args(own)).json();
    assert_eq!(found.as_array().unwrap().len(), 2);
    configure(&folder, "[checks]\ndirs = [\"checks\"]\n");
    let listed = run(sightline(&folder).args(["checks", "list", "--service", "bedrock", "--json"])).json();
    assert!(listed.as_array().unwrap().iter().any(|check| check["id"] == "agent-without-owner"));
    let told = run(sightline(&folder).args(["explain", found[0]["fingerprint"].as_str().unwrap()]));
    assert!(told.out.contains("REPLACE_TEAM"), "a value that is not known is a word to replace: {}", told.out);

    let path = folder.path().join("checks/agent-without-owner.md");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("\"low\"", "\"lowest\"")).unwrap();
    for arguments in [&["findings"][..], &["checks", "list"], &["report"], &["explain", CHECK]] {
        let ended = run(sightline(&folder).args(arguments));
        assert_error(&ended, "the check `checks/agent-without-owner.md` is wrong: unknown variant `lowest`");
        assert!(ended.err.contains("agent-without-owner.md:3:1"), "{}", ended.err);
    }
    let broken = run(sightline(&folder).args(["checks", "test", "checks"]));
    assert_eq!(broken.code, Some(2), "{}", broken.out);
}

#[tokio::test]
async fn a_test_that_does_not_hold_shows_the_difference() {
    let folder = lake("ok").await;
    run(sightline(&folder).args(["checks", "new", "agent-without-owner", "--table", "aws_bedrock_agent"]));
    let path = folder.path().join("checks/agent-without-owner.md");
    let text = fs::read_to_string(&path).unwrap().replace("\"it belongs to data\"", "\"it belongs to us\"");
    fs::write(&path, text.replace("{ \"owner\": \"data\" }", "{ \"owner\": \"data\" }, \"colour\": \"red\"")).unwrap();
    let ended = run(sightline(&folder).args(["checks", "test", "checks"]));
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.out, @r#"
    checks/agent-without-owner.md:58: `aws_bedrock_agent` has no column `colour`
    checks/agent-without-owner.md:58: Somebody does: the findings are others
      expected  pass arn:aws:bedrock:us-east-1:123456789012:example/two "it belongs to us"
      found     pass arn:aws:bedrock:us-east-1:123456789012:example/two "it belongs to data"
    1 file, 2 tests, 16 faults: 2 problems
    "#);
}

#[tokio::test]
async fn checks_are_chosen_by_framework_service_and_severity() {
    let folder = lake("ok").await;
    let list = |arguments: &[&str]| {
        let rows = run(sightline(&folder).args(["checks", "list", "-o", "json"]).args(arguments)).json();
        rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list(&["--framework", "cis-6.0:2.3"]), ["iam-root-access-key"]);
    let high = list(&["--service", "bedrock", "--severity", "high"]);
    assert!(high.contains(&CHECK.to_owned()) && !high.contains(&"iam-root-access-key".to_owned()));
    let explained = run(sightline(&folder).args(["checks", "explain", CHECK, "--json"])).json();
    let actions = explained["tables"]["aws_bedrock_agent"].as_array().unwrap();
    assert!(actions.contains(&json!("bedrock:GetAgent")) && actions.contains(&json!("bedrock:ListAgents")));
    assert!(run(sightline(&folder).args(["checks", "explain", CHECK])).out.contains("owasp-llm-2025 LLM01"));
    assert_error(&run(sightline(&folder).args(["checks", "explain", "nothing"])), "no check is named `nothing`");
}

#[tokio::test]
async fn the_schema_of_the_configuration_knows_checks_and_mutes() {
    let folder = lake("ok").await;
    let schema = run(sightline(&folder).args(["config", "schema"])).json();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let mute = json!({"check": "a", "reason": "r", "owner": "o", "expires": "2026-12-31"});
    assert!(schema.is_valid(&json!({"checks": {"dirs": ["checks"]}, "mute": [mute]})));
    let mut without = mute.clone();
    without.as_object_mut().unwrap().remove("owner");
    assert!(!schema.is_valid(&json!({"mute": [without]})));
}
