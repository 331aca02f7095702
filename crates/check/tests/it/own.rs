//! Checks of a user's own: folders beside those that ship.

use std::fs;
use std::path::Path;

use sightline_check::{checks, checks_with};
use tempfile::TempDir;

fn text() -> String {
    include_str!("../../checks/bedrock/bedrock-agent-without-guardrail.md").to_owned()
}

fn with(files: &[(&str, &str)]) -> (TempDir, Result<Vec<sightline_check::Check>, String>) {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let read = checks_with(&[folder.path().to_owned()]).map_err(|error| relative(&error.to_string(), folder.path()));
    (folder, read)
}

fn relative(text: &str, folder: &Path) -> String {
    text.replace(&folder.display().to_string(), "DIR")
}

#[test]
fn they_stand_beside_those_that_ship() {
    let (_folder, read) = with(&[("deep/our-agent.md", &text()), ("README.md", "# Ours")]);
    let read = read.unwrap();
    assert_eq!(read.len(), checks().unwrap().len() + 1);
    assert!(read.iter().any(|check| check.id == "our-agent"));
}

#[test]
fn their_shared_queries_win() {
    let text =
        text().replace("from aws_bedrock_agent", "from aws_bedrock_agent join bedrock_use using (account_id, region)");
    let (_folder, read) = with(&[("our-agent.md", &text), ("shared/bedrock_use.sql", "select 'ours' as x")]);
    let read = read.unwrap();
    let ours = read.iter().find(|check| check.id == "our-agent").unwrap();
    assert_eq!(ours.shared.len(), 1);
    assert_eq!(ours.shared[0].sql, "select 'ours' as x");
}

#[test]
fn a_taken_id_a_broken_file_and_an_empty_folder_stop_the_run() {
    let (_folder, taken) = with(&[("bedrock-agent-without-guardrail.md", &text())]);
    insta::assert_snapshot!(taken.unwrap_err(), @"DIR/bedrock-agent-without-guardrail.md:1: the id `bedrock-agent-without-guardrail` is taken by `bedrock/bedrock-agent-without-guardrail.md`; give the file another name: ids are unique, also beside those that ship");
    let (_folder, broken) = with(&[("our-agent.md", &text().replace("LLM01", "LLM99"))]);
    insta::assert_snapshot!(broken.unwrap_err(), @"DIR/our-agent.md:8: `owasp-llm-2025` has no control `LLM99`; its controls are LLM01 … LLM10");
    let (_folder, empty) = with(&[("README.md", "# Ours")]);
    assert!(empty.unwrap_err().starts_with("there is no check in `DIR`"));
    assert!(checks_with(&["/nowhere/at/all".into()]).unwrap_err().to_string().contains("cannot read"));
}
