//! Findings as JUnit XML, see [`crate::junit`]: a suite a check, a case a resource.

use crate::junit::{self, Case, End, Suite};
use crate::{Format, Report, ReportError, ReportedFinding};
use sightline_model::Status;
use std::collections::BTreeMap;
use std::io;

/// The unit.
pub static UNIT: Junit = Junit;

/// The format `junit`.
pub struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn extension(&self) -> &'static str {
        "xml"
    }

    fn about(&self) -> &'static str {
        "findings as a test suite a check and a test case a resource (JUnit XML), for CI servers"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let mut suites: BTreeMap<&str, Suite> = BTreeMap::new();
        for row in &report.findings {
            let finding = &row.finding;
            let suite = suites.entry(&finding.check_id).or_insert_with(|| Suite {
                name: finding.check_id.clone(),
                timestamp: finding.evaluated_at.to_string(),
                properties: vec![("title", finding.title.clone()), ("severity", finding.severity.to_string())],
                cases: Vec::new(),
            });
            suite.cases.push(Case {
                name: finding.resource.clone(),
                class: finding.check_id.clone(),
                took: 0,
                end: end(row),
            });
        }
        junit::write("sightline findings", &suites.into_values().collect::<Vec<_>>(), out)
    }
}

fn end(row: &ReportedFinding) -> End {
    let finding = &row.finding;
    let more = format!("account {}, region {}\nfinding {}", finding.account_id, finding.region, finding.fingerprint);
    let message = finding.reason.clone();
    match (&row.mute, finding.status) {
        (Some(mute), _) => {
            End::Skipped { message: format!("muted until {} by {}: {}", mute.expires, mute.owner, mute.reason) }
        }
        (None, Status::Pass) => End::Passed,
        (None, Status::Skip) => End::Skipped { message },
        (None, Status::Fail) => End::Failed { kind: finding.severity.as_str(), message, more },
        (None, Status::Unknown) => End::Undecided { kind: "unknown", message, more },
    }
}
