//! A report: what the lake holds, gathered for the report formats.

use super::muted::Told;
use sightline_check::{Check, Rendered, contract};
use sightline_lake::{Lake, Session};
use sightline_model::edge::Edge;
use sightline_model::log::{LogGap, LogObject};
use sightline_model::{Coverage, Status};
use sightline_report::ocsf::Made;
use sightline_report::{
    EventOutputSpec, FixBlock, LogProblem, LogSource, Logs, OutputSpec, Report, ReportError, ReportedFinding, Scan,
};
use std::collections::BTreeMap;
use std::io::Write;

/// Gathers a report of these findings; without edges, those of the newest map.
///
/// # Errors
/// The lake cannot be read.
pub(crate) async fn report(
    lake: &Lake,
    findings: Vec<Told>,
    checks: &[Check],
    edges: Option<Vec<Edge>>,
    now: jiff::Timestamp,
) -> anyhow::Result<Report> {
    let session = super::session(lake).await?;
    let checks: BTreeMap<&str, &Check> = checks.iter().map(|check| (check.id.as_str(), check)).collect();
    let edges = match edges {
        Some(edges) => edges,
        None => session.sql("SELECT * FROM current_edge ORDER BY calls DESC, edge_id").await?.rows_as()?,
    };
    Ok(Report {
        generated_at: now,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scans: session.sql("SELECT * FROM current_scan ORDER BY account_id").await?.rows_as::<Scan>()?,
        coverage: session.sql("SELECT * FROM current_coverage").await?.rows_as::<Coverage>()?,
        findings: findings.into_iter().map(|told| with_fix(told, &checks)).collect(),
        checks: checks.into_iter().map(|(id, check)| (id.to_owned(), described(check))).collect(),
        edges,
        logs: logs(&session).await?,
        models: super::models::read(&session).await?,
        probes: super::probed::newest(&session).await?,
    })
}

/// Writes the report in each format, where each says.
///
/// # Errors
/// A place cannot be written to.
pub(crate) fn write(report: &Report, outputs: &[OutputSpec]) -> anyhow::Result<()> {
    for output in outputs {
        output.write(report, &mut std::io::stdout().lock())?;
        if let Some(path) = &output.path {
            crate::print::note(&format!("wrote {}", path.display()));
        }
        if let Some(step) = output.next_step() {
            crate::print::note(&step);
        }
    }
    Ok(())
}

/// Writes events where a command says; those of a file as a whole or not at all.
///
/// # Errors
/// The place cannot be written to, or what is told cannot be read.
pub(crate) fn write_events(
    output: &EventOutputSpec,
    fill: &mut dyn FnMut(&mut dyn Write) -> Result<(), ReportError>,
) -> anyhow::Result<()> {
    output.write(&mut crate::print::lines(), fill)?;
    if let Some(path) = &output.path {
        crate::print::note(&format!("wrote {}", path.display()));
    }
    Ok(())
}

/// What events tell of their maker.
pub(crate) fn made() -> Made {
    Made { at: crate::world::now(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

fn with_fix(told: Told, checks: &BTreeMap<&str, &Check>) -> ReportedFinding {
    let Told { finding, mute } = told;
    let fix = match checks.get(finding.check_id.as_str()) {
        Some(check) if finding.status == Status::Fail => {
            sightline_check::fix(check, &finding).into_iter().map(block).collect()
        }
        _ => Vec::new(),
    };
    ReportedFinding { finding, fix, mute }
}

/// A block of a fix as reports have it.
pub(crate) fn block(part: Rendered) -> FixBlock {
    match part {
        Rendered::Prose { text } => FixBlock { language: "text".to_owned(), text },
        Rendered::Block { language, text } => FixBlock { language, text },
    }
}

/// What reports tell of a check.
pub(crate) fn described(check: &Check) -> sightline_report::Check {
    sightline_report::Check {
        references: contract::references(check).into_iter().filter(|link| link.starts_with("https://")).collect(),
        id: check.id.clone(),
        title: check.declaration.title.clone(),
        severity: check.declaration.severity,
        rationale: check.about.clone(),
        frameworks: check.frameworks.clone(),
    }
}

async fn logs(session: &Session) -> anyhow::Result<Logs> {
    let sources = "SELECT source, count(*) AS objects, coalesce(sum(size), 0) AS bytes, \
                   coalesce(sum(records), 0) AS records, coalesce(sum(rejects), 0) AS rejects \
                   FROM log_object GROUP BY source ORDER BY source";
    let problems = "SELECT * FROM log_object WHERE status IN ('partial', 'unreadable') ORDER BY uri";
    // What came late is there.
    let gaps = "SELECT * FROM log_gap WHERE reason <> 'LATE' ORDER BY first_seen, subject";
    let problems: Vec<LogObject> = session.sql(problems).await?.rows_as()?;
    Ok(Logs {
        sources: session.sql(sources).await?.rows_as::<LogSource>()?,
        problems: problems.into_iter().map(problem).collect(),
        gaps: session.sql(gaps).await?.rows_as::<LogGap>()?,
    })
}

fn problem(object: LogObject) -> LogProblem {
    let first = object.reject_samples.first().map(|reject| format!("line {}: {}", reject.line, reject.reason));
    LogProblem {
        error: if object.error.is_empty() { first.unwrap_or_default() } else { object.error },
        uri: object.uri,
        source: object.source,
        status: object.status,
        rejects: object.rejects,
    }
}
