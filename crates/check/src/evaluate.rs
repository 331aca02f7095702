//! Runs checks over a lake.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sightline_lake::{LakeError, Session};
use sightline_model::{Finding, LakeTable, RunId};

use crate::CheckError;
use crate::check::Check;
use crate::gap::Inspected;
use crate::judge::{Judge, Row};
use crate::query;

/// What an evaluation takes from its caller.
pub struct Context<'a> {
    /// the evaluation's id
    pub run: &'a RunId,
    /// ages are counted back from here
    pub now: Timestamp,
    /// the IAM actions that collecting a table needs, to name them where a table was never collected
    pub actions_of: &'a (dyn Fn(&str) -> Vec<String> + Send + Sync),
}

/// Runs the checks over the newest finished scan of each account. Sorted by check, account, region and resource.
///
/// A check that cannot run gives `unknown` and does not stop the others.
///
/// # Errors
/// [`CheckError::NoScan`] where there is nothing to judge; [`CheckError::Lake`] where coverage cannot be read.
pub async fn evaluate(session: &Session, checks: &[Check], context: &Context<'_>) -> Result<Vec<Finding>, CheckError> {
    let inspected = Inspected::read(session).await?;
    let mut findings = Vec::new();
    for check in checks {
        let judge = Judge { check, inspected: &inspected, context };
        match run(session, check, context).await {
            Ok((rows, tables)) => findings.extend(judge.findings(rows, &inspected.gaps(&tables, context.actions_of))),
            Err(error) => findings.extend(judge.failed(&error.to_string())),
        }
    }
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
    Ok(findings)
}

/// The inventory tables that the check reads. Tables that stages write themselves (logs, edges) are not among them:
/// scans do not cover them, and a check may draw only further evidence from them, never a pass.
///
/// # Errors
/// The query does not parse.
pub fn tables(session: &Session, check: &Check, now: Timestamp) -> Result<BTreeSet<String>, LakeError> {
    let mut tables = session.tables_of(&query::statement(check, now))?;
    tables.retain(|table| LakeTable::by_name(table).is_none() && !table.starts_with("current_"));
    tables.insert(check.declaration.resource.clone());
    Ok(tables)
}

pub(crate) async fn run(
    session: &Session,
    check: &Check,
    context: &Context<'_>,
) -> Result<(Vec<Row>, BTreeSet<String>), LakeError> {
    let tables = tables(session, check, context.now)?;
    let rows = session.sql(&query::statement(check, context.now)).await?.rows_as()?;
    Ok((rows, tables))
}

fn key(finding: &Finding) -> (&str, &str, &str, &str) {
    (&finding.check_id, &finding.account_id, &finding.region, &finding.resource)
}
