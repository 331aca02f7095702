//! The checks over the lake: findings, made anew and kept.

use crate::world;
use sightline_check::{Check, Context, MEMORY, evaluate as run_checks};
use sightline_lake::Lake;
use sightline_model::{Finding, lake_table};

/// Runs the checks over the newest scan of each account, and keeps what they found.
///
/// # Errors
/// There is no scan; the lake cannot be read or written.
pub(crate) async fn evaluate(lake: &Lake, checks: &[Check]) -> anyhow::Result<Vec<Finding>> {
    let catalogue = super::catalogue()?;
    let session = lake.session(&catalogue.schemas()).await?;
    let actions_of = |table: &str| catalogue.actions_of(table).into_iter().collect::<Vec<_>>();
    let run = world::new_run();
    let context = Context { run: &run, now: world::now(), actions_of: &actions_of, memory: MEMORY };
    let findings = run_checks(&session, checks, &context).await?;
    lake.append(lake_table::FINDING, &findings).await?;
    Ok(findings)
}
