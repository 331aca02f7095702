//! Events of OCSF 1.8.0, one a line: what SIEMs and data lakes take. Format: <https://schema.ocsf.io/1.8.0>.
//!
//! | class | what becomes one |
//! |---|---|
//! | Compliance Finding (2003) | a finding of a check; a detection that could not be assessed |
//! | Detection Finding (2004) | a case |
//! | IAM Analysis Finding (2008) | what one principal may do with AI; what of it nobody uses |
//! | API Activity (6003) | a call of a model, with the profile `ai_operation` |
//!
//! # Contract
//! - `unknown` is never a pass: its compliance status is `0 Unknown`, in the schema's own words.
//! - A finding's `finding_info.uid` is its fingerprint, the same in every run and every format.
//! - Only a failure has its check's severity: who asks for what is grave is not given what is well.
//! - Every text is bounded and freed of control characters; nothing of prompts and answers is written.

mod access;
mod activity;
mod compliance;
mod detection;
mod event;
mod model;
mod model_call;
mod object;
mod principal_use;
mod resource;

use crate::{Report, ReportError, json_lines};
use jiff::Timestamp;
use object::Object;
use std::io;

pub use access::AccessReport;
pub use detection::{CaseReport, DetectionOf, NotAssessed};
pub use model_call::{Caller, ModelCall, Observed};
pub use principal_use::{PrincipalUse, ServiceUse};

/// What `-o` calls the format.
pub(crate) const NAME: &str = "ocsf";

/// Who makes the events, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// when they are made
    pub at: Timestamp,
    /// the product's version
    pub version: String,
}

/// Writes a Compliance Finding for each finding of a report.
pub(crate) fn findings(report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
    let made = Made { at: report.generated_at, version: report.version.clone() };
    report.findings.iter().try_for_each(|row| line(compliance::finding(row, report, &made), out))
}

/// Writes a Detection Finding for each case, and a Compliance Finding of status unknown for each detection that could not be assessed.
///
/// # Errors
/// The stream refuses.
pub fn cases(report: &CaseReport<'_>, out: &mut dyn io::Write) -> Result<(), ReportError> {
    report.cases.iter().try_for_each(|case| line(detection::case(case, report), out))?;
    report.not_assessed.iter().try_for_each(|gap| line(detection::not_assessed(gap, report), out))
}

/// Writes an IAM Analysis Finding for each principal.
///
/// # Errors
/// The stream refuses.
pub fn access(report: &AccessReport<'_>, out: &mut dyn io::Write) -> Result<(), ReportError> {
    access::principals(report).into_iter().try_for_each(|event| line(event, out))
}

/// Writes the IAM Analysis Finding of what one principal is granted and uses.
///
/// # Errors
/// The stream refuses.
pub fn principal_use(principal: &PrincipalUse, made: &Made, out: &mut dyn io::Write) -> Result<(), ReportError> {
    line(principal_use::compared(principal, made), out)
}

/// Writes the API Activity of one call of a model.
///
/// # Errors
/// The stream refuses.
pub fn call(call: &ModelCall, made: &Made, out: &mut dyn io::Write) -> Result<(), ReportError> {
    line(activity::call(call, made), out)
}

fn line(event: Object, out: &mut dyn io::Write) -> Result<(), ReportError> {
    json_lines::line(NAME, &event.into_value(), out)
}
