//! `-o FORMAT[=PATH]`.

use crate::format::{self, Format};
use crate::probe_format::{self, ProbeFormat};
use crate::{ProbeReport, Report, ReportError, place};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A format and where its output goes.
#[derive(Clone)]
pub struct OutputSpec {
    /// the format
    pub format: &'static dyn Format,
    /// the file; none means standard output
    pub path: Option<PathBuf>,
}

/// A format of a run of probes and where its output goes.
#[derive(Clone)]
pub struct ProbeOutputSpec {
    /// the format
    pub format: &'static dyn ProbeFormat,
    /// the file; none means standard output
    pub path: Option<PathBuf>,
}

impl FromStr for OutputSpec {
    type Err = ReportError;

    /// `html`, `html=-` (both standard output) or `html=report.html`.
    fn from_str(spec: &str) -> Result<Self, ReportError> {
        let (name, path) = place::split(spec);
        let format = format::by_name(name)?;
        Ok(Self { format, path: place::named(spec, path, format.name())? })
    }
}

impl FromStr for ProbeOutputSpec {
    type Err = ReportError;

    /// As of [`OutputSpec`].
    fn from_str(spec: &str) -> Result<Self, ReportError> {
        let (name, path) = place::split(spec);
        let format = probe_format::by_name(name)?;
        Ok(Self { format, path: place::named(spec, path, format.name())? })
    }
}

impl std::fmt::Debug for OutputSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutputSpec").field("format", &self.format.name()).field("path", &self.path).finish()
    }
}

impl std::fmt::Debug for ProbeOutputSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProbeOutputSpec").field("format", &self.format.name()).field("path", &self.path).finish()
    }
}

impl OutputSpec {
    /// Writes the report to the file, or to `stdout` where none is named; a file as a whole or not at all. A format that has one form
    /// for folders takes it where the path is one, or ends with `/`.
    ///
    /// # Errors
    /// When the place cannot be written to; the message names it.
    pub fn write(&self, report: &Report, stdout: &mut dyn Write) -> Result<(), ReportError> {
        match (&self.path, self.format.folder()) {
            (Some(path), Some(format)) if is_folder(path) => {
                fs::create_dir_all(path).map_err(|error| ReportError::file(path, error))?;
                format.write(report, path)
            }
            _ => place::write(self.path.as_deref(), stdout, &mut |out| self.format.write(report, out)),
        }
    }

    /// What is to be done with what was written, where that goes without saying to nobody.
    pub fn next_step(&self) -> Option<String> {
        let path = self.path.as_deref()?;
        self.format.next_step(path, is_folder(path))
    }
}

/// Whether a folder is named: one that is there, or by the slash at its end.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

impl ProbeOutputSpec {
    /// As [`OutputSpec::write`].
    ///
    /// # Errors
    /// When the place cannot be written to; the message names it.
    pub fn write(&self, report: &ProbeReport, stdout: &mut dyn Write) -> Result<(), ReportError> {
        place::write(self.path.as_deref(), stdout, &mut |out| self.format.write(report, out))
    }
}
