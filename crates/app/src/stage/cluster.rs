//! The cluster of this run, where there is one: every lake that is opened gives its queries to it.

use crate::config::Config;
use crate::{print, world};
use anyhow::Context as _;
use sightline_lake::Cluster;
use sightline_lake::cluster::{ClusterOptions, PARTS, SMALLEST, VERSION};
use std::sync::{Arc, OnceLock};

/// One cluster a run: what was run where is told once, at its end.
static CLUSTER: OnceLock<Arc<Cluster>> = OnceLock::new();

/// Takes the cluster that the flag, the environment or the file names. Nothing is asked of it yet.
///
/// # Errors
/// What is named is no scheduler's address.
pub(crate) fn begin(named: Option<&str>, config: &Config) -> anyhow::Result<()> {
    let written = &config.cluster;
    let Some(url) = named.or(written.url.as_deref()).filter(|url| !url.is_empty()) else { return Ok(()) };
    let cluster = Cluster::new(ClusterOptions {
        url: url.to_owned(),
        session: format!("client-{:016x}", world::seed()),
        smallest: written.smallest_mb.map_or(SMALLEST, |mb| mb.saturating_mul(1 << 20)),
        parts: written.parts.unwrap_or(PARTS),
        version: VERSION.to_owned(),
    })
    .context("cannot use `--cluster`")?;
    // A second one in a process comes from nowhere.
    drop(CLUSTER.set(Arc::new(cluster)));
    Ok(())
}

/// The cluster of this run.
pub(crate) fn of_this_run() -> Option<Arc<Cluster>> {
    CLUSTER.get().cloned()
}

/// Says what was run where. Queries that could not be sent are told with the reason.
pub(crate) fn tell() {
    let Some(cluster) = CLUSTER.get() else { return };
    let runs = cluster.runs();
    let kept_here: u64 = runs.kept_here.values().sum();
    if runs.sent + runs.small + kept_here == 0 {
        return;
    }
    print::note(&format!("cluster {}: {} queries there, {} small ones here", cluster.url(), runs.sent, runs.small));
    if runs.begun_again > 0 {
        print::warning(&format!("executors were lost: {} times a query began again", runs.begun_again));
    }
    for (reason, count) in &runs.kept_here {
        print::warning(&format!("{count} queries were run here, not on the cluster: {reason}"));
    }
}
