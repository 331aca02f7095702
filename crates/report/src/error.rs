use sightline_model::untrusted::shortened;
use std::io;
use std::path::Path;

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The format's name is not one of ours.
    #[error("`{name}` is no report format; use one of: {formats}")]
    UnknownFormat {
        /// what was asked for, shortened
        name: String,
        /// the names of all formats
        formats: String,
    },
    /// `FORMAT=` with nothing behind it.
    #[error("`{spec}` names no file: write `{format}=PATH`, or `{format}` alone for standard output")]
    NoPath {
        /// what was asked for, shortened
        spec: String,
        /// the format's name
        format: &'static str,
    },
    /// A file could not be written; what stood there before is untouched.
    #[error("cannot write the report to `{path}`: {source}; {help}")]
    File {
        /// the file
        path: String,
        /// what the system said
        source: io::Error,
        /// what to do
        help: &'static str,
    },
    /// The stream refused.
    #[error("cannot write the report: {0}")]
    Stream(#[from] io::Error),
    /// What is reported could not be read.
    #[error("cannot read what is reported: {0}")]
    Source(Box<dyn std::error::Error + Send + Sync>),
    /// The page's template failed: a fault of ours.
    #[error("the `{format}` report could not be rendered: {message}; this is a fault of sightline, please report it")]
    Render {
        /// the format's name
        format: &'static str,
        /// what the template engine or the serialiser said, shortened
        message: String,
    },
}

impl ReportError {
    pub(crate) fn unknown_format(name: &str, names: &[&str]) -> Self {
        Self::UnknownFormat { name: shortened(name, 40), formats: names.join(", ") }
    }

    pub(crate) fn render(format: &'static str, error: &dyn std::fmt::Display) -> Self {
        Self::Render { format, message: shortened(&error.to_string(), 300) }
    }

    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        let help = match source.kind() {
            io::ErrorKind::NotFound => "create its folder first",
            io::ErrorKind::PermissionDenied => "choose a folder that you may write to",
            io::ErrorKind::StorageFull => "free some space on that disk, or choose another",
            io::ErrorKind::IsADirectory => "name a file, not a folder",
            _ => "choose another place",
        };
        Self::File { path: shortened(&path.display().to_string(), 300), source, help }
    }
}
