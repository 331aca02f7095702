//! Puts the built console into the binary: every file under `console/dist`, none where it was not built.

#![expect(clippy::disallowed_methods, reason = "so build scripts learn where to write")]

use std::fmt::Write as _;
use std::io::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

const BUILT: &str = "../../console/dist";

/// Is there from the start: a folder that is not there cannot be watched.
const BEFORE: &str = "../../console/package.json";

fn main() -> Result<(), Error> {
    let root = Path::new(BUILT);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", if root.is_dir() { BUILT } else { BEFORE });
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| Error::other("Cargo names no OUT_DIR"))?;
    let copies = out.join("console");
    fs::create_dir_all(&copies)?;
    let mut files = Vec::new();
    list(root, &mut files);
    files.sort();
    let mut text = String::from("static FILES: &Files = &[\n");
    for (number, file) in files.iter().enumerate() {
        // A copy: the console may be built anew while this is compiled.
        let copy = copies.join(number.to_string());
        fs::copy(file, &copy)?;
        let name = file.strip_prefix(root).unwrap_or(file).display().to_string().replace('\\', "/");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    ({name:?}, include_bytes!({:?})),", copy.display().to_string());
    }
    text.push_str("];\n");
    fs::write(out.join("console.rs"), text)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}
