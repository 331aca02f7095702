//! Where an output goes: standard output, a file, a device.

use crate::ReportError;
use sightline_model::untrusted::shortened;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Writes the content.
pub(crate) type Fill<'a> = &'a mut dyn FnMut(&mut dyn Write) -> Result<(), ReportError>;

/// `FORMAT`, and what stands behind `=`.
pub(crate) fn split(spec: &str) -> (&str, Option<&str>) {
    spec.split_once('=').map_or((spec, None), |(name, path)| (name, Some(path)))
}

/// The file that a spec of this format names; none means standard output.
pub(crate) fn named(spec: &str, path: Option<&str>, format: &'static str) -> Result<Option<PathBuf>, ReportError> {
    match path {
        Some("") => Err(ReportError::NoPath { spec: shortened(spec, 80), format }),
        Some("-") | None => Ok(None),
        Some(path) => Ok(Some(PathBuf::from(path))),
    }
}

/// Writes to the file, or to `stdout` where none is named.
///
/// A file is written beside its place under another name and then renamed, readable by its owner only: a full disk
/// leaves the old report or none, never half of one. Devices and pipes are written to directly.
pub(crate) fn write(path: Option<&Path>, stdout: &mut dyn Write, fill: Fill<'_>) -> Result<(), ReportError> {
    match path {
        None => {
            fill(stdout)?;
            stdout.flush()?;
            Ok(())
        }
        Some(path) => write_file(path, fill),
    }
}

fn write_file(path: &Path, fill: Fill<'_>) -> Result<(), ReportError> {
    let place = match fs::metadata(path) {
        Ok(there) if there.is_dir() => {
            return Err(ReportError::file(path, io::Error::from(io::ErrorKind::IsADirectory)));
        }
        Ok(there) if !there.is_file() => return write_device(path, fill),
        // A link stays a link: what it points to is replaced.
        Ok(_) => fs::canonicalize(path).map_err(|error| ReportError::file(path, error))?,
        Err(_) => path.to_owned(),
    };
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let beside = NamedTempFile::new_in(folder).map_err(|error| ReportError::file(path, error))?;
    fill_file(beside.as_file(), path, fill)?;
    beside.as_file().sync_all().map_err(|error| ReportError::file(path, error))?;
    beside.persist(&place).map_err(|error| ReportError::file(path, error.error))?;
    Ok(())
}

fn write_device(path: &Path, fill: Fill<'_>) -> Result<(), ReportError> {
    let device = File::options().write(true).open(path).map_err(|error| ReportError::file(path, error))?;
    fill_file(&device, path, fill)
}

fn fill_file(file: &File, path: &Path, fill: Fill<'_>) -> Result<(), ReportError> {
    let mut out = BufWriter::new(file);
    let written = fill(&mut out).and_then(|()| Ok(out.flush()?));
    written.map_err(|error| match error {
        ReportError::Stream(source) => ReportError::file(path, source),
        other => other,
    })
}
