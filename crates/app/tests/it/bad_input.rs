//! What a user meets on a bad day: each a clear error with exit status 2, or a coverage row with 3. Never a panic, never a `pass`.

use assert_cmd::Command;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use sightline_lake::Lake;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use tempfile::TempDir;
use wiremock::matchers::{any, body_string_contains};
use wiremock::{Mock, MockServer, ResponseTemplate};

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::123456789012:user/scanner</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

/// The binary with an environment that holds nothing but what is given.
fn sightline(folder: &TempDir, endpoint: Option<&str>) -> Command {
    let mut command = Command::cargo_bin("sightline").unwrap();
    command.env_clear().env("HOME", folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("SIGHTLINE_LAKE", folder.path().join("lake")).current_dir(folder.path());
    if let Some(url) = endpoint {
        command.env("AWS_ENDPOINT_URL", url).env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "x");
    }
    command
}

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let ended = Ended {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    ended
}

fn assert_error(ended: &Ended, says: &str) {
    assert_eq!(ended.code, Some(2), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains(says), "`{says}` is not in: {}", ended.err);
    assert_eq!(ended.out, "", "an error is no result");
}

/// An account that says who we are and answers everything else alike.
async fn account(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let identity = ResponseTemplate::new(200).set_body_raw(IDENTITY, "text/xml");
    Mock::given(body_string_contains("GetCallerIdentity")).respond_with(identity).with_priority(1).mount(&server).await;
    Mock::given(any()).respond_with(answer).with_priority(9).mount(&server).await;
    server
}

/// Scans and checks; nothing may have been read whole, nothing may pass.
async fn nothing_passes(answer: ResponseTemplate, tables: &[&str], outcome: &str) {
    let (folder, server) = (TempDir::new().unwrap(), account(answer).await);
    let scan =
        run(sightline(&folder, Some(&server.uri())).args(["scan", "--json", "--region", "eu-west-1"]).args(tables));
    assert_eq!(scan.code, Some(3), "{}{}", scan.out, scan.err);
    let summary: Value = serde_json::from_str(&scan.out).unwrap();
    assert!(summary["outcomes"][outcome].as_u64().unwrap_or_default() > 0, "{summary}");
    assert_eq!(summary["outcomes"]["ok"].as_u64().unwrap_or_default(), 0, "{}", summary["resources_by_table"]);
    let findings = run(sightline(&folder, None).args(["findings", "--json", "--status", "pass,fail,unknown,skip"]));
    let findings: Vec<Value> = serde_json::from_str(&findings.out).unwrap();
    assert!(findings.iter().any(|finding| finding["status"] == "unknown"));
    let passed: Vec<&Value> = findings.iter().filter(|finding| finding["status"] == "pass").collect();
    assert!(passed.is_empty(), "{passed:#?}");
    let exit = run(sightline(&folder, None).arg("findings")).code;
    let failing = findings.iter().any(|finding| finding["status"] == "fail");
    assert_eq!(
        (exit, failing),
        (Some(3), false),
        "an account that could not be read has neither failures nor a clean result"
    );
}

#[tokio::test]
async fn access_denied_everywhere() {
    let body = r#"{"__type":"AccessDeniedException","message":"not authorized"}"#;
    let denied = ResponseTemplate::new(403).insert_header("x-amzn-errortype", "AccessDeniedException");
    // Who the caller is needs no permission, so it is left out.
    nothing_passes(denied.set_body_raw(body, "application/json"), &["--skip-table", "aws_caller_identity"], "denied")
        .await;
}

#[tokio::test]
async fn server_errors_everywhere() {
    nothing_passes(ResponseTemplate::new(500), &["--table", "aws_iam_*", "--table", "aws_bedrock_guardrail"], "failed")
        .await;
}

#[tokio::test]
async fn throttled_everywhere() {
    nothing_passes(ResponseTemplate::new(429), &["--table", "aws_bedrock_guardrail"], "throttled").await;
}

#[test]
fn no_credentials() {
    let folder = TempDir::new().unwrap();
    assert_error(&run(sightline(&folder, None).args(["scan"])), "credentials");
    assert_error(&run(sightline(&folder, None).args(["onboard", "verify"])), "credentials");
}

#[tokio::test]
async fn expired_credentials() {
    let folder = TempDir::new().unwrap();
    let server = MockServer::start().await;
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>";
    Mock::given(any()).respond_with(ResponseTemplate::new(403).set_body_raw(body, "text/xml")).mount(&server).await;
    assert_error(&run(sightline(&folder, Some(&server.uri())).args(["scan"])), "expired");
}

#[test]
fn nobody_listens() {
    let folder = TempDir::new().unwrap();
    assert_error(&run(sightline(&folder, Some("http://127.0.0.1:9")).args(["scan"])), "Unreachable");
}

#[test]
fn no_lake_yet() {
    let folder = TempDir::new().unwrap();
    for command in ["findings", "map", "report"] {
        assert_error(&run(sightline(&folder, None).arg(command)), "sightline scan");
    }
}

#[tokio::test]
async fn a_lake_without_a_scan_has_no_findings() {
    let folder = TempDir::new().unwrap();
    Lake::create(&folder.path().join("lake")).await.unwrap();
    assert_error(&run(sightline(&folder, None).arg("findings")), "sightline scan");
}

