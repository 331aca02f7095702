//! Runs of probes beside the checks: each family as a check that others can be told of, and runs as reports tell them.

mod compared;
mod told;

pub(crate) use compared::{Verdict, verdict};
pub(crate) use told::{newest, report};

use jiff::Timestamp;
use sightline_check::{Check, Declaration, FailsOn, FixPart, Scope};
use sightline_lake::Session;
use sightline_model::{Finding, RunId};
use sightline_probe::{Family, families};
use std::collections::BTreeMap;

/// What stands for the query's tables: such a check is no query, and nothing but the runs of probes is read for it.
const TABLE: &str = "probe_attempt";

/// Keys of the catalogues that probes name, as frameworks of checks.
const FRAMEWORKS: &[(&str, &str)] =
    &[("owasp", "owasp-llm-2025"), ("atlas", "mitre-atlas"), ("nist_ai_rmf", "nist-ai-rmf")];

/// These checks and the families of probes, so that all of them can be selected, muted, explained and reported alike.
pub(crate) fn with_families(mut checks: Vec<Check>) -> Vec<Check> {
    checks.extend(families().iter().map(check));
    checks
}

/// Whether this is a family of probes: no query of the lake.
pub(crate) fn is_family(check: &Check) -> bool {
    check.declaration.resource == TABLE
}

/// What all runs of probes say, of these families alone.
///
/// # Errors
/// The lake cannot be read.
pub(crate) async fn findings(
    session: &Session,
    families: &[&Check],
    evaluation: &RunId,
    now: Timestamp,
) -> anyhow::Result<Vec<Finding>> {
    if families.is_empty() {
        return Ok(Vec::new());
    }
    let mut findings = sightline_probe::findings(session, evaluation, now).await?;
    findings.retain(|finding| families.iter().any(|check| check.id == finding.check_id));
    Ok(findings)
}

/// The requirements by the names of frameworks.
fn frameworks<'a>(of: impl Fn(&str) -> Option<&'a [String]>) -> BTreeMap<String, Vec<String>> {
    let named = |(key, framework): &(&str, &str)| {
        let ids = of(key).filter(|ids| !ids.is_empty())?;
        Some(((*framework).to_owned(), ids.to_vec()))
    };
    FRAMEWORKS.iter().filter_map(named).collect()
}

fn check(family: &Family) -> Check {
    let frameworks = frameworks(|key| family.requirements.get(key).map(Vec::as_slice));
    Check {
        id: family.check_id(),
        file: format!("probes of the family {}", family.id),
        declaration: Declaration {
            title: family.title.clone(),
            severity: family.severity,
            services: vec!["probe".to_owned()],
            resource: TABLE.to_owned(),
            frameworks: frameworks.clone(),
            no_framework: None,
            fails_on: FailsOn::Presence,
            scope: Scope::Row,
            params: BTreeMap::new(),
        },
        frameworks,
        about: family.about.clone(),
        sql: String::new(),
        sql_line: 1,
        shared: Vec::new(),
        fix: vec![FixPart::Prose(family.fix.clone())],
        references: family.references.iter().map(|page| format!("- {page}\n")).collect(),
        cases: Vec::new(),
    }
}
