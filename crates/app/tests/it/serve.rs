//! `sightline serve` as a user runs it: who may listen where, and jobs that outlive the server.

#![cfg(unix)]

use super::support::{assert_error, run, sightline};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use wiremock::matchers::{any, body_string_contains};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A server that runs, and where.
pub(crate) struct Server {
    pub(crate) child: Child,
    address: String,
    token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it over the folder's lake; its calls of AWS go to `aws`.
    pub(crate) fn start(folder: &TempDir, aws: &str) -> Self {
        let token = run(sightline(folder).args(["token", "create", "--role", "admin", "--name", "test"]));
        assert_eq!(token.code, Some(0), "{}", token.err);
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("sightline"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).env_clear().current_dir(folder.path());
        command.env("AWS_ENDPOINT_URL", aws).env("AWS_EC2_METADATA_DISABLED", "true").env("HOME", folder.path());
        command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "x");
        command.env("SIGHTLINE_LAKE", folder.path().join("lake")).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap_or_else(|| panic!("it said: {line}")).to_owned();
        Self { child, address, token: token.out.trim().to_owned() }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let (status, text) = self.send(method, path, body);
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// The answer as it is.
    pub(crate) fn text(&self, method: &str, path: &str) -> (u16, String) {
        self.send(method, path, None)
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    /// Asks for the job until it is as wanted.
    pub(crate) fn wait(&self, id: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let mut job = Value::Null;
        for _ in 0..600 {
            job = self.ask("GET", &format!("/api/v1/jobs/{id}"), None).1;
            if is_wanted(&job) {
                return job;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("still {job}");
    }
}

/// An account that answers to who it is, and refuses everything else after a while.
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

#[test]
fn others_reach_it_only_where_that_is_said() {
    let folder = TempDir::new().unwrap();
    let ended = run(sightline(&folder).args(["serve", "--listen", "0.0.0.0:0"]));
    assert_error(&ended, "--allow-remote");
    let ended = run(sightline(&folder).args(["serve", "--listen", "127.0.0.1:0", "--origin", "example.com"]));
    assert_error(&ended, "no origin");
}

#[test]
fn a_lake_has_one_server() {
    let folder = TempDir::new().unwrap();
    let _first = Server::start(&folder, "http://127.0.0.1:1");
    let second = run(sightline(&folder).args(["serve", "--listen", "127.0.0.1:0"]));
    assert_error(&second, "`serve` is already writing to this lake: pid ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_killed_is_interrupted_and_goes_on() {
    let (folder, aws) = (TempDir::new().unwrap(), slow_account(Duration::from_secs(3)).await);
    let mut server = Server::start(&folder, &aws.uri());
    let credentials = json!({ "regions": ["eu-west-1"] });
    let scan = json!({ "kind": "scan", "tables": ["aws_iam_*"], "credentials": credentials });
    let (status, job) = server.ask("POST", "/api/v1/jobs", Some(&scan));
    assert_eq!(status, 201, "{job}");
    let id = job["id"].as_str().unwrap().to_owned();
    let (status, busy) = server.ask("POST", "/api/v1/jobs", Some(&scan));
    assert_eq!(status, 409, "{busy}");
    // It is written down, so that the next server knows the run.
    server.wait(&id, |job| job["progress"]["total"].as_u64() > Some(0));
    std::thread::sleep(Duration::from_millis(700));
    server.child.kill().unwrap();
    server.child.wait().unwrap();

    let server = Server::start(&folder, &aws.uri());
    let (_, job) = server.ask("GET", &format!("/api/v1/jobs/{id}"), None);
    assert_eq!(job["status"], "interrupted", "{job}");
    let (status, resumed) = server.ask("POST", &format!("/api/v1/jobs/{id}/resume"), None);
    assert_eq!((status, &resumed["resumes"]), (201, &json!(id)), "{resumed}");
    let ended = server.wait(resumed["id"].as_str().unwrap(), |job| job["status"] != "running");
    assert_eq!(ended["status"], "incomplete", "everything was refused: {ended}");
    assert_eq!(ended["progress"]["run_id"], job["progress"]["run_id"]);
    assert_eq!(ended["result"]["scan_id"], job["progress"]["run_id"]);
    let (status, _) = server.ask("POST", &format!("/api/v1/jobs/{}/resume", ended["id"].as_str().unwrap()), None);
    assert_eq!(status, 409, "it came to its end");
    let (_, coverage) = server.ask("GET", "/api/v1/coverage?outcome=denied", None);
    assert!(coverage["total"].as_u64() > Some(5), "{coverage}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_cancelled_and_can_go_on() {
    let (folder, aws) = (TempDir::new().unwrap(), slow_account(Duration::from_millis(500)).await);
    let server = Server::start(&folder, &aws.uri());
    let scan = json!({ "kind": "scan", "tables": ["aws_iam_*"], "credentials": { "regions": ["eu-west-1"] } });
    let (_, job) = server.ask("POST", "/api/v1/jobs", Some(&scan));
    let id = job["id"].as_str().unwrap();
    server.wait(id, |job| job["progress"]["total"].as_u64() > Some(0));
    let (status, _) = server.ask("POST", &format!("/api/v1/jobs/{id}/cancel"), None);
    assert_eq!(status, 200);
    let ended = server.wait(id, |job| job["status"] != "running");
    assert_eq!(ended["status"], "cancelled", "{ended}");
    let (status, again) = server.ask("POST", &format!("/api/v1/jobs/{id}/cancel"), None);
    assert_eq!(status, 409, "{again}");
}