#[tokio::test]
async fn a_second_scan_into_the_same_lake() {
    let (folder, server) = (TempDir::new().unwrap(), account(ResponseTemplate::new(500)).await);
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let held = lake.lock("scan", "since noon").unwrap();
    assert_error(&run(sightline(&folder, Some(&server.uri())).arg("scan")), "already");
    drop(held);
    let free = run(sightline(&folder, Some(&server.uri())).args([
        "scan",
        "--region",
        "eu-west-1",
        "--table",
        "aws_iam_group",
    ]));
    assert_eq!(free.code, Some(3), "{}", free.err);
}

#[tokio::test]
async fn a_lake_written_by_a_newer_version() {
    let folder = TempDir::new().unwrap();
    Lake::create(&folder.path().join("lake")).await.unwrap();
    fs::write(folder.path().join("lake/lake.json"), r#"{"format":99,"written_by":"9.9.9"}"#).unwrap();
    assert_error(&run(sightline(&folder, None).arg("findings")), "upgrade");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn flow_lines(count: u32) -> String {
    let line = |n: u32| {
        format!(
            "2 123456789012 eni-0a1 10.0.0.4 10.0.1.{} 4{:04} 443 6 10 840 1763700000 1763700060 ACCEPT OK\n",
            n % 250,
            n % 9_999
        )
    };
    let header = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";
    header.to_owned() + &(0..count).map(line).collect::<String>()
}

fn write_logs(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let whole = gzip(&flow_lines(2_000));
    fs::write(folder.join("123456789012_vpcflowlogs_us-east-1_fl-1_20251121T0400Z_aa.log.gz"), &whole).unwrap();
    fs::write(
        folder.join("123456789012_vpcflowlogs_us-east-1_fl-1_20251121T0405Z_bb.log.gz"),
        &whole[..whole.len() / 2],
    )
    .unwrap();
    fs::write(folder.join("123456789012_CloudTrail_us-east-1_20251121T0400Z_abcdefghijklmnop.json.gz"), b"garbage")
        .unwrap();
    fs::write(folder.join("empty.log.gz"), b"").unwrap();
}

#[test]
fn truncated_and_garbage_logs_are_counted_and_read_once() {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("logs");
    write_logs(&logs);
    let first = run(sightline(&folder, None).args(["ingest", "--json"]).arg(&logs));
    assert_eq!(first.code, Some(3), "{}", first.err);
    let summary: Value = serde_json::from_str(&first.out).unwrap();
    let summary = summary.as_object().unwrap().values().next().unwrap();
    assert!(summary["rejects"].as_u64().unwrap() >= 2, "{summary}");
    assert!(summary["records"].as_u64().unwrap() >= 2_000, "{summary}");
    let count = || run(sightline(&folder, None).args(["query", "SELECT sum(records) AS n FROM flow", "--json"])).out;
    let before = count();
    let again = run(sightline(&folder, None).args(["ingest", "--json"]).arg(&logs));
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(again.as_object().unwrap().values().next().unwrap()["objects"], 0);
    assert_eq!(count(), before);
}

/// A limit on the size of files stands in for a full disk: writes fail half-way with an error.
#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing_and_doubles_nothing() {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("logs");
    write_logs(&logs);
    let binary = assert_cmd::cargo::cargo_bin("sightline");
    let script = format!("trap '' XFSZ; ulimit -f 4; exec '{}' ingest '{}'", binary.display(), logs.display());
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).env("SIGHTLINE_LAKE", folder.path().join("lake"));
    let full = run(&mut shell);
    assert_eq!(full.code, Some(2), "{}{}", full.out, full.err);
    assert!(full.err.contains("error: "), "{}", full.err);
    let after = run(sightline(&folder, None).arg("ingest").arg(&logs));
    assert_eq!(after.code, Some(3), "{}", after.err);
    let count = run(sightline(&folder, None).args(["query", "SELECT sum(records) AS n FROM flow", "--json"]));
    let rows: Value = serde_json::from_str(&count.out).unwrap();
    let expected = TempDir::new().unwrap();
    let _ = run(sightline(&expected, None).arg("ingest").arg(&logs));
    let clean = run(sightline(&expected, None).args(["query", "SELECT sum(records) AS n FROM flow", "--json"]));
    assert_eq!(rows, serde_json::from_str::<Value>(&clean.out).unwrap());
}

#[test]
fn wrong_arguments_name_what_is_right() {
    let folder = TempDir::new().unwrap();
    for (arguments, says) in [
        (vec!["report", "-o", "pdf"], "html"),
        (vec!["findings", "--fail-on", "dreadful"], "critical"),
        (vec!["onboard", "explain", "log-buckets"], "log-bucket"),
        (vec!["onboard", "terraform", "--account-id", "12"], "twelve digits"),
        (vec!["explain", "no-such-thing"], "no-such-thing"),
        (vec!["ingest", "s3://"], "s3://bucket"),
        (vec!["ingest", "/no/such/folder"], "/no/such/folder"),
        (vec!["probe", "run", "--model", "m", "--max-usd", "lots"], "0.25"),
        (vec!["probe", "run", "--model", "m", "--max-usd", "1", "--fail-if", "broken.lowr > 0.05"], "`upper`"),
        (vec!["probe", "run", "--max-usd", "1"], "--model ID"),
        (vec!["probe", "run", "--max-usd", "1", "--model", "m", "--resume", "r"], "--resume"),
        (vec!["probe", "run", "--model", "m", "--max-usd", "1", "--judge", "j"], "--judge-max-usd"),
    ] {
        assert_error(&run(sightline(&folder, None).args(&arguments)), says);
    }
}
