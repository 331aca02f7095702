//! `sightline logs` as a user runs it.

use crate::support::{START, assert_error, every_log, flow_line, flows, gzip, run, sightline, write, write_every_log};
use serde_json::{Value, json};
use sightline_lake::Lake;
use sightline_model::lake_table::{RESOURCE, SCAN};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use tempfile::TempDir;

#[test]
fn rows_of_every_source_come_out() {
    let folder = TempDir::new().unwrap();
    write_every_log(folder.path());
    let sources = run(sightline(&folder).args(["logs", "sources", "--json"])).json();
    for (source, file, _) in every_log() {
        let decode = run(sightline(&folder).args(["logs", "decode", file]));
        assert_eq!((decode.code, decode.err.as_str()), (Some(0), ""), "{source}");
        let rows = decode.lines();
        assert_eq!(rows.len(), 1, "{source}: {}", decode.out);
        assert!(decode.out.starts_with("{\"table\":\""), "{}", decode.out);
        let known = sources.as_array().unwrap().iter().find(|one| one["name"] == source).unwrap();
        assert_eq!(rows[0]["table"], known["tables"][0], "{source}");
        let forced = run(sightline(&folder).args(["logs", "decode", "--source", source, file]));
        assert_eq!(forced.out, decode.out, "{source}");
    }
    assert!(!folder.path().join("lake").exists(), "no lake is needed");
}

#[test]
fn every_source_is_described() {
    let folder = TempDir::new().unwrap();
    let sources = run(sightline(&folder).args(["logs", "sources", "--json"])).json();
    let names: BTreeSet<&str> = sources.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, every_log().iter().map(|(source, ..)| *source).collect());
    for one in sources.as_array().unwrap() {
        assert!(!one["about"].as_str().unwrap().is_empty(), "{one}");
        assert!(!one["tables"].as_array().unwrap().is_empty(), "{one}");
        assert!(!one["layouts"].as_array().unwrap().is_empty(), "{one}");
    }
    let text = run(sightline(&folder).args(["logs", "sources"])).out;
    let page = fs::read_to_string(super::root().join("docs/logs.md")).unwrap();
    for name in names {
        assert!(text.contains(name));
        assert!(page.contains(&format!("`{name}`")), "docs/logs.md does not tell of {name}");
    }
}

