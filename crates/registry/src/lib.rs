//! Build-script helper. A unit of the product (a check, a log source, a prerequisite, a report format) is one file in one
//! folder; this writes the registry that lists them, so that adding the file is all there is to do.
//!
//! It runs in build scripts only, where a panic is the error message; Cargo re-runs the script whenever a file is
//! added to the folder or removed from it, which procedural macros cannot ask for.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a build script reports by panicking"
)]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of Rust modules, each with `pub static UNIT: <its type>`.
///
/// Writes `$OUT_DIR/<out>.rs` with a `mod` for every `*.rs` of `folder` (but `mod.rs`) and
/// `pub static ALL: &[&'static dyn <unit>]`, sorted by file name. Include it with
/// `include!(concat!(env!("OUT_DIR"), "/<out>.rs"));` where `<unit>` is in scope.
pub fn modules(folder: &str, unit: &str, out: &str) {
    let root = manifest_dir().join(folder);
    let mut text = String::new();
    let mut names = Vec::new();
    for path in files(&root, "rs") {
        let name = stem(&path);
        if name != "mod" {
            let _ = writeln!(text, "#[path = {path:?}]\npub mod {name};");
            names.push(name);
        }
    }
    let list: String = names.iter().fold(String::new(), |mut list, name| {
        let _ = write!(list, "&{name}::UNIT, ");
        list
    });
    let _ = writeln!(
        text,
        "/// Every unit of this folder, by file name.\npub static ALL: &[&'static dyn {unit}] = &[{list}];"
    );
    write(out, &text);
}

/// A folder of content files (`*.md`, `*.toml`, …), searched with its sub-folders.
///
/// Writes `$OUT_DIR/<out>.rs` with `pub static ALL: &[(&str, &str)]`: the path below `folder` with forward slashes, and the
/// file's text; sorted by path.
pub fn texts(folder: &str, extension: &str, out: &str) {
    let root = manifest_dir().join(folder);
    let mut text =
        String::from("/// Every file of this folder: its path and its text.\npub static ALL: &[(&str, &str)] = &[\n");
    for path in files_below(&root, extension) {
        let below = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let _ = writeln!(text, "    ({below:?}, include_str!({path:?})),");
    }
    text.push_str("];\n");
    write(out, &text);
}

fn manifest_dir() -> PathBuf {
    PathBuf::from(
        env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| panic!("CARGO_MANIFEST_DIR is not set: run by Cargo only")),
    )
}

fn write(out: &str, text: &str) {
    let folder = env::var_os("OUT_DIR").unwrap_or_else(|| panic!("OUT_DIR is not set: run by Cargo only"));
    let path = Path::new(&folder).join(format!("{out}.rs"));
    fs::write(&path, text).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let listing = fs::read_dir(folder).unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    paths
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == extension)).collect()
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}
