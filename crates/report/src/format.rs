//! Report formats: one file each in `src/format/`, with a `pub static UNIT` that implements [`Format`]. Adding the file is
//! all: the build script lists the folder.
//!
//! # Contract
//! - The output depends on the [`Report`] alone, so that the same report gives the same bytes.
//! - Every text of a report may come from somebody who means harm. A format escapes it for the program that will open
//!   the file, see [`sightline_model::untrusted`].
//! - What could not be inspected is in every format or has a format of its own beside it; nothing is left out in silence.
//! - A [`Finding`](sightline_model::Finding) is named by its fingerprint, an edge by its id.

use crate::{Report, ReportError};
use std::io;
use std::path::Path;

/// One way to write a report.
pub trait Format: Sync {
    /// What `-o` calls it.
    fn name(&self) -> &'static str;

    /// The usual ending of its files, without the dot.
    fn extension(&self) -> &'static str;

    /// One sentence: what the file holds and who reads it.
    fn about(&self) -> &'static str;

    /// Writes the whole report.
    ///
    /// # Errors
    /// When the stream refuses, or the format cannot express the report.
    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError>;

    /// How the report goes into a folder, where its reader takes a part at a time; none where one file holds it.
    fn folder(&self) -> Option<&dyn FolderFormat> {
        None
    }

    /// What is to be done with the file, or the folder, in one sentence; none where its name says it.
    fn next_step(&self, _path: &Path, _is_folder: bool) -> Option<String> {
        None
    }
}

/// One way to write a report to several files.
pub trait FolderFormat: Sync {
    /// Writes the whole report into this folder, which is there. Files of its own of an earlier report go away.
    ///
    /// # Errors
    /// When a file cannot be written or removed.
    fn write(&self, report: &Report, folder: &Path) -> Result<(), ReportError>;
}

include!(concat!(env!("OUT_DIR"), "/formats.rs"));

/// The format of this name.
///
/// # Errors
/// When there is none; the message lists those there are.
pub fn by_name(name: &str) -> Result<&'static dyn Format, ReportError> {
    ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|format| format.name()).collect();
        ReportError::unknown_format(name, &names)
    })
}