#[test]
fn the_shape_of_a_row() {
    let folder = TempDir::new().unwrap();
    write_every_log(folder.path());
    let decode = run(sightline(&folder).args(["logs", "decode", "trail.json.gz"]));
    insta::assert_json_snapshot!(decode.lines()[0], @r#"
    {
      "table": "api_call",
      "event_id": "e-1",
      "event_time": "2026-11-22T03:04:05Z",
      "account_id": "123456789012",
      "region": "us-east-1",
      "event_source": "bedrock.amazonaws.com",
      "event_name": "InvokeModel",
      "event_category": "Management",
      "read_only": null,
      "identity_type": "",
      "identity_arn": "",
      "identity_account_id": "",
      "principal_id": "",
      "user_name": "",
      "issuer_arn": "",
      "session_name": "",
      "access_key_id": "",
      "ec2_role_delivery": "",
      "invoked_by": "",
      "credentials_issued_to": "",
      "source_ip": "",
      "user_agent": "",
      "vpc_endpoint_id": "",
      "host": "",
      "model_id": "",
      "guardrail_id": "",
      "inference_region": "",
      "bearer_token": null,
      "error_code": "",
      "error_message": "",
      "request_id": "",
      "assumed_role_arn": "",
      "issued_access_key_id": "",
      "session_tags": {},
      "resources": [],
      "request_parameters": null,
      "object": "trail.json.gz",
      "line": 1
    }
    "#);
    let audit = run(sightline(&folder).args(["logs", "decode", "audit.log"])).lines();
    assert_eq!(audit[0]["user_groups"], json!(["system:masters"]), "columns of JSON are JSON");
    let kept =
        run(sightline(&folder).args(["logs", "decode", "--keep-text", "redacted", "invocations.json.gz"])).lines();
    assert!(kept[0]["prompt"].as_str().unwrap().contains("Call me"), "{}", kept[0]);
    let raw = run(sightline(&folder).args(["logs", "decode", "--keep-raw", "flows.log.gz"])).lines();
    let tables: Vec<&Value> = raw.iter().map(|row| &row["table"]).collect();
    assert_eq!(tables, ["flow_record", "flow"]);
}

#[test]
fn json_and_csv() {
    let folder = TempDir::new().unwrap();
    write_every_log(folder.path());
    let all = run(sightline(&folder).args(["logs", "decode", "-o", "json", "trail.json.gz", "flows.log.gz"])).json();
    assert_eq!(all.as_array().unwrap().iter().map(|row| &row["table"]).collect::<Vec<_>>(), ["api_call", "flow"]);
    fs::write(folder.path().join("empty.log"), flows("")).unwrap();
    assert_eq!(run(sightline(&folder).args(["logs", "decode", "-o", "json", "empty.log"])).json(), json!([]));
    let csv = run(sightline(&folder).args(["logs", "decode", "-o", "csv", "trail.json.gz", "flows.log.gz"]));
    let lines: Vec<&str> = csv.out.lines().collect();
    assert!(lines[0].starts_with("event_id,event_time,") && lines.len() == 2, "{}", csv.out);
    assert!(csv.err.contains("left out 1 row of `flow`"), "{}", csv.err);
    let flow = run(sightline(&folder).args([
        "logs",
        "decode",
        "-o",
        "csv",
        "--table",
        "flow",
        "trail.json.gz",
        "flows.log.gz",
    ]));
    assert!(flow.out.starts_with("hour,account_id,"), "{}", flow.out);
    assert_error(
        &run(sightline(&folder).args(["logs", "decode", "--table", "resource", "flows.log.gz"])),
        "kubernetes_call",
    );
    let formula = json!({"Records": [{"eventID": "=HYPERLINK(1)", "eventTime": "2026-11-22T03:04:05Z", "eventSource": "s3.amazonaws.com",
        "eventName": "x", "awsRegion": "us-east-1", "recipientAccountId": "123456789012"}]});
    fs::write(folder.path().join("formula.json"), formula.to_string()).unwrap();
    let csv = run(sightline(&folder).args(["logs", "decode", "-o", "csv", "formula.json"]));
    assert!(csv.out.lines().nth(1).unwrap().starts_with("'=HYPERLINK(1)"), "{}", csv.out);
}

#[test]
fn what_is_rejected_is_told() {
    let folder = TempDir::new().unwrap();
    let bad = format!("2 123456789012 eni-1 10.0.0.4 nowhere 1 443 6 1 40 {START} {} ACCEPT OK\n", START + 60);
    fs::write(folder.path().join("bad.log"), flows(&format!("{}{bad}{bad}", flow_line(START, 1)))).unwrap();
    let decode = run(sightline(&folder).args(["logs", "decode", "bad.log"]));
    assert_eq!((decode.code, decode.lines().len()), (Some(3), 1), "{}", decode.err);
    assert!(decode.err.contains("bad.log:3: "), "{}", decode.err);
    assert!(decode.err.contains("rejected 2 records in 1 file"), "{}", decode.err);
}

#[test]
fn files_that_cannot_be_read() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), &[("notes.txt", b"hello".to_vec()), ("a.log", flows(&flow_line(START, 1)).into_bytes())]);
    assert_error(&run(sightline(&folder).args(["logs", "decode", "gone.log"])), "gone.log");
    assert_error(
        &run(sightline(&folder).args(["logs", "decode", "notes.txt"])),
        "`--source`, one of `bedrock_invocation`",
    );
    assert_error(&run(sightline(&folder).args(["logs", "decode", "."])), "sightline ingest");
    assert_error(&run(sightline(&folder).args(["logs", "decode", "--source", "elb", "a.log"])), "vpc_flow");
    let others = run(sightline(&folder).args(["logs", "decode", "gone.log", "a.log"]));
    assert_eq!((others.code, others.lines().len()), (Some(2), 1), "the others are read still: {}", others.err);
    let cut = gzip(&flows(&flow_line(START, 1).repeat(500)));
    fs::write(folder.path().join("cut.log.gz"), &cut[..cut.len() / 2]).unwrap();
    assert_eq!(run(sightline(&folder).args(["logs", "decode", "cut.log.gz"])).code, Some(3));
}

#[test]
fn standard_input_is_read() {
    let folder = TempDir::new().unwrap();
    let text = gzip(&flows(&flow_line(START, 1)));
    let decode = run(sightline(&folder).args(["logs", "decode", "-"]).write_stdin(text));
    assert_eq!((decode.code, decode.lines().len()), (Some(0), 1), "{}", decode.err);
}

