//! The checks over the lake: findings, made anew and kept.

use super::probed;
use crate::world;
use sightline_check::{Check, CheckError, Context, MEMORY, evaluate as run_checks};
use sightline_lake::Lake;
use sightline_model::{Finding, lake_table};

/// Runs the checks over the newest scan of each account, and keeps what they found, beside what runs of probes say.
///
/// # Errors
/// There is no scan; the lake cannot be read or written.
pub(crate) async fn evaluate(lake: &Lake, checks: &[Check]) -> anyhow::Result<Vec<Finding>> {
    let catalogue = super::catalogue()?;
    let session = lake.session(&catalogue.schemas()).await?;
    let actions_of = |table: &str| catalogue.actions_of(table).into_iter().collect::<Vec<_>>();
    let run = world::new_run();
    let now = world::now();
    let (families, queries): (Vec<&Check>, Vec<&Check>) = checks.iter().partition(|check| probed::is_family(check));
    let of_probes = probed::findings(&session, &families, &run, now).await?;
    let context = Context { run: &run, now, actions_of: &actions_of, memory: MEMORY };
    let queries: Vec<Check> = queries.into_iter().cloned().collect();
    let mut findings = match run_checks(&session, &queries, &context).await {
        // A model can be probed without a scan; what checks would say is not left out unless that was asked for.
        Err(CheckError::NoScan) if queries.is_empty() => Vec::new(),
        Err(CheckError::NoScan) if !of_probes.is_empty() => {
            anyhow::bail!("{}; runs of probes alone: `sightline findings --select probe`", CheckError::NoScan);
        }
        other => other?,
    };
    findings.extend(of_probes);
    lake.append(lake_table::FINDING, &findings).await?;
    Ok(findings)
}
