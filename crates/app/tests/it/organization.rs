//! Scans of an organization in moto: no account is lost, one that lets nobody in is told and judged `unknown`, and a scan that is killed
//! at any point comes to the same end as one that is not.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, tests that say that they are skipped"
)]

use crate::support::{Ended, run, serve};
use assert_cmd::Command;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The emulator; it ends with the test, for its standard input does.
struct Organization {
    server: Child,
    told: Value,
}

impl Organization {
    fn start(members: usize) -> Option<Self> {
        let (server, line) = serve("organization.py", [members.to_string()])?;
        let told = serde_json::from_str(&line).unwrap();
        Some(Self { server, told })
    }

    fn id(&self, name: &str) -> &str {
        self.told[name].as_str().unwrap()
    }

    fn command(&self, lake: &Path) -> std::process::Command {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("sightline"));
        command.env_clear().env("AWS_ENDPOINT_URL", self.id("url")).env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing").env("HOME", lake);
        command.env("SIGHTLINE_LAKE", lake.join("lake")).current_dir(lake);
        command
    }

    fn run(&self, lake: &TempDir, arguments: &[&str]) -> Ended {
        let mut command = self.command(lake.path());
        command.args(arguments);
        run(&mut Command::from_std(command))
    }

    fn rows(&self, lake: &TempDir, sql: &str) -> Value {
        self.run(lake, &["query", "--json", sql]).json()
    }
}

impl Drop for Organization {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}

const IAM: &[&str] =
    &["--region", "us-east-1", "--table", "aws_iam_role", "--table", "aws_iam_user", "--table", "aws_vpc"];

