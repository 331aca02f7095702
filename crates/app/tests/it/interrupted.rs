//! Ctrl-C and kill -9: what was read is not to be seen until a scan that goes on with it has come to its end.

#![cfg(unix)]

use serde_json::Value;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use wiremock::matchers::{any, body_string_contains};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// An account whose every answer but the first takes this long.
async fn slow_account(delay: Duration) -> MockServer {
    let server = MockServer::start().await;
    let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn>\
        <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let identity = ResponseTemplate::new(200).set_body_raw(identity, "text/xml");
    Mock::given(body_string_contains("GetCallerIdentity")).respond_with(identity).with_priority(1).mount(&server).await;
    let slow = ResponseTemplate::new(403).insert_header("x-amzn-errortype", "AccessDeniedException").set_delay(delay);
    Mock::given(any()).respond_with(slow).with_priority(9).mount(&server).await;
    server
}

fn sightline(folder: &TempDir, server: &MockServer, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("sightline"));
    command.args(arguments).env_clear().env("AWS_ENDPOINT_URL", server.uri()).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "x").env("HOME", folder.path());
    command.env("SIGHTLINE_LAKE", folder.path().join("lake")).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits until the scan has asked for more than who it is, then sends the signal.
async fn signal(child: &Child, server: &MockServer, signal: &str) {
    for _ in 0..200 {
        if server.received_requests().await.unwrap_or_default().len() > 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

fn scans(folder: &TempDir, server: &MockServer) -> Vec<Value> {
    let output: Output =
        sightline(folder, server, &["query", "SELECT incomplete FROM scan", "--json"]).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test]
async fn ctrl_c_leaves_a_scan_that_is_gone_on_with() {
    let (folder, server) = (TempDir::new().unwrap(), slow_account(Duration::from_millis(700)).await);
    let narrow = ["scan", "--region", "eu-west-1", "--table", "aws_iam_*", "--concurrency", "2", "--json"];
    let child = sightline(&folder, &server, &narrow).spawn().unwrap();
    signal(&child, &server, "-INT").await;
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("sightline scan --resume"), "{said}");
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["cancelled"], true);
    assert_eq!(scans(&folder, &server).len(), 0);
    let resumed = sightline(&folder, &server, &["scan", "--resume", "--json"]).output().unwrap();
    assert_eq!(resumed.status.code(), Some(3), "{}", String::from_utf8_lossy(&resumed.stderr));
    let whole: Value = serde_json::from_slice(&resumed.stdout).unwrap();
    assert_eq!((&whole["cancelled"], &whole["scan_id"]), (&false.into(), &summary["scan_id"]));
    assert!(scans(&folder, &server)[0]["incomplete"].as_i64().unwrap() > 5);
}

#[tokio::test]
async fn a_killed_scan_is_invisible_and_the_next_one_runs() {
    let (folder, server) = (TempDir::new().unwrap(), slow_account(Duration::from_millis(700)).await);
    let mut child = sightline(&folder, &server, &["scan", "--region", "eu-west-1"]).spawn().unwrap();
    signal(&child, &server, "-KILL").await;
    child.wait().unwrap();
    assert_eq!(scans(&folder, &server).len(), 0);
    let next =
        sightline(&folder, &server, &["scan", "--region", "eu-west-1", "--table", "aws_iam_group"]).output().unwrap();
    let said = String::from_utf8_lossy(&next.stderr).into_owned();
    assert_eq!(next.status.code(), Some(3), "{said}");
    assert!(said.contains("is unfinished: `sightline scan --resume`"), "{said}");
    assert_eq!(scans(&folder, &server).len(), 1);
    let discarded = sightline(&folder, &server, &["scan", "--discard"]).output().unwrap();
    assert_eq!(discarded.status.code(), Some(0), "{}", String::from_utf8_lossy(&discarded.stderr));
    let nothing = sightline(&folder, &server, &["scan", "--resume"]).output().unwrap();
    assert_eq!(nothing.status.code(), Some(2), "{}", String::from_utf8_lossy(&nothing.stderr));
}
