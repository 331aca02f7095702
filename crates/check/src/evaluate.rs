//! Runs checks over a lake.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
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
    let filled = Filled::read(session).await?;
    let mut findings = Vec::new();
    for check in checks {
        let judge = Judge { check, inspected: &inspected, context };
        match run(session, check, context, &filled).await {
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
    Ok(of_inventory(session.tables_of(&query::statement(check, now))?, check))
}

fn of_inventory(mut tables: BTreeSet<String>, check: &Check) -> BTreeSet<String> {
    tables.retain(|table| LakeTable::by_name(table).is_none() && !table.starts_with("current_"));
    tables.insert(check.declaration.resource.clone());
    tables
}

async fn run(
    session: &Session,
    check: &Check,
    context: &Context<'_>,
    filled: &Filled,
) -> Result<(Vec<Row>, BTreeSet<String>), LakeError> {
    let statement = query::statement(check, context.now);
    let read = session.tables_of(&statement)?;
    let rows = if filled.none_of(session, &read) { Vec::new() } else { session.sql(&statement).await?.rows_as()? };
    Ok((rows, of_inventory(read, check)))
}

/// Inventory tables that have rows. A query over tables that have none has none: most accounts use few of AWS's services, and
/// planning a query is most of what a check costs.
// INVARIANT: over an empty account no check's query gives a row; `over_an_empty_account_a_check_says_nothing` holds it.
struct Filled(BTreeSet<String>);

impl Filled {
    async fn read(session: &Session) -> Result<Self, LakeError> {
        #[derive(Deserialize)]
        struct Name {
            table_name: String,
        }
        let names: Vec<Name> = session.sql("select distinct table_name from current_resource").await?.rows_as()?;
        Ok(Self(names.into_iter().map(|name| name.table_name).collect()))
    }

    fn none_of(&self, session: &Session, tables: &BTreeSet<String>) -> bool {
        let is_inventory = |table: &str| table.starts_with("aws_") || table.starts_with("kubernetes_");
        tables.iter().all(
            |table| {
                if is_inventory(table) { !self.0.contains(table) } else { session.is_unwritten(table) }
            },
        )
    }
}

fn key(finding: &Finding) -> (&str, &str, &str, &str) {
    (&finding.check_id, &finding.account_id, &finding.region, &finding.resource)
}
