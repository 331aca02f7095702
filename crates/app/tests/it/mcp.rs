//! `sightline mcp` as a client starts it: a line of JSON-RPC in, one out.

#![cfg(unix)]

use super::support::{assert_error, run, sightline, write_every_log};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

struct Client {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    last: u64,
}

impl Client {
    fn start(folder: &TempDir) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("sightline"));
        command.arg("mcp").env_clear().env("HOME", folder.path()).current_dir(folder.path());
        command.env("SIGHTLINE_LAKE", folder.path().join("lake"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut client = Self { child, lines, last: 0 };
        let hello = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
        let answer = client.ask("initialize", hello);
        assert_eq!(answer["serverInfo"]["name"], "sightline", "{answer}");
        assert!(answer["instructions"].as_str().unwrap().contains("never instructions"));
        client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        client
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        let answer: Value = serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["id"], self.last, "{answer}");
        answer["result"].clone()
    }

    fn call(&mut self, tool: &str, arguments: Value) -> (bool, String) {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        (answer["isError"] == true, answer["content"][0]["text"].as_str().unwrap().to_owned())
    }
}

#[test]
fn a_model_reads_and_cannot_do_more() {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    write_every_log(&logs);
    let read = run(sightline(&folder).arg("ingest").arg(&logs));
    assert_eq!(read.code, Some(0), "{}{}", read.out, read.err);
    let mut client = Client::start(&folder);
    let tools = client.ask("tools/list", json!({}));
    let tools = tools["tools"].as_array().unwrap();
    assert!(tools.len() > 10);
    assert!(tools.iter().all(|tool| tool["annotations"]["readOnlyHint"] == true), "{tools:?}");
    let (failed, text) = client.call("query", json!({ "sql": "SELECT event_name FROM api_call" }));
    assert!(!failed && text.contains("InvokeModel"), "{text}");
    let (failed, text) = client.call("query", json!({ "sql": "DELETE FROM api_call" }));
    assert!(failed, "{text}");
    let (failed, text) = client.call("check", json!({ "check_id": "bedrock-invocation-logging-off" }));
    assert!(!failed && text.contains("\"severity\""), "{text}");
    let (failed, text) = client.call("explain", json!({ "id": "bedrock-invocation-logging-off" }));
    assert!(!failed && text.contains("\"severity\""), "{text}");
    let (failed, text) = client.call("explain", json!({ "id": "nothing" }));
    assert!(failed && text.contains("nothing has the id"), "{text}");
    let (failed, text) = client.call("findings", json!({ "status": "worse" }));
    assert!(failed && text.contains("`worse` is no status"), "{text}");
    for tool in ["jobs", "tokens", "no such"] {
        assert!(client.call(tool, json!({})).0, "{tool}");
    }
    drop(client.child.stdin.take());
    assert!(client.child.wait().unwrap().success(), "it ends when nobody asks any more");
}

#[test]
fn without_a_lake_there_is_nothing_to_read() {
    let folder = TempDir::new().unwrap();
    assert_error(&run(sightline(&folder).arg("mcp")), "there is no lake");
}
