//! cfn-lint's opinion of the templates.

use crate::{checked, documented, full, plain, tool, written};
use sightline_onboard::{ALL, Format, Given};
use std::process::Command;

#[test]
fn cfn_lint_finds_nothing() {
    let Some(lint) = tool("cfn-lint") else { return };
    let folder = tempfile::tempdir().unwrap();
    let many = |index: usize| format!("service-{}:Describe{}", index % 20, "x".repeat(20) + &index.to_string());
    let actions = (0..400).map(many).collect();
    let mut files = Vec::new();
    for (name, given) in
        [("plain", plain()), ("full", full()), ("documented", documented()), ("many", Given { actions, ..plain() })]
    {
        for unit in ALL {
            let Some(text) = written(*unit, &checked(given.clone()), Format::CloudFormation) else { continue };
            let file = folder.path().join(format!("{name}-{}.yaml", unit.id()));
            std::fs::write(&file, text).unwrap();
            files.push(file);
        }
    }
    // W3037: the four hundred actions are made up.
    let output = Command::new(lint)
        .args(["--ignore-checks", "W3037", "--regions", "us-east-1", "eu-west-1", "--"])
        .args(&files)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
