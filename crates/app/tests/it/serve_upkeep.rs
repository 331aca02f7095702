//! Jobs of `sightline serve` that look after a lake: rows stay where small files are put together, old ones go, and then their files.

use super::serve::Server;
use super::support::{flow_line, flows, run, sightline, write};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

const DAY: u64 = 86_400;
/// Logs, each a commit and a file of its own; half of them are old.
const LOGS: u16 = 12;

#[expect(clippy::disallowed_methods, reason = "the server that is tested has the time of the machine")]
fn ago(seconds: u64) -> SystemTime {
    SystemTime::now() - Duration::from_secs(seconds)
}

fn seconds_ago(seconds: u64) -> i64 {
    i64::try_from(ago(seconds).duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// Writes logs of these numbers and reads them, each in a batch of its own.
fn ingest(folder: &TempDir, numbers: std::ops::Range<u16>, age: impl Fn(u16) -> u64) {
    let logs = folder.path().join("logs");
    for number in numbers {
        let text = flows(&flow_line(seconds_ago(age(number)), 1_024 + number));
        write(&logs, &[(format!("{number}.log").as_str(), text.into_bytes())]);
    }
    let mut ingest = sightline(folder);
    let ended = run(ingest.args(["ingest", "--batch-objects", "1", "--threads", "1", logs.to_str().unwrap()]));
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
}

/// Parquet files of flows, whether the table names them or not.
fn files(folder: &TempDir) -> Vec<PathBuf> {
    let read = fs::read_dir(folder.path().join("lake/flow")).unwrap();
    let paths = read.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|kind| kind == "parquet")).collect()
}

fn rows(server: &Server) -> Value {
    let sql = "SELECT count(*) AS n, sum(packets) AS packets, max(hour) AS last FROM flow";
    let (status, answer) = server.ask("POST", "/api/v1/query", Some(&json!({ "sql": sql })));
    assert_eq!(status, 200, "{answer}");
    answer["rows"][0].clone()
}

/// What a job came to.
fn done(server: &Server, work: &Value) -> Value {
    let (status, job) = server.ask("POST", "/api/v1/jobs", Some(work));
    assert_eq!(status, 201, "{job}");
    let ended = server.wait(job["id"].as_str().unwrap(), |job| job["status"] != "running");
    assert_eq!(ended["status"], "succeeded", "{ended}");
    assert!(ended["progress"]["done"] == ended["progress"]["total"], "{ended}");
    ended["result"].clone()
}

/// As if a month had passed: files are old, and what was removed from the table was so long ago that its log forgets it.
fn age(folder: &TempDir) {
    let then = ago(30 * DAY);
    for file in files(folder) {
        File::options().write(true).open(file).unwrap().set_modified(then).unwrap();
    }
    let mut aged = 0;
    for entry in fs::read_dir(folder.path().join("lake/flow/_delta_log")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "json") {
            aged += usize::from(age_removals(&path));
        }
    }
    assert_eq!(aged, 2, "a commit that puts together, and one that takes out");
}

fn age_removals(commit: &Path) -> bool {
    let then = seconds_ago(30 * DAY) * 1_000;
    let text = fs::read_to_string(commit).unwrap();
    let mut any = false;
    let lines = text.lines().map(|line| {
        let mut action: Value = serde_json::from_str(line).unwrap();
        if let Some(removed) = action.get_mut("remove") {
            removed["deletionTimestamp"] = json!(then);
            any = true;
        }
        action.to_string()
    });
    let lines: Vec<String> = lines.collect();
    fs::write(commit, lines.join("\n") + "\n").unwrap();
    any
}

