//! Findings as Markdown: for a comment on a pull request, an issue or a wiki.

use crate::markup::plain;
use crate::{CheckCount, Format, Report, ReportError, ReportedFinding};
use sightline_model::Status;
use std::cmp::Reverse;
use std::io;

/// Findings that are listed of each status; the rest is counted.
const LISTED: usize = 100;

/// The unit.
pub static UNIT: Markdown = Markdown;

/// The format `markdown`.
pub struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn about(&self) -> &'static str {
        "what fails and what could not be looked at, for a comment or a wiki"
    }

    fn write(&self, report: &Report, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let counts = report.counts();
        writeln!(out, "## Findings\n")?;
        writeln!(
            out,
            "{} fail, {} unknown, {} pass, {} skip, {} muted; sightline {}, {}.\n",
            counts.fail,
            counts.unknown,
            counts.pass,
            counts.skip,
            counts.muted,
            plain(&report.version),
            report.generated_at
        )?;
        write_gaps(report, out)?;
        write_checks(report, out)?;
        write_findings(report, Status::Fail, "What fails", out)?;
        write_findings(report, Status::Unknown, "What could not be looked at, or not decided", out)?;
        Ok(())
    }
}

/// What keeps the report from being whole.
fn write_gaps(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    if report.is_whole() {
        return Ok(());
    }
    let missed = report.coverage.iter().filter(|row| !row.outcome.is_complete()).count();
    let actions: Vec<String> = report.missing_actions().iter().map(|one| plain(&one.action)).collect();
    write!(out, "**Not all could be seen:** ")?;
    match report.scans.is_empty() {
        true => write!(out, "no scan has finished")?,
        false => write!(out, "{missed} operations were not read")?,
    }
    if !report.logs.problems.is_empty() {
        write!(out, ", {} log objects were not read whole", report.logs.problems.len())?;
    }
    if !actions.is_empty() {
        write!(out, "; the scanner lacks {}", actions.join(", "))?;
    }
    writeln!(out, ".\n")
}

fn write_checks(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let checks: Vec<CheckCount> =
        report.by_check().into_iter().filter(|check| check.counts.fail + check.counts.unknown > 0).collect();
    if checks.is_empty() {
        return Ok(());
    }
    writeln!(out, "| severity | check | fail | unknown | pass |\n|---|---|--:|--:|--:|")?;
    for check in &checks {
        writeln!(
            out,
            "| {} | {} ({}) | {} | {} | {} |",
            check.severity,
            plain(&check.title),
            plain(&check.check_id),
            check.counts.fail,
            check.counts.unknown,
            check.counts.pass
        )?;
    }
    writeln!(out)
}

fn write_findings(report: &Report, status: Status, title: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let mut rows: Vec<&ReportedFinding> =
        report.findings.iter().filter(|row| row.mute.is_none() && row.finding.status == status).collect();
    rows.sort_by_key(|row| Reverse(row.finding.severity));
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "### {title}\n")?;
    writeln!(out, "| severity | check | resource | account | region | why | finding |\n|---|---|---|---|---|---|---|")?;
    for row in rows.iter().take(LISTED) {
        let finding = &row.finding;
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | `{}` |",
            finding.severity,
            plain(&finding.check_id),
            plain(if finding.resource_title.is_empty() { &finding.resource } else { &finding.resource_title }),
            plain(&finding.account_id),
            plain(&finding.region),
            plain(&finding.reason),
            plain(&finding.fingerprint),
        )?;
    }
    if rows.len() > LISTED {
        writeln!(out, "\n{} more; `csv` and `json` have all.", rows.len() - LISTED)?;
    }
    writeln!(out)
}
