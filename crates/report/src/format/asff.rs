//! Findings for AWS Security Hub, see [`crate::asff`].

use crate::{FolderFormat, Format, Report, ReportError, asff};
use sightline_model::untrusted::for_terminal;
use std::io;
use std::path::Path;

/// The unit.
pub static UNIT: Asff = Asff;

/// The format `asff`.
pub struct Asff;

impl Format for Asff {
    fn name(&self) -> &'static str {
        asff::NAME
    }

    fn extension(&self) -> &'static str {
        "asff.json"
    }

    fn about(&self) -> &'static str {
        "findings for AWS Security Hub: one array, or with `asff=FOLDER/` files that `batch-import-findings` takes, and a script that imports them"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        asff::write(report, out)
    }

    fn folder(&self) -> Option<&dyn FolderFormat> {
        Some(self)
    }

    fn next_step(&self, path: &Path, is_folder: bool) -> Option<String> {
        let shown = |path: &Path| for_terminal(&path.display().to_string());
        Some(match is_folder {
            true => format!("`sh {}` imports them into Security Hub, with your credentials", shown(&path.join(asff::SCRIPT))),
            false => "Security Hub takes 100 findings of one account and region at a time: `-o asff=FOLDER/` writes such files"
                .to_owned(),
        })
    }
}

impl FolderFormat for Asff {
    fn write(&self, report: &Report, folder: &Path) -> Result<(), ReportError> {
        asff::write_folder(report, folder)
    }
}