/// `sightline logs decode … | head -1`
#[cfg(unix)]
#[test]
fn a_reader_that_goes_is_no_error() {
    let folder = TempDir::new().unwrap();
    let lines: String =
        (0..200_000).map(|n| flow_line(START + n % 3_000, 1_024 + u16::try_from(n % 60_000).unwrap())).collect();
    fs::write(folder.path().join("many.log"), flows(&lines)).unwrap();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("sightline"))
        .args(["logs", "decode", "--keep-raw", "many.log"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("flow_record"), "{line}");
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn gaps_need_a_lake() {
    let folder = TempDir::new().unwrap();
    assert_error(&run(sightline(&folder).args(["logs", "gaps"])), "sightline scan");
    assert_error(&run(sightline(&folder).args(["logs", "gaps", "--since", "soon"])), "nor an age");
}

/// A scan that saw these resources of one account.
async fn scanned(folder: &TempDir, resources: Vec<(&str, Value)>) {
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let rows: Vec<Value> = resources
        .into_iter()
        .enumerate()
        .map(|(n, (table, config))| {
            json!({"scan_id": "s", "account_id": "123456789012", "region": "us-east-1", "table_name": table,
                "arn": format!("arn:{n}"), "config": config})
        })
        .collect();
    lake.append(RESOURCE, &rows).await.unwrap();
    let scan = json!({"scan_id": "s", "account_id": "123456789012", "finished_at": "2026-11-22T03:00:00Z"});
    lake.append(SCAN, &[scan]).await.unwrap();
}

#[tokio::test]
async fn gaps_of_every_kind() {
    let folder = TempDir::new().unwrap();
    scanned(&folder, vec![
        ("aws_vpc", json!({"vpc_id": "vpc-1"})),
        ("aws_vpc", json!({"vpc_id": "vpc-2"})),
        ("aws_vpc_flow_log", json!({"flow_log_id": "fl-1", "flow_log_status": "ACTIVE", "resource_id": "vpc-1", "log_destination_type": "s3",
            "log_destination": "arn:aws:s3:::logs"})),
    ])
    .await;
    let key = |name: &str| {
        format!(
            "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/123456789012_vpcflowlogs_us-east-1_fl-1_{name}.log"
        )
    };
    let skipped = format!("2 123456789012 eni-0a1 - - - - - - - {} {} - SKIPDATA\n", START + 60, START + 120);
    let bad = format!("2 123456789012 eni-1 10.0.0.4 nowhere 1 443 6 1 40 {START} {} ACCEPT OK\n", START + 60);
    let cut = gzip(&flows(&flow_line(START, 9).repeat(300)));
    write(
        &folder.path().join("logs"),
        &[
            (&key("a"), flows(&format!("{}{skipped}{bad}", flow_line(START, 1))).into_bytes()),
            // Three hours later: two are missing.
            (&key("b"), flows(&flow_line(START + 3 * 3600, 2)).into_bytes()),
            (&format!("{}.gz", key("c")), cut[..20].to_vec()),
        ],
    );
    run(sightline(&folder).args(["ingest", "logs"]));
    let gaps = run(sightline(&folder).args(["logs", "gaps", "--json"]));
    assert_eq!(gaps.code, Some(3), "{}", gaps.err);
    let gaps = gaps.json();
    assert_eq!(
        (&gaps["told"][0]["reason"], &gaps["told"][0]["subject"], &gaps["told"][0]["gaps"]),
        (&json!("SKIPDATA"), &json!("eni-0a1"), &json!(1)),
        "{gaps}"
    );
    assert_eq!(gaps["hours"].as_array().unwrap().len(), 1, "{gaps}");
    assert_eq!(
        (&gaps["hours"][0]["hours"], &gaps["hours"][0]["missing_from"]),
        (&json!(2), &json!("2026-11-22T04:00:00Z")),
        "{gaps}"
    );
    let states: Vec<&Value> = gaps["objects"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["partial", "unreadable"], "{gaps}");
    let unlogged: Vec<String> = gaps["unlogged"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {} {}", one["source"], one["subject"], one["reason"]))
        .collect();
    assert!(unlogged.iter().any(|one| one.contains("vpc-2") && one.contains("no active flow log")), "{unlogged:?}");
    assert!(!unlogged.iter().any(|one| one.contains("vpc-1")), "{unlogged:?}");
    assert!(unlogged.iter().any(|one| one.contains("cloudtrail") && one.contains("no trail")), "{unlogged:?}");
    let text = run(sightline(&folder).args(["logs", "gaps"]).env("COLUMNS", "80"));
    assert!(text.out.lines().all(|line| line.chars().count() <= 80), "{}", text.out);
    for heading in [
        "What the logs themselves say",
        "Hours without a record",
        "Objects of which",
        "What has no log of the last day",
    ] {
        assert!(text.out.contains(heading), "{}", text.out);
    }
    let later = run(sightline(&folder).args(["logs", "gaps", "--json", "--since", "2099-01-01T00:00:00Z"])).json();
    assert_eq!((&later["told"], &later["hours"]), (&json!([]), &json!([])));
}

#[test]
fn what_no_scan_tells_is_not_told_as_fine() {
    let folder = TempDir::new().unwrap();
    write_every_log(&folder.path().join("logs"));
    run(sightline(&folder).args(["ingest", "logs"]));
    let gaps = run(sightline(&folder).args(["logs", "gaps"]));
    assert_eq!(gaps.code, Some(3));
    assert!(gaps.out.contains("run `sightline scan`"), "{}", gaps.out);
}

/// The page's statement is the product's own.
#[test]
fn the_documented_query_is_the_one_that_runs() {
    let page = fs::read_to_string(super::root().join("docs/logs.md")).unwrap();
    assert!(page.contains(include_str!("../../src/stage/gaps/hours.sql").trim_end()));
}
