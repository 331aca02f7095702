//! Formats of a run of probes: one file each in `src/probe_format/`, with a `pub static UNIT` that implements [`ProbeFormat`].
//!
//! # Contract
//! As of [`Format`](crate::format::Format), and:
//! - An error and an undecided answer are never shown as a pass; where a format knows no third way, they are errors.
//! - Prompts and answers are written where the run kept them, and nowhere else is a text of theirs made up.

use crate::{ProbeReport, ReportError};
use std::io;

/// One way to write a run of probes.
pub trait ProbeFormat: Sync {
    /// What `-o` calls it.
    fn name(&self) -> &'static str;

    /// The usual ending of its files, without the dot.
    fn extension(&self) -> &'static str;

    /// One sentence: what the file holds and who reads it.
    fn about(&self) -> &'static str;

    /// Writes the whole run.
    ///
    /// # Errors
    /// When the stream refuses, or the format cannot express the run.
    fn write(&self, report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError>;
}

include!(concat!(env!("OUT_DIR"), "/probe_formats.rs"));

/// The format of this name.
///
/// # Errors
/// When there is none; the message lists those there are.
pub fn by_name(name: &str) -> Result<&'static dyn ProbeFormat, ReportError> {
    ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|format| format.name()).collect();
        ReportError::unknown_format(name, &names)
    })
}
