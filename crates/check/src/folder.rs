//! Check files on disk: an author's, and a user's own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::CheckError;

/// The check files that a path means: itself, or every `*.md` below the folder but `README.md`, sorted.
///
/// # Errors
/// A folder cannot be read.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, CheckError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |error| CheckError::Read { path: path.to_owned(), error };
    let mut entries = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>())
        .map_err(failed)?;
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            found.extend(files(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "md")
            && entry.file_name().is_some_and(|name| name != "README.md")
        {
            found.push(entry);
        }
    }
    Ok(found)
}

/// The text of a check's file.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path) -> Result<String, CheckError> {
    fs::read_to_string(path).map_err(|error| CheckError::Read { path: path.to_owned(), error })
}
