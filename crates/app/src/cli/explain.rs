//! `sightline explain ID`: every id that Sightline prints.

mod edge;

use super::Global;
use super::checks;
use super::own_checks::OwnChecks;
use crate::config::Config;
use crate::exit::Exit;
use crate::{print, stage, world};
use anyhow::bail;
use clap::Args;
use sightline_check::{Check, FixPart, Rendered};
use sightline_lake::Session;
use sightline_model::edge::Edge;
use sightline_model::untrusted::for_terminal;
use sightline_model::{Case, Finding};

/// Digits that an id may be cut to.
const SHORTEST: usize = 8;

/// Tell what an id means: a check, a prerequisite, a table, a finding's fingerprint, an edge, a case
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Such as `bedrock-invocation-logging-off`, `log-bucket`, `aws_iam_role`, or 32 hexadecimal digits, of which the first eight do
    id: String,
    #[command(flatten)]
    own: OwnChecks,
}

impl Explain {
    /// Explains from what ships with the product, then from what the lake holds.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let checks = stage::probed::with_families(self.own.load(&Config::load(global.config.as_deref())?)?);
        if let Some(check) = checks.iter().find(|check| check.id == self.id) {
            let is_family = stage::probed::is_family(check);
            let text = if is_family { family_text(check) } else { checks::explain::text(check)? };
            print::line(&lines(&text))?;
        } else if let Some(unit) = sightline_onboard::find(&self.id) {
            print::line(&super::onboard::prerequisite_text(unit))?;
        } else if let Some(text) = table_text(&self.id)? {
            print::line(&text)?;
        } else if (SHORTEST..=32).contains(&self.id.len()) && self.id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let lake = stage::open(&global.lake).await?;
            print::line(&lines(&stored(&stage::session(&lake).await?, &self.id, &checks).await?))?;
        } else {
            bail!(
                "nothing is named `{}`: give a check, a prerequisite, a table, or an id of 32 hexadecimal digits, or its first eight",
                self.id
            );
        }
        Ok(Exit::Clean)
    }
}

/// A family of probes: no query stands behind it.
fn family_text(check: &Check) -> String {
    let fix: String = check
        .fix
        .iter()
        .map(|part| match part {
            FixPart::Prose(text) | FixPart::Block { text, .. } => format!("{text}\n\n"),
        })
        .collect();
    format!(
        "{} ({}, {})\n\nRisk\n\n{}\n\nFrameworks\n{}\n\nJudged by runs of probes: `sightline probe list` has the prompts, \
        `sightline probe runs` the runs\n\nFix\n\n{fix}References\n\n{}",
        check.declaration.title,
        check.id,
        check.declaration.severity,
        check.about,
        checks::explain::frameworks(&check.frameworks),
        check.references
    )
}

fn table_text(name: &str) -> anyhow::Result<Option<String>> {
    let catalogue = stage::catalogue()?;
    let Some(schema) = catalogue.schemas().into_iter().find(|schema| schema.name == name) else { return Ok(None) };
    let columns: String = schema
        .columns
        .iter()
        .map(|column| format!("\n  {:40} {:?}", column.name, column.kind).to_lowercase())
        .collect();
    let actions = catalogue.actions_of(name).into_iter().collect::<Vec<_>>().join(" ");
    Ok(Some(format!("{name}\n\nRead with {actions}\n\nColumns, beside the standard ones:{columns}")))
}

async fn stored(session: &Session, id: &str, checks: &[Check]) -> anyhow::Result<String> {
    // The id is hexadecimal digits alone: it cannot leave its quotes.
    let findings: Vec<Finding> =
        session.sql(&format!("SELECT * FROM current_finding WHERE fingerprint LIKE '{id}%'")).await?.rows_as()?;
    // A run of probes prints ids before anybody asked for findings.
    let of_probes = sightline_probe::findings(session, &world::new_run(), world::now()).await?;
    let of_probes = of_probes.into_iter().filter(|finding| finding.fingerprint.starts_with(&id.to_lowercase()));
    let findings: Vec<Finding> = findings.into_iter().chain(of_probes).collect();
    if let Some(finding) = findings.first() {
        return Ok(finding_text(finding, checks));
    }
    let edges: Vec<Edge> =
        session.sql(&format!("SELECT * FROM current_edge WHERE edge_id LIKE '{id}%'")).await?.rows_as()?;
    match edges.as_slice() {
        [edge] => return edge::text(session, edge).await,
        [] => {}
        several => bail!("{} edges begin with `{id}`: give more of it", several.len()),
    }
    let cases: Vec<Case> =
        session.sql(&format!("SELECT * FROM current_case WHERE case_id LIKE '{id}%'")).await?.rows_as()?;
    match cases.first() {
        Some(case) => Ok(super::detect::explain::case_text(case)),
        None => bail!("no finding, no edge and no case of the newest runs has the id `{id}`"),
    }
}

fn finding_text(finding: &Finding, checks: &[Check]) -> String {
    let head = format!(
        "{} {}\n{} ({})\n\n{}\n\nresource  {}\naccount   {}\nregion    {}\n",
        finding.severity,
        finding.status,
        finding.title,
        finding.check_id,
        finding.reason,
        finding.resource,
        finding.account_id,
        finding.region
    );
    let Some(check) = checks.iter().find(|check| check.id == finding.check_id) else { return head };
    let fix: String = sightline_check::fix(check, finding)
        .into_iter()
        .map(|part| match part {
            Rendered::Prose { text } => format!("{text}\n\n"),
            Rendered::Block { language, text } => format!("{language}:\n{}\n\n", indented(&text)),
        })
        .collect();
    let frameworks = checks::explain::frameworks(&check.frameworks);
    format!(
        "{head}\nRisk\n\n{}\n\nFrameworks\n{frameworks}\n\nFix\n\n{fix}References\n\n{}",
        check.about, check.references
    )
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Line breaks are ours; what stands in a line may not be.
fn lines(text: &str) -> String {
    text.lines().map(for_terminal).collect::<Vec<_>>().join("\n")
}
