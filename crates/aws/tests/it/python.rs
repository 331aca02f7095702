//! Finds the Python with the pinned botocore and the emulators.

use std::path::PathBuf;
use std::process::Command;

/// `SIGHTLINE_PYTHON`, else `.venv/bin/python` in the repository's root. Without it the test that asks is skipped, and says so.
#[expect(clippy::disallowed_methods, reason = "which Python runs the comparisons is the environment's to say")]
pub(crate) fn script(name: &str, test: &str) -> Option<Command> {
    let crate_root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let default = crate_root.join("../../.venv/bin/python");
    let python = std::env::var_os("SIGHTLINE_PYTHON").map_or(default, PathBuf::from);
    if !python.exists() {
        eprintln!("skipped: {test}: no {}", python.display());
        return None;
    }
    let mut command = Command::new(python);
    command.arg(crate_root.join("tests/python").join(name)).env("PYTHONDONTWRITEBYTECODE", "1");
    Some(command)
}
