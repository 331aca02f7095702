//! The account in which every call has an answer, and the binary that reads it.

use super::Passes;
use crate::support::{run, serve, sightline};
use sightline_collect::catalogue::catalogue;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;
use tempfile::TempDir;

/// The answering server; it ends with the test, for its standard input does.
pub(super) struct Account {
    server: Child,
    port: u16,
}

impl Account {
    /// None, and a line that says so, where no Python has moto.
    pub(super) fn start() -> Option<Self> {
        let (server, line) = serve("every_call.py", services())?;
        let port = line.trim().parse().expect("the server says its port");
        Some(Self { server, port })
    }

    /// How often each of these checks passes after a scan of these tables in which these calls fail.
    pub(super) fn passes(
        &self,
        tables: &BTreeSet<String>,
        checks: &BTreeSet<&str>,
        failing: &BTreeMap<&str, &str>,
    ) -> Passes {
        self.request("PUT", "/_faults", &serde_json::to_string(failing).unwrap());
        let folder = TempDir::new().unwrap();
        let mut scan = self.command(&folder);
        scan.args(["scan", "--region", "us-east-1"]);
        for table in tables {
            scan.args(["--table", table]);
        }
        let scanned = run(&mut scan);
        assert!(matches!(scanned.code, Some(0 | 3)), "{:?} {}", scanned.code, scanned.err);
        let mut findings = self.command(&folder);
        findings.args(["findings", "--json", "--exit-zero", "--status", "pass"]);
        for check in checks {
            findings.args(["--select", check]);
        }
        let found = run(&mut findings).json();
        let mut passes = Passes::new();
        for finding in found.as_array().unwrap() {
            assert_eq!(finding["status"], "pass");
            *passes.entry(finding["check_id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        passes
    }

    /// The calls that were made since faults were last set.
    pub(super) fn asked(&self) -> BTreeSet<String> {
        let asked: BTreeMap<String, u64> = serde_json::from_str(&self.request("GET", "/_asked", "")).unwrap();
        asked.into_keys().collect()
    }

    fn command(&self, folder: &TempDir) -> assert_cmd::Command {
        let mut command = sightline(folder);
        command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "test");
        command
    }

    /// The body of the answer.
    fn request(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// All services that a table asks, as botocore calls them.
fn services() -> BTreeSet<String> {
    let catalogue = catalogue().unwrap();
    let calls = catalogue.tables().flat_map(|table| table.calls().into_iter().cloned().collect::<Vec<_>>());
    let asked = calls.filter(|call| call.is_of_iam()).map(|call| call.service);
    asked.chain(["sts".to_owned()]).collect()
}
