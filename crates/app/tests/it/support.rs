//! What several tests share: the binary in an empty environment, and small logs of every source.

use assert_cmd::Command;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use tempfile::TempDir;

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    /// Each line of standard output as JSON.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(read).collect()
    }
}

/// The binary in this folder, with an environment that holds nothing else.
pub(crate) fn sightline(folder: &TempDir) -> Command {
    let mut command = Command::cargo_bin("sightline").unwrap();
    command.env_clear().env("HOME", folder.path()).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("SIGHTLINE_LAKE", folder.path().join("lake")).current_dir(folder.path());
    command
}

/// Runs it to its end. It never panics.
pub(crate) fn run(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let ended = Ended {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    ended
}

/// It could not run, says so, and has no result.
pub(crate) fn assert_error(ended: &Ended, says: &str) {
    assert_eq!(ended.code, Some(2), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains(says), "`{says}` is not in: {}", ended.err);
    assert_eq!(ended.out, "", "an error is no result");
}

/// A script of `tests/python` that serves until its standard input ends, and the first line that it printed. None, and a line
/// that says so, where no Python has moto.
pub(crate) fn serve(script: &str, arguments: impl IntoIterator<Item = String>) -> Option<(Child, String)> {
    let python = python()?;
    let mut command = std::process::Command::new(python);
    command.arg(crate::root().join("crates/app/tests/python").join(script)).args(arguments);
    let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    Some((server, line))
}

/// Runs a script of `tests/python` to its end, which must be a good one. Where no Python has what it needs, a line says so.
pub(crate) fn passes<'a>(script: &str, arguments: impl IntoIterator<Item = &'a &'a str>) {
    let Some(python) = python() else { return };
    let mut command = std::process::Command::new(python);
    command.arg(crate::root().join("crates/app/tests/python").join(script)).args(arguments);
    let ended = command.stdin(Stdio::null()).output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{script}: {told}");
    println!("{told}");
}

/// The Python that has the pinned packages.
fn python() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where Python is can only be told from outside")]
    let named = std::env::var_os("SIGHTLINE_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| crate::root().join(".venv/bin/python"));
    if !python.exists() {
        println!("skipped: no Python with the pinned packages; `make venv` makes one, or set SIGHTLINE_PYTHON");
        return None;
    }
    Some(python)
}

pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

const FLOW_HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

/// A minute of the default format that begins at this second.
pub(crate) fn flow_line(start: i64, port: u16) -> String {
    format!("2 123456789012 eni-0a1 10.0.0.4 10.0.1.7 {port} 443 6 10 840 {start} {} ACCEPT OK\n", start + 60)
}

/// VPC flow logs with their header.
pub(crate) fn flows(lines: &str) -> String {
    format!("{FLOW_HEADER}\n{lines}")
}

/// 2026-11-22T03:00:00Z
pub(crate) const START: i64 = 1_795_316_400;

/// A small log of every source, as name of a file and content; each has one record.
pub(crate) fn every_log() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let tgw = "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id \
        tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id \
        srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole \
        packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service";
    let tgw_record = format!(
        "6 TransitGateway 123456789012 tgw-1 tgw-attach-1 123456789012 123456789012 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 use1-az1 \
         use1-az2 tgw-attach-2 10.0.0.4 10.1.0.7 40000 443 6 10 840 {START} {} OK IPv4 0 0 0 0 3 us-east-1 ingress - -",
        START + 60
    );
    let trail = json!({"Records": [{
        "eventVersion": "1.11", "eventID": "e-1", "eventTime": "2026-11-22T03:04:05Z", "eventSource": "bedrock.amazonaws.com",
        "eventName": "InvokeModel", "awsRegion": "us-east-1", "recipientAccountId": "123456789012", "eventCategory": "Management",
    }]});
    let invocation = json!({
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-11-22T03:04:05Z", "accountId": "123456789012",
        "region": "us-east-1", "requestId": "r-1", "operation": "Converse", "modelId": "amazon.nova-lite-v1:0",
        "input": {"inputContentType": "application/json", "inputTokenCount": 3,
            "inputBodyJson": {"messages": [{"role": "user", "content": [{"text": "Call me at jane@example.com"}]}]}},
        "output": {"outputContentType": "application/json", "outputTokenCount": 2,
            "outputBodyJson": {"output": {"message": {"role": "assistant", "content": [{"text": "Fine"}]}}, "stopReason": "end_turn"}},
    });
    let query = json!({
        "version": "1.100000", "account_id": "123456789012", "region": "us-east-1", "vpc_id": "vpc-1",
        "query_timestamp": "2026-11-22T03:04:05Z", "query_name": "bedrock-runtime.us-east-1.amazonaws.com.", "query_type": "A",
        "query_class": "IN", "rcode": "NOERROR", "answers": [{"Rdata": "10.0.1.7", "Type": "A", "Class": "IN"}],
        "srcaddr": "10.0.0.5", "srcport": "54186", "transport": "UDP", "srcids": {"instance": "i-1"},
    });
    let audit = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request", "auditID": "a-1", "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/ai/secrets/s", "verb": "get", "user": {"username": "admin", "groups": ["system:masters"]},
        "sourceIPs": ["203.0.113.9"], "userAgent": "kubectl", "objectRef": {"resource": "secrets", "namespace": "ai", "name": "s"},
        "responseStatus": {"code": 200}, "requestReceivedTimestamp": "2026-11-22T03:04:05.123456Z",
        "stageTimestamp": "2026-11-22T03:04:05.223456Z",
    });
    let capture = json!({
        "captureData": {
            "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": "1,2", "encoding": "CSV"},
            "endpointOutput": {"observedContentType": "text/csv", "mode": "OUTPUT", "data": "0.5", "encoding": "CSV"}},
        "eventMetadata": {"eventId": "c-1", "inferenceTime": "2026-11-22T03:04:05Z"}, "eventVersion": "0",
    });
    vec![
        ("vpc_flow", "flows.log.gz", gzip(&flows(&flow_line(START, 40_000)))),
        ("transit_gateway_flow", "gateway.log.gz", gzip(&format!("{tgw}\n{tgw_record}\n"))),
        ("cloudtrail", "trail.json.gz", gzip(&trail.to_string())),
        ("bedrock_invocation", "invocations.json.gz", gzip(&format!("{invocation}\n"))),
        ("resolver_query", "queries.log", format!("{query}\n").into_bytes()),
        ("eks_audit", "audit.log", format!("{audit}\n").into_bytes()),
        ("sagemaker_capture", "capture.jsonl", format!("{capture}\n").into_bytes()),
    ]
}

/// Writes files into a folder.
pub(crate) fn write(folder: &Path, files: &[(&str, Vec<u8>)]) {
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// Writes a small log of every source into a folder.
pub(crate) fn write_every_log(folder: &Path) {
    let files: Vec<_> = every_log().into_iter().map(|(_, name, content)| (name, content)).collect();
    write(folder, &files);
}
