//! What can go wrong with checks as a whole. What goes wrong with one check while it runs is a finding, not an error.

use std::io;
use std::path::PathBuf;

use sightline_lake::LakeError;

/// The crate's errors.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// A check's file does not have the shape that a check has.
    #[error("{file}:{line}: {problem}; {help}")]
    File {
        /// path below `checks/`
        file: String,
        /// from 1
        line: usize,
        /// what is wrong
        problem: String,
        /// what to write instead
        help: String,
    },
    /// A data file of this crate is broken.
    #[error("the frameworks' data is broken: please report this: {reason}")]
    Data {
        /// what is wrong in which file
        reason: String,
    },
    /// A file or folder of checks cannot be read.
    #[error("cannot read `{}`: {error}", path.display())]
    Read {
        /// which
        path: PathBuf,
        /// why
        error: io::Error,
    },
    /// A folder that should hold checks holds none.
    #[error("there is no check in `{}`: a check is a file `<id>.md`; `sightline checks new` writes one", folder.display())]
    NoChecks {
        /// which
        folder: PathBuf,
    },
    /// The lake holds no finished scan, so there is nothing to say.
    #[error("this lake holds no finished scan: run `sightline scan` first")]
    NoScan,
    /// A pattern of `--select` or `--ignore` names nothing.
    #[error(
        "`{pattern}` matches no check: give an id, a service, a severity, a framework or `framework:control`, with `*` for any text"
    )]
    Selection {
        /// as given
        pattern: String,
    },
    /// A pattern names no detection.
    #[error("`{pattern}` matches no detection: give an id, a severity, a stage or a tactic, with `*` for any text")]
    DetectionSelection {
        /// as given
        pattern: String,
    },
    /// Coverage or scans could not be read.
    #[error("cannot read what was scanned: {0}")]
    Lake(#[from] LakeError),
}
