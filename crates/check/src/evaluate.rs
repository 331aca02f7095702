//! Runs checks over a lake.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use sightline_lake::{LakeError, Session};
use sightline_model::{Finding, LakeTable, RunId};

use crate::CheckError;
use crate::check::Check;
use crate::gap::Inspected;
use crate::judge::Judge;
use crate::query;
use crate::run::Run;

/// What an evaluation takes from its caller.
pub struct Context<'a> {
    /// the evaluation's id
    pub run: &'a RunId,
    /// ages are counted back from here
    pub now: Timestamp,
    /// the IAM actions that collecting a table needs, to name them where a table was never collected
    pub actions_of: &'a (dyn Fn(&str) -> Vec<String> + Send + Sync),
    /// bytes of inventory, and as many of shared queries' rows, that are held in memory for the length of the run; what does
    /// not fit is read for each check anew
    pub memory: usize,
}

/// Bytes that are held where nothing else is asked for: many times what most accounts need.
pub const MEMORY: usize = 64 << 20;

/// Runs the checks over the newest finished scan of each account, as many at a time as there are cores. Sorted by check,
/// account, region and resource.
///
/// A check that cannot run gives `unknown` and does not stop the others.
///
/// # Errors
/// [`CheckError::NoScan`] where there is nothing to judge; [`CheckError::Lake`] where coverage cannot be read.
pub async fn evaluate(session: &Session, checks: &[Check], context: &Context<'_>) -> Result<Vec<Finding>, CheckError> {
    let inspected = Inspected::read(session).await?;
    let run = Arc::new(Run::new(session, checks, context.now, context.memory).await?);
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let mut answers = stream::iter(0..checks.len()).map(|place| Arc::clone(&run).spawn(place)).buffered(cores);
    let mut findings = Vec::new();
    for check in checks {
        let Some(answer) = answers.next().await else { break };
        let judge = Judge { check, inspected: &inspected, context };
        match answer {
            Ok((rows, read)) => {
                let tables = of_inventory(read, check);
                findings.extend(judge.findings(rows, &inspected.gaps(&tables, context.actions_of)));
            }
            Err(error) => findings.extend(judge.failed(&error)),
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

fn key(finding: &Finding) -> (&str, &str, &str, &str) {
    (&finding.check_id, &finding.account_id, &finding.region, &finding.resource)
}
