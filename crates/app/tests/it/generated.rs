//! Files under `docs/` that are made of the code are as the code makes them.

use assert_cmd::Command;

#[test]
fn generated_files_are_current() {
    let output = Command::cargo_bin("sightline")
        .unwrap()
        .args(["generate", "--check", "--root"])
        .arg(super::root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
