//! The checks of a run: those that ship, and the user's own.

use crate::config::Config;
use crate::fault::FileFault;
use sightline_check::{Check, CheckError, checks_with, folder};
use std::path::{Path, PathBuf};

/// The checks that ship, with those of the configuration's folders and of these.
///
/// # Errors
/// A folder cannot be read; a user's check is broken: then nothing runs, for a check that is left out looks like one that
/// passes.
pub(crate) fn load(config: &Config, folders: &[PathBuf]) -> anyhow::Result<Vec<Check>> {
    let all: Vec<PathBuf> = config.checks.iter().chain(folders).cloned().collect();
    checks_with(&all).map_err(shown)
}

/// A broken file with the line that it is about.
pub(crate) fn shown(error: CheckError) -> anyhow::Error {
    let CheckError::File { file, line, problem, help } = &error else { return error.into() };
    let path = Path::new(file);
    match folder::read(path) {
        Ok(text) => {
            let span = span(&text, *line);
            anyhow::Error::new(*FileFault::new("check", path, &text, span, problem, Some(help.clone())))
        }
        Err(_) => error.into(),
    }
}

/// Where a line lies in a text.
fn span(text: &str, line: usize) -> Option<std::ops::Range<usize>> {
    let mut start = 0;
    for (index, of) in text.split('\n').enumerate() {
        if index + 1 == line {
            return Some(start..start + of.len());
        }
        start += of.len() + 1;
    }
    None
}
