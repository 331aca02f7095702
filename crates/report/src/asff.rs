//! Findings in the AWS Security Finding Format, for Security Hub. Format:
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html>.
//!
//! Security Hub is given findings by `BatchImportFindings`: at most 100 of 240 KB each, 6 MB in all, of the account that calls and the
//! region that is called. So a folder has such files, each of one account and region, and `import.sh`, which gives them to the AWS
//! command line. Nothing here calls anybody.
//!
//! # Contract
//! - `unknown` and `skip` are `NOT_AVAILABLE`, never `PASSED`, and say which of them it is as their reason.
//! - Every text keeps to the length that its field may have, and has no control characters.

mod document;
mod finding;
mod place;
mod resource;

use crate::place::write as write_file;
use crate::{Report, ReportError, json_lines};
use document::Finding;
use place::{Place, Places};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

pub(crate) const NAME: &str = "asff";
/// The script beside the files.
pub(crate) const SCRIPT: &str = "import.sh";
const IMPORT: &str = include_str!("../templates/import.sh");
/// Findings of one call.
const MOST: usize = 100;
/// Bytes of one call: below the 6 MB that may be, for what stands around the findings.
const LARGEST: usize = 5_500_000;

/// Writes all findings as one array.
pub(crate) fn write(report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
    let places = Places::of(report);
    let all: Vec<Finding> =
        report.findings.iter().map(|row| finding::finding(row, report, &places.of_finding(row))).collect();
    json_lines::pretty(NAME, &all, out)
}

/// Writes files that can be imported one by one, and the script that does.
pub(crate) fn write_folder(report: &Report, folder: &Path) -> Result<(), ReportError> {
    let places = Places::of(report);
    let mut batches: BTreeMap<Place, Vec<Batch>> = BTreeMap::new();
    for row in &report.findings {
        let place = places.of_finding(row);
        let made = finding::finding(row, report, &place);
        let text = serde_json::to_string(&made).map_err(|error| ReportError::render(NAME, &error))?;
        let of_place = batches.entry(place).or_default();
        match of_place.last_mut() {
            Some(last) if last.takes(&text) => last.add(&text),
            _ => of_place.push(Batch::of(&text)),
        }
    }
    let mut written = BTreeSet::new();
    for (place, of_place) in &batches {
        for (number, batch) in of_place.iter().enumerate() {
            let name = format!("{NAME}-{}-{}-{:04}.json", place.account, place.region, number + 1);
            write_one(&folder.join(&name), &batch.text())?;
            written.insert(name);
        }
    }
    write_one(&folder.join(SCRIPT), IMPORT)?;
    remove_others(folder, &written)
}

/// The findings of one call, as text.
struct Batch {
    findings: usize,
    text: String,
}

impl Batch {
    fn of(finding: &str) -> Self {
        Self { findings: 1, text: finding.to_owned() }
    }

    fn takes(&self, finding: &str) -> bool {
        self.findings < MOST && self.text.len() + finding.len() < LARGEST
    }

    fn add(&mut self, finding: &str) {
        self.findings += 1;
        self.text.push_str(",\n");
        self.text.push_str(finding);
    }

    fn text(&self) -> String {
        format!("[{}]\n", self.text)
    }
}

fn write_one(path: &Path, text: &str) -> Result<(), ReportError> {
    write_file(Some(path), &mut io::sink(), &mut |out| Ok(out.write_all(text.as_bytes())?))
}

/// A file of an earlier report would be imported with those of this one.
fn remove_others(folder: &Path, written: &BTreeSet<String>) -> Result<(), ReportError> {
    let failed = |error| ReportError::file(folder, error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if place::is_name_of_ours(&name) && !written.contains(&name) {
            fs::remove_file(entry.path()).map_err(|error| ReportError::file(&entry.path(), error))?;
        }
    }
    Ok(())
}
