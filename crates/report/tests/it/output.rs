use crate::sample::{small, text};
use sightline_report::{Format, OutputSpec, Report, ReportError};
use std::fs;
use std::io::{self, Write};

#[test]
fn specs_are_read() {
    let spec = |text: &str| {
        text.parse::<OutputSpec>().map(|spec| (spec.format.name(), spec.path)).map_err(|error| error.to_string())
    };
    assert_eq!(spec("json"), Ok(("json", None)));
    assert_eq!(spec("json=-"), Ok(("json", None)));
    assert_eq!(spec("html=a=b.html"), Ok(("html", Some("a=b.html".into()))));
    assert_eq!(
        spec("pdf=x").unwrap_err(),
        "`pdf` is no report format; use one of: asff, csv, csv-coverage, csv-edges, cyclonedx, cyclonedx-1.7, html, json, junit, markdown, ocsf, sarif"
    );
    assert_eq!(spec("csv=").unwrap_err(), "`csv=` names no file: write `csv=PATH`, or `csv` alone for standard output");
}

#[test]
fn standard_output_gets_the_report() {
    let mut out = Vec::new();
    "json".parse::<OutputSpec>().unwrap().write(&small(), &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), text("json", &small()));
}

#[test]
fn a_file_is_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.csv");
    fs::write(&path, "old").unwrap();
    let spec = OutputSpec { format: sightline_report::format::by_name("csv").unwrap(), path: Some(path.clone()) };
    spec.write(&small(), &mut io::sink()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text("csv", &small()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

/// Writes half and fails, as a full disk does.
struct Half;

impl Format for Half {
    fn name(&self) -> &'static str {
        "half"
    }
    fn extension(&self) -> &'static str {
        "half"
    }
    fn about(&self) -> &'static str {
        "half a report"
    }
    fn write(&self, _: &Report, out: &mut dyn Write) -> Result<(), ReportError> {
        out.write_all(b"half")?;
        Err(ReportError::Stream(io::Error::from(io::ErrorKind::StorageFull)))
    }
}

#[test]
fn a_full_disk_leaves_the_old_report() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report");
    fs::write(&path, "old").unwrap();
    let error = OutputSpec { format: &Half, path: Some(path.clone()) }.write(&small(), &mut io::sink()).unwrap_err();
    assert!(error.to_string().ends_with("free some space on that disk, or choose another"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_or_a_missing_one_is_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let write =
        |path| OutputSpec { format: &Half, path: Some(path) }.write(&small(), &mut io::sink()).unwrap_err().to_string();
    assert!(write(folder.path().to_owned()).contains("name a file, not a folder"));
    assert!(write(folder.path().join("no/where.csv")).contains("create its folder first"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_written_to_and_stays_one() {
    let spec = |format: &str, path: &str| format!("{format}={path}").parse::<OutputSpec>().unwrap();
    spec("json", "/dev/null").write(&small(), &mut io::sink()).unwrap();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let error = spec("html", "/dev/full").write(&small(), &mut io::sink()).unwrap_err();
    assert!(error.to_string().contains("`/dev/full`"), "{error}");
}