#[test]
fn no_account_of_sixty_is_lost() {
    let Some(organization) = Organization::start(60) else { return };
    let lake = TempDir::new().unwrap();
    let ended = organization.run(&lake, &[&["scan", "--org", "--json"], IAM].concat());
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let summary = ended.json();
    let states = |state: &str| {
        let accounts = summary["accounts"].as_array().unwrap().iter();
        accounts
            .filter(|account| account["state"] == state)
            .map(|account| account["account_id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(states("done").len(), 59, "58 members and the management account");
    assert_eq!(states("denied"), [json!(organization.id("denied"))]);
    assert_eq!(states("skipped"), [json!(organization.id("suspended"))]);
    let scans = "SELECT count(*) AS scans, count(DISTINCT scan_id) AS runs, sum(CAST(incomplete > 0 AS INT)) AS incomplete FROM current_scan";
    assert_eq!(organization.rows(&lake, scans), json!([{"scans": 60, "runs": 1, "incomplete": 1}]));
    let own =
        "SELECT count(*) AS roles, count(DISTINCT account_id) AS accounts FROM aws_iam_role WHERE title LIKE 'role-%'";
    assert_eq!(organization.rows(&lake, own), json!([{"roles": 58 * 3, "accounts": 58}]));
    let denied = "SELECT account_id, table_name, operation, outcome, error_code FROM current_coverage WHERE outcome = 'denied' ORDER BY 2";
    let denied = organization.rows(&lake, denied);
    assert_eq!(denied.as_array().unwrap().len(), 3, "{denied}");
    assert_eq!(denied[0]["account_id"], organization.id("denied"));
    assert_eq!(denied[0]["operation"], "sts:AssumeRole");

    let found = organization.run(&lake, &["findings", "--json", "--exit-zero"]).json();
    let of_denied: Vec<&Value> =
        found.as_array().unwrap().iter().filter(|finding| finding["account_id"] == organization.id("denied")).collect();
    assert!(of_denied.len() > 20, "{} findings", of_denied.len());
    assert!(of_denied.iter().all(|finding| finding["status"] == "unknown"), "{of_denied:#?}");

    let shown = organization.run(&lake, &[&["scan", "--ou", organization.id("unit")], IAM].concat()).out;
    assert!(shown.contains("accounts   15 done"), "{shown}");
    let left_out =
        organization.run(&lake, &[&["scan", "--org", "--exclude-ou", organization.id("unit"), "--json"], IAM].concat());
    assert_eq!(left_out.json()["accounts"].as_array().unwrap().len(), 46);
    let member = organization.told["members"][5].as_str().unwrap();
    let two = ["scan", "--account", member, "--account", "123456789012", "--json"];
    assert_eq!(organization.run(&lake, &[&two, IAM].concat()).json()["accounts"].as_array().unwrap().len(), 2);
    let foreign = organization.run(&lake, &["scan", "--org", "--account", "999999999999"]);
    assert_eq!(foreign.code, Some(2));
    assert!(foreign.err.contains("`999999999999` is not in the organization"), "{}", foreign.err);

    let ahead = organization.run(&lake, &[&["scan", "--org", "--dry-run", "--json"], IAM].concat());
    assert_eq!(ahead.code, Some(3), "{}", ahead.err);
    assert_eq!(ahead.json()["pairs"], 60 * 3 - 3);
}

/// Whether the scan's own rows are there, which are its last: only the journal was not taken away yet.
fn is_written(organization: &Organization, lake: &TempDir) -> bool {
    organization.rows(lake, "SELECT count(*) AS n FROM scan") != json!([{"n": 0}])
}

/// Scans to the end, killed after each of these times and resumed.
fn killed(organization: &Organization, lake: &TempDir, arguments: &[&str]) -> (usize, Value) {
    let mut kills = 0;
    let mut arguments = [&["scan", "--json"], arguments].concat();
    loop {
        let mut command = organization.command(lake.path());
        command.args(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Each is given a little longer, so that the last one ends by itself whatever the machine.
        std::thread::sleep(Duration::from_millis(700 + 130 * kills as u64));
        if child.try_wait().unwrap().is_some() {
            let output = child.wait_with_output().unwrap();
            assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
            return (kills, serde_json::from_slice(&output.stdout).unwrap());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        let journals = std::fs::read_dir(lake.path().join("lake/journals")).map_or(0, Iterator::count);
        if journals > 0 {
            arguments = vec!["scan", "--json", "--resume"];
        }
        let seen = organization.run(lake, &["query", "--json", "SELECT count(*) AS n FROM current_resource"]).json();
        assert!(seen == json!([{"n": 0}]) || journals == 0 || is_written(organization, lake), "{seen}");
    }
}

#[test]
fn killed_at_any_point_it_comes_to_the_same_end() {
    let Some(organization) = Organization::start(8) else { return };
    let tables =
        ["--org", "--region", "us-east-1", "--region", "eu-west-1", "--table", "aws_iam_*", "--table", "aws_vpc*"];
    let (whole, broken) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let ended = organization.run(&whole, &[&["scan", "--json"], tables.as_slice()].concat());
    assert_eq!(ended.code, Some(3), "one account lets nobody in: {}", ended.err);
    let (kills, summary) = killed(&organization, &broken, &tables);
    println!("killed {kills} times");
    assert!(kills > 2, "{kills}");
    assert!(summary["resumed_jobs"].as_u64().unwrap() > 0);
    for sql in [
        "SELECT account_id, region, table_name, arn, title, tags, config FROM resource ORDER BY 1, 2, 3, 4",
        "SELECT account_id, region, table_name, operation, target, outcome, rows FROM coverage ORDER BY 1, 2, 3, 4, 5, 6",
        "SELECT account_id, regions, tables, resources, incomplete FROM scan ORDER BY 1",
    ] {
        let (expected, found) = (organization.rows(&whole, sql), organization.rows(&broken, sql));
        assert!(expected.as_array().unwrap().len() >= 8);
        assert!(expected == found, "{sql}");
    }
    let journals = std::fs::read_dir(broken.path().join("lake/journals")).unwrap().count();
    assert_eq!(journals, 0);
    let again = organization.run(&broken, &["scan", "--resume"]);
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("there is no unfinished scan"), "{}", again.err);
}
