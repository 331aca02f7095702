//! `-o ocsf[=PATH]` of commands that have no other format.

use crate::{ReportError, ocsf, place};
use sightline_model::untrusted::shortened;
use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

/// Where events go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventOutputSpec {
    /// the file; none means standard output
    pub path: Option<PathBuf>,
}

impl FromStr for EventOutputSpec {
    type Err = ReportError;

    /// As of [`OutputSpec`](crate::OutputSpec).
    fn from_str(spec: &str) -> Result<Self, ReportError> {
        let (name, path) = place::split(spec);
        if name != ocsf::NAME {
            return Err(ReportError::UnknownFormat { name: shortened(name, 40), formats: ocsf::NAME.to_owned() });
        }
        Ok(Self { path: place::named(spec, path, ocsf::NAME)? })
    }
}

impl EventOutputSpec {
    /// Writes what `fill` writes, to the file or to `stdout` where none is named; a file as a whole or not at all.
    ///
    /// # Errors
    /// When the place cannot be written to; the message names it. What `fill` says.
    pub fn write(
        &self,
        stdout: &mut dyn Write,
        fill: &mut dyn FnMut(&mut dyn Write) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        place::write(self.path.as_deref(), stdout, fill)
    }
}