#[test]
fn small_files_old_rows_and_files_that_nobody_names_are_looked_after() {
    let folder = TempDir::new().unwrap();
    ingest(&folder, 0..LOGS, |number| if number % 2 == 0 { 3_600 } else { 40 * DAY });
    let server = Server::start(&folder, "http://127.0.0.1:1");
    let before = rows(&server);
    assert_eq!((&before["n"], &before["packets"]), (&json!(LOGS), &json!(10 * LOGS)), "{before}");
    assert_eq!(files(&folder).len(), usize::from(LOGS));

    let compact = json!({ "kind": "compact", "tables": ["flow"] });
    let came = done(&server, &compact);
    assert_eq!(came["tables"], json!({ "flow": { "from": LOGS, "into": 1 } }), "{came}");
    assert_eq!(rows(&server), before, "rows stay");
    assert_eq!(done(&server, &compact)["tables"]["flow"], json!({ "from": 0, "into": 0 }));
    let all = done(&server, &json!({ "kind": "compact" }));
    assert!(all["tables"]["log_object"]["from"].as_u64() > Some(1), "{all}");

    let half = LOGS / 2;
    let taken = json!({ "flow": { "rows": half, "files": 0, "rewritten": 1, "busy": 0 } });
    let counted = done(&server, &json!({ "kind": "retain", "days": { "flow": 30 }, "dry_run": true }));
    assert_eq!((&counted["tables"], &counted["dry_run"]), (&taken, &json!(true)));
    assert_eq!(rows(&server), before, "it was but counted");
    let retain = json!({ "kind": "retain", "days": { "flow": 30 } });
    assert_eq!(done(&server, &retain)["tables"], taken);
    let after = rows(&server);
    assert_eq!((&after["n"], &after["packets"]), (&json!(half), &json!(10 * half)), "{after}");
    assert_eq!(done(&server, &retain)["tables"]["flow"]["rows"], 0);

    // A process that was killed left it.
    fs::write(folder.path().join("lake/flow/part-00000-left.parquet"), "left").unwrap();
    let vacuum = json!({ "kind": "vacuum", "tables": ["flow"] });
    assert_eq!(done(&server, &vacuum)["tables"]["flow"]["files"], 0, "all is younger than a day");
    drop(server);
    age(&folder);
    // The log forgets with a checkpoint, which each hundredth commit writes.
    ingest(&folder, LOGS..100, |_| 3_600);
    let server = Server::start(&folder, "http://127.0.0.1:1");
    let (after, kept) = (rows(&server), files(&folder).len());
    let gone = u64::from(LOGS) + 2;
    let counted = done(&server, &json!({ "kind": "vacuum", "dry_run": true }));
    assert_eq!(counted["tables"]["flow"]["files"], gone, "{counted}");
    assert_eq!(files(&folder).len(), kept, "they were but counted");
    let came = done(&server, &vacuum);
    assert_eq!(came["tables"]["flow"]["files"], gone, "{came}");
    assert!(came["tables"]["flow"]["bytes"].as_u64() > Some(1_000), "{came}");
    assert_eq!(files(&folder).len() as u64, kept as u64 - gone, "those that the table names");
    assert_eq!(rows(&server), after);

    // Cut off wherever it is, and gone on with.
    let (_, job) = server.ask("POST", "/api/v1/jobs", Some(&compact));
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    let (status, told) = server.ask("POST", &format!("{path}/cancel"), None);
    assert_eq!(status, 200, "{told}");
    let ended = server.wait(job["id"].as_str().unwrap(), |job| job["status"] != "running");
    assert_eq!(ended["status"], "cancelled", "{ended}");
    assert_eq!(rows(&server), after, "whether or not its commit was made");
    let (status, resumed) = server.ask("POST", &format!("{path}/resume"), None);
    assert_eq!(status, 201, "{resumed}");
    let ended = server.wait(resumed["id"].as_str().unwrap(), |job| job["status"] != "running");
    assert_eq!(ended["status"], "succeeded", "{ended}");
    assert_eq!(rows(&server), after);
    assert_eq!(done(&server, &compact)["tables"]["flow"]["from"], 0);
}

/// The command refuses in the same words, and nothing is opened for it.
#[test]
fn the_command_refuses_the_same() {
    let folder = TempDir::new().unwrap();
    for (arguments, says) in [
        (["compact", "flows"], "the lake has no such table; it has "),
        (["retain", "flow=0"], "days are a number from 1 to 36500"),
        (["retain", "log_object=90"], "no such table, or its rows are kept"),
        (["vacuum", "--older-than=0"], "hours are a number from 1 to 8760"),
    ] {
        let ended = run(sightline(&folder).arg("lake").args(arguments));
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.out);
        assert!(ended.err.contains(says), "{arguments:?}: {}", ended.err);
    }
}
