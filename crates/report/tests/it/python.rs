//! Scripts of `tests/python`.

use std::path::PathBuf;
use std::process::Command;

/// What a script printed. None, and a line that says so, where there is no Python with what the script needs: `SIGHTLINE_PYTHON`, else
/// `.venv/bin/python` in the repository's root.
#[expect(clippy::disallowed_methods, reason = "where Python is can only be told from outside")]
pub(crate) fn output(script: &str, arguments: &[&str]) -> Option<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("SIGHTLINE_PYTHON").map_or(root.join("../../.venv/bin/python"), PathBuf::from);
    let skipped = |why: &str| println!("skipped: {script}: {why}; `make venv` makes one, or set SIGHTLINE_PYTHON");
    if !python.exists() {
        skipped("no Python");
        return None;
    }
    let mut command = Command::new(python);
    let ended = command.arg(root.join("tests/python").join(script)).args(arguments).output().unwrap();
    if ended.status.code() == Some(3) {
        skipped("no Python with what it needs");
        return None;
    }
    assert!(ended.status.success(), "{script}: {}", String::from_utf8_lossy(&ended.stderr));
    Some(String::from_utf8(ended.stdout).unwrap())
}
