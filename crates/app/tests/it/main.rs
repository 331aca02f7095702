//! Tests of the whole: the workspace's shape, and the binary as a user runs it.

mod bad_input;
mod floors;
mod generated;
mod interrupted;
mod shape;
mod sql;

use std::path::PathBuf;

/// The repository's root.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
