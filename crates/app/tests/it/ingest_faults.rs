//! Each object once, whatever happens: the binary is killed, run twice, fed with what no log is, served by a bucket that fails and lies,
//! and left without room on the disk. What it says and what is in the lake afterwards is judged, never how long it took.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests, files of a certain age, tests that say that they are skipped"
)]

mod bucket;
mod endpoint;
mod files;
mod full;
mod hostile;
mod killed;
mod twice;

use crate::support::{Ended, flow_line, flows, gzip, run, sightline};
use assert_cmd::Command;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use tempfile::TempDir;

/// A lake, and a folder of logs beside it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn logs(&self) -> PathBuf {
        self.folder.path().join("logs")
    }

    fn lake(&self) -> PathBuf {
        self.folder.path().join("lake")
    }

    /// Writes a file below the folder of logs.
    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.logs().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = sightline(&self.folder);
        command.args(["ingest", "--json"]).args(arguments);
        command
    }

    fn ingest(&self, arguments: &[&str]) -> Ended {
        run(&mut self.command(arguments))
    }

    /// Starts an ingest, to be disturbed.
    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("sightline"));
        command.args(["ingest", "--json"]).args(arguments).env_clear().env("SIGHTLINE_LAKE", self.lake());
        command.env("HOME", self.folder.path()).current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn rows(&self, sql: &str) -> Value {
        run(sightline(&self.folder).args(["query", "--json", sql])).json()
    }

    /// Sums of what may be neither lost nor doubled.
    fn totals(&self) -> Value {
        self.rows(
            "SELECT (SELECT sum(packets) FROM flow) AS packets, (SELECT sum(bytes) FROM flow) AS bytes, \
             (SELECT sum(records) FROM flow) AS records, (SELECT count(*) FROM api_call) AS calls, \
             (SELECT count(DISTINCT event_id) FROM api_call) AS events, (SELECT count(*) FROM log_gap) AS gaps",
        )
    }

    /// Records of flow logs in the lake, each of ten packets.
    fn flows(&self) -> u64 {
        let sums = self.rows("SELECT sum(records) AS records, sum(packets) AS packets FROM flow");
        let records = sums[0]["records"].as_u64().unwrap_or_default();
        assert_eq!(sums[0]["packets"].as_u64().unwrap_or_default(), 10 * records);
        records
    }

    /// What holds after every ingest that came to its end.
    fn assert_sound(&self) {
        let twice = "SELECT uri, version FROM log_object WHERE seq > 0 GROUP BY uri, version HAVING count(*) > 1";
        assert_eq!(self.rows(twice), json!([]), "an object is told twice");
        let claims = fs::read_dir(self.lake().join("claims")).map_or(0, Iterator::count);
        assert_eq!(claims, 0, "a claim was left");
        let staged = "SELECT DISTINCT seq FROM log_object WHERE seq < 0";
        assert_eq!(self.rows(staged), json!([]));
    }
}

/// The summary of the only place.
fn summary(ended: &Ended) -> Value {
    ended.json().as_object().unwrap().values().next().unwrap().clone()
}

/// Flow logs of one record each.
fn flow(start: i64, port: u16) -> Vec<u8> {
    flows(&flow_line(start, port)).into_bytes()
}

/// A CloudTrail log of these events.
fn trail(ids: std::ops::Range<u32>) -> String {
    let event = |id| {
        json!({"eventVersion": "1.11", "eventID": format!("e-{id}"), "eventTime": "2026-11-22T03:04:05Z",
            "eventSource": "bedrock.amazonaws.com", "eventName": "InvokeModel", "awsRegion": "us-east-1",
            "recipientAccountId": "123456789012", "eventCategory": "Management"})
    };
    json!({"Records": ids.map(event).collect::<Vec<_>>()}).to_string()
}

/// Gzip that ends in its middle.
fn cut(text: &str) -> Vec<u8> {
    let mut whole = gzip(text);
    whole.truncate(whole.len() / 2);
    whole
}

/// A name as AWS gives it to objects of this source.
fn key(source: &str, name: &str) -> String {
    match source {
        "flow" => format!(
            "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/123456789012_vpcflowlogs_us-east-1_fl-1_20261122T0300Z_{name}.log"
        ),
        "trail" => format!(
            "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/22/123456789012_CloudTrail_us-east-1_20261122T0300Z_{name}.json.gz"
        ),
        "invocation" => format!(
            "AWSLogs/123456789012/BedrockModelInvocationLogs/us-east-1/2026/11/22/03/20261122T030000000Z_{name}.json.gz"
        ),
        "dns" => format!(
            "AWSLogs/123456789012/vpcdnsquerylogs/vpc-1/2026/11/22/vpc-1_vpcdnsquerylogs_123456789012_20261122T0300Z_{name}.log.gz"
        ),
        other => panic!("no key for {other}"),
    }
}
