//! One process, and a scheduler with two executors in processes of their own: the same rows.

mod estate;
mod processes;

use crate::support::{Ended, assert_error, run, sightline};
use processes::Cluster;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tempfile::TempDir;

/// Names a lake to be compared beside those that are made here, such as the demo's.
const OTHER_LAKE: &str = "SIGHTLINE_CLUSTER_LAKE";

/// Asks for twice as much of each check to be compared, which takes minutes.
const WHOLE: &str = "SIGHTLINE_CLUSTER_WHOLE";

/// Sends everything, however little it reads.
const ALL: &str = "[cluster]\nsmallest_mb = 0\nparts = 4\n";

/// Members that differ between any two runs.
const OF_A_RUN: &[&str] =
    &["run_id", "checked_at", "evaluated_at", "generated_at", "discovered_at", "detected_at", "first_detected_at"];

/// Whether the larger comparison is wanted.
fn is_whole() -> bool {
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how many")]
    let is_asked = std::env::var_os(WHOLE).is_some();
    is_asked
}

/// The rows without what belongs to the run, sorted.
fn rows(ended: &Ended) -> Vec<String> {
    let mut json = ended.json();
    strip(&mut json);
    // A map that is not bounded lasts until it is made.
    if let Some(window) = json.get_mut("window").and_then(Value::as_object_mut) {
        window.remove("until");
    }
    let mut rows: Vec<String> = match &json {
        Value::Array(rows) => rows.iter().map(ToString::to_string).collect(),
        Value::Object(members) => members.iter().flat_map(|(name, value)| member(name, value)).collect(),
        other => vec![other.to_string()],
    };
    rows.sort();
    rows
}

/// A list row by row, in its order.
fn member(name: &str, value: &Value) -> Vec<String> {
    let Value::Array(rows) = value else { return vec![format!("{name} {value}")] };
    rows.iter().enumerate().map(|(place, row)| format!("{name} {place:06} {row}")).collect()
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !OF_A_RUN.contains(&name.as_str()));
            members.values_mut().for_each(strip);
        }
        Value::Array(values) => values.iter_mut().for_each(strip),
        _ => {}
    }
}

/// How many queries were run on the cluster, and the warnings of those that were not.
fn told(ended: &Ended) -> (u64, Vec<String>) {
    let sent = ended.err.lines().find_map(|line| line.strip_prefix("cluster ")?.split(' ').nth(1)?.parse().ok());
    let kept = ended.err.lines().filter(|line| line.contains("queries were run here, not on the cluster"));
    (sent.unwrap_or_default(), kept.map(str::to_owned).collect())
}

/// Why the product itself keeps a query here (crates/lake/src/cluster/fit.rs).
const KEPT_ON_PURPOSE: &[&str] = &[
    "is not known to give the same rows on a cluster",
    "rows of a union are wanted in an order",
    "a union has a part that reads no table",
    "a join without equal columns",
    "rows without columns",
    // A column's name in the middle of an expression: Ballista's codec tells columns by their places.
    "the plan is not the same after it was sent",
];

/// Whether a query was run here for what the product itself keeps here.
fn is_kept_on_purpose(warning: &str) -> bool {
    KEPT_ON_PURPOSE.iter().any(|reason| warning.contains(reason))
}

/// Runs a command over copies of the lake, in one process and on the cluster.
fn compare(lake: &Path, cluster: &Cluster, arguments: &[&str]) -> (u64, Vec<String>) {
    let (here, there) = (copy(lake), copy(lake));
    let started = Instant::now();
    let one = run(sightline(&here).args(arguments));
    let alone = started.elapsed();
    fs::write(there.path().join("sightline.toml"), ALL).unwrap();
    let started = Instant::now();
    let other = run(sightline(&there).args(arguments).args(["--cluster", &cluster.url]));
    let (sent, kept) = told(&other);
    let name = arguments.first().unwrap();
    eprintln!(
        "{name}: {} rows, {alone:?} alone, {:?} on the cluster, {sent} queries sent",
        rows(&one).len(),
        started.elapsed()
    );
    kept.iter().for_each(|warning| eprintln!("  {warning}"));
    assert_eq!(one.code, other.code, "{arguments:?}: {}{}", one.err, other.err);
    let (one, other) = (rows(&one), rows(&other));
    let differs: Vec<_> = one.iter().zip(&other).filter(|(a, b)| a != b).take(3).collect();
    assert!(
        one.len() == other.len() && differs.is_empty(),
        "{arguments:?}: {} and {} rows: {differs:#?}",
        one.len(),
        other.len()
    );
    (sent, kept)
}

