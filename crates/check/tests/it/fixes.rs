//! Fixes that can be run and pasted: commands of the AWS CLI against botocore's models, Terraform as HCL.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::json;
use sightline_check::{Check, FixPart, checks, contract};

/// Checks whose fix has no `cli` or no `terraform` block, because there is none that could do it. This list may only shrink.
const WITHOUT: &str = include_str!("fixes_without.txt");

/// The blocks in this language, with a value in the place of each placeholder.
fn blocks<'c>(checks: &'c [Check], wanted: &'c str) -> impl Iterator<Item = (&'c str, String)> {
    checks.iter().flat_map(move |check| {
        check.fix.iter().filter_map(move |part| match part {
            FixPart::Block { language, text } if language == wanted => Some((check.file.as_str(), filled(text))),
            _ => None,
        })
    })
}

fn filled(text: &str) -> String {
    let mut pieces = text.split("{{");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once("}}").unwrap_or_default();
        out.push_str("value");
        out.push_str(rest);
    }
    out
}

#[test]
fn every_fix_is_a_command_and_a_patch() {
    let checks = checks().unwrap();
    let mut missing = Vec::new();
    for check in &checks {
        for language in ["cli", "terraform"].iter().filter(|language| !contract::has_block(check, language)) {
            missing.push(format!("{} {language}", check.id));
        }
    }
    let listed: Vec<&str> = WITHOUT.lines().collect();
    let new: Vec<&String> = missing.iter().filter(|line| !listed.contains(&line.as_str())).collect();
    assert!(new.is_empty(), "write these blocks: {new:#?}");
    let old: Vec<&&str> = listed.iter().filter(|line| !missing.iter().any(|other| other == **line)).collect();
    assert!(old.is_empty(), "these are written now, take them off the list: {old:#?}");
}

#[test]
fn terraform_blocks_are_hcl() {
    let checks = checks().unwrap();
    let mut wrong = Vec::new();
    for (file, text) in blocks(&checks, "terraform") {
        if let Err(error) = hcl::parse(&text) {
            wrong.push(format!("{file}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `SIGHTLINE_PYTHON`, else `.venv/bin/python` in the repository's root. Without it the test is skipped, and says so.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the environment says which Python runs the comparison"
)]
fn python() -> Option<PathBuf> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    let python = std::env::var_os("SIGHTLINE_PYTHON").map_or(default, PathBuf::from);
    if !python.exists() {
        eprintln!("skipped: commands_of_fixes_are_botocores: no {}", python.display());
        return None;
    }
    Some(python)
}

#[test]
fn commands_of_fixes_are_botocores() {
    let Some(python) = python() else { return };
    let checks = checks().unwrap();
    let blocks: Vec<_> = blocks(&checks, "cli").map(|(check, text)| json!({"check": check, "text": text})).collect();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/python/cli_commands.py");
    let mut running = Command::new(python)
        .arg(script)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    running.stdin.take().unwrap().write_all(json!(blocks).to_string().as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
