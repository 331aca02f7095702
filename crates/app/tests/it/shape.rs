//! The size of files, and lints that are switched off.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines without tests that a file may have.
const GATE: usize = 600;

/// Files over the gate. This list may only shrink.
const OVER_THE_GATE: &[&str] = &[];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = super::root().join("crates");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    assert!(files.len() > 50, "found only {} files", files.len());
    files
        .into_iter()
        .map(|path| (path.strip_prefix(&root).unwrap().display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect()
}

#[test]
fn files_are_short() {
    let mut long = Vec::new();
    for (name, text) in all() {
        let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        if lines > GATE && !name.contains("/tests/") {
            long.push(name);
        }
    }
    assert_eq!(long, OVER_THE_GATE, "split these files, or, where they were split, take them off the list");
}

#[test]
fn lints_are_switched_off_with_a_reason() {
    for (name, text) in all() {
        if name.ends_with("it/shape.rs") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            let attribute = code.trim_start_matches(['#', '!', '[']);
            let allows = code.starts_with('#') && attribute.starts_with("allow(");
            assert!(!allows, "{name}:{}: use #[expect(…, reason = \"…\")]", number + 1);
        }
    }
}