fn copy(lake: &Path) -> TempDir {
    let folder = TempDir::new_in(lake.parent().unwrap()).unwrap();
    let done = std::process::Command::new("cp").arg("-r").arg(lake).arg(folder.path().join("lake")).status().unwrap();
    assert!(done.success());
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_the_map_and_detections_are_the_same() {
    let folder = TempDir::new().unwrap();
    let lake = folder.path().join("lake");
    let checks = estate::write(&lake, if is_whole() { 2 } else { 1 }).await;
    let cluster = Cluster::start(&folder, 2);
    let (sent, kept) = compare(&lake, &cluster, &["findings", "--json", "--exit-zero"]);
    assert!(sent as usize >= checks / 2, "{sent} of {checks} checks asked the cluster");
    assert!(kept.iter().all(|warning| is_kept_on_purpose(warning)), "{kept:#?}");
    for command in [&["map", "--json"] as &[&str], &["detect", "--json"], &["blindspots", "--json"]] {
        let (sent, kept) = compare(&lake, &cluster, command);
        assert!(sent > 0 && kept.iter().all(|warning| is_kept_on_purpose(warning)), "{command:?}: {sent}, {kept:#?}");
    }
}

#[test]
fn another_lake_is_the_same() {
    #[expect(clippy::disallowed_methods, reason = "a large lake is made outside")]
    let Some(given) = std::env::var_os(OTHER_LAKE).map(PathBuf::from) else {
        eprintln!("skipped: {OTHER_LAKE} names no lake");
        return;
    };
    let folder = TempDir::new().unwrap();
    let made = copy(&given);
    let lake = folder.path().join("lake");
    fs::rename(made.path().join("lake"), &lake).unwrap();
    let cluster = Cluster::start(&folder, 2);
    for command in [
        &["findings", "--json", "--exit-zero"] as &[&str],
        &["map", "--json"],
        &["detect", "--json"],
        &["blindspots", "--json"],
    ] {
        compare(&lake, &cluster, command);
    }
}

/// It is noticed where others want to read what it made.
#[tokio::test(flavor = "multi_thread")]
async fn an_executor_that_is_killed_changes_no_row() {
    loses(|cluster| cluster.kill_executor(0)).await;
}

/// Nobody is refused by it: it is noticed by its silence alone.
#[tokio::test(flavor = "multi_thread")]
async fn an_executor_that_stands_still_changes_no_row() {
    loses(|cluster| cluster.freeze_executor(0)).await;
}

/// How often an executor is lost at most until that happens in the middle of a query.
const LOSSES: usize = 4;

/// Loses an executor in the middle of a query.
async fn loses(lose: fn(&mut Cluster)) {
    let folder = TempDir::new().unwrap();
    let lake = folder.path().join("lake");
    estate::write_calls(&lake, 16, 500).await;
    fs::write(folder.path().join("sightline.toml"), ALL.replace("= 4", "= 16")).unwrap();
    let sql = "SELECT a.event_name, count(*) AS n, sum(length(a.event_id || b.event_id)) AS l FROM api_call a \
        JOIN api_call b ON a.event_id || 'x' < b.event_id || 'y' GROUP BY 1 ORDER BY 1";
    let query = || {
        let mut command = sightline(&folder);
        command.args(["query", "--json", sql]);
        command
    };
    let started = Instant::now();
    let alone = run(&mut query());
    eprintln!("alone {:?}", started.elapsed());
    let mut delay = None;
    for _ in 0..LOSSES {
        let mut cluster = Cluster::start(&folder, 2);
        let started = Instant::now();
        let whole = run(query().args(["--cluster", &cluster.url]));
        let usual = started.elapsed();
        assert_eq!(told(&whole), (1, vec![]), "{}", whole.err);
        assert_eq!(rows(&whole), rows(&alone));
        let started = Instant::now();
        let (url, mut command) = (cluster.url.clone(), query());
        let asked = std::thread::spawn(move || run(command.args(["--cluster", &url])));
        std::thread::sleep(*delay.get_or_insert(usual / 2));
        lose(&mut cluster);
        let ended = asked.join().unwrap();
        eprintln!("with two executors {usual:?}, with one lost {:?}\n{}", started.elapsed(), ended.err);
        assert_eq!(rows(&ended), rows(&alone), "{}", ended.err);
        if ended.err.contains("a query began again") {
            return;
        }
        // The machine had become quicker, and the query was over.
        delay = delay.map(|delay| delay * 2 / 3);
    }
    panic!("no query was running when an executor was lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_said() {
    let folder = TempDir::new().unwrap();
    estate::write_calls(&folder.path().join("lake"), 1, 3).await;
    fs::write(folder.path().join("sightline.toml"), ALL).unwrap();
    let ask = |cluster: &str, sql: &str| run(sightline(&folder).args(["query", "--json", sql, "--cluster", cluster]));
    assert_error(&ask("http://127.0.0.1:1", "SELECT 1 AS a"), "the cluster at `http://127.0.0.1:1` does not answer");
    assert_error(&ask("https://127.0.0.1:1", "SELECT 1 AS a"), "`https`");
    let mut cluster = Cluster::start(&folder, 0);
    assert_error(&ask(&cluster.url, "SELECT 1 AS a"), "has no executor");
    cluster.add_executor(&folder);
    let recursive = ask(
        &cluster.url,
        "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT * FROM t ORDER BY n",
    );
    assert_eq!(recursive.json().as_array().unwrap().len(), 3);
    assert_eq!(told(&recursive).1.len(), 1, "{}", recursive.err);
    let explained = ask(&cluster.url, "EXPLAIN SELECT count(*) FROM api_call");
    assert_eq!(told(&explained), (0, vec![]), "{}", explained.err);
    let failed = ask(&cluster.url, "SELECT CAST(event_name AS BIGINT) AS n FROM api_call");
    assert_error(&failed, "did not give the answer");
    assert!(cluster.stop(), "executor and scheduler end when they are told to");
}
