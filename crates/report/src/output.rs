//! `-o FORMAT[=PATH]`.

use crate::format::{self, Format};
use crate::{Report, ReportError};
use sightline_model::untrusted::shortened;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tempfile::NamedTempFile;

/// A format and where its output goes.
#[derive(Clone)]
pub struct OutputSpec {
    /// the format
    pub format: &'static dyn Format,
    /// the file; none means standard output
    pub path: Option<PathBuf>,
}

impl FromStr for OutputSpec {
    type Err = ReportError;

    /// `html`, `html=-` (both standard output) or `html=report.html`.
    fn from_str(spec: &str) -> Result<Self, ReportError> {
        let (name, path) = match spec.split_once('=') {
            Some((name, path)) => (name, Some(path)),
            None => (spec, None),
        };
        let format = format::by_name(name)?;
        match path {
            Some("") => Err(ReportError::NoPath { spec: shortened(spec, 80), format: format.name() }),
            Some("-") | None => Ok(Self { format, path: None }),
            Some(path) => Ok(Self { format, path: Some(PathBuf::from(path)) }),
        }
    }
}

impl std::fmt::Debug for OutputSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutputSpec").field("format", &self.format.name()).field("path", &self.path).finish()
    }
}

impl OutputSpec {
    /// Writes the report to the file, or to `stdout` where none is named.
    ///
    /// A file is written beside its place under another name and then renamed, readable by its owner only: a full disk
    /// leaves the old report or none, never half of one. Devices and pipes are written to directly.
    ///
    /// # Errors
    /// When the place cannot be written to; the message names it.
    pub fn write(&self, report: &Report, stdout: &mut dyn Write) -> Result<(), ReportError> {
        match &self.path {
            None => {
                self.format.write(report, stdout)?;
                stdout.flush()?;
                Ok(())
            }
            Some(path) => self.write_file(report, path),
        }
    }

    fn write_file(&self, report: &Report, path: &Path) -> Result<(), ReportError> {
        let place = match fs::metadata(path) {
            Ok(there) if there.is_dir() => {
                return Err(ReportError::file(path, io::Error::from(io::ErrorKind::IsADirectory)));
            }
            Ok(there) if !there.is_file() => return self.write_device(report, path),
            // A link stays a link: what it points to is replaced.
            Ok(_) => fs::canonicalize(path).map_err(|error| ReportError::file(path, error))?,
            Err(_) => path.to_owned(),
        };
        let folder = match place.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let beside = NamedTempFile::new_in(folder).map_err(|error| ReportError::file(path, error))?;
        self.fill(report, beside.as_file(), path)?;
        beside.as_file().sync_all().map_err(|error| ReportError::file(path, error))?;
        beside.persist(&place).map_err(|error| ReportError::file(path, error.error))?;
        Ok(())
    }

    fn write_device(&self, report: &Report, path: &Path) -> Result<(), ReportError> {
        let device = File::options().write(true).open(path).map_err(|error| ReportError::file(path, error))?;
        self.fill(report, &device, path)
    }

    fn fill(&self, report: &Report, file: &File, path: &Path) -> Result<(), ReportError> {
        let mut out = BufWriter::new(file);
        let written = self.format.write(report, &mut out).and_then(|()| Ok(out.flush()?));
        written.map_err(|error| match error {
            ReportError::Stream(source) => ReportError::file(path, source),
            other => other,
        })
    }
}
