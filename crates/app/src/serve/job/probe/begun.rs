//! What the lake has of the runs that an earlier job began.

use super::super::Desk;
use sightline_probe::{Attempt, ProbeRun, recorded, runs};
use std::collections::BTreeSet;

/// A run that was begun, with the attempts that were kept.
pub(super) struct Begun {
    pub(super) run: ProbeRun,
    pub(super) attempts: Vec<Attempt>,
}

impl Begun {
    /// In the order in which they were begun. One that was killed before its first row was written is begun anew.
    ///
    /// # Errors
    /// The lake cannot be read, or one of the runs is run by another process.
    pub(super) async fn read(desk: &Desk) -> anyhow::Result<Vec<Self>> {
        let Some(before) = &desk.resumes else { return Ok(Vec::new()) };
        // Opened now: what is held may be a second old.
        let session = desk.app.lake().session(&[]).await?;
        let known: BTreeSet<String> = runs(&session).await?.into_iter().map(|run| run.run_id).collect();
        let mut begun = Vec::new();
        for id in before.runs.iter().filter(|id| known.contains(*id)) {
            // A run that still runs must not go on twice.
            drop(desk.app.lake().lock(&format!("probe-{id}"), "looking whether it runs")?);
            let (run, attempts) = recorded(&session, id).await?;
            begun.push(Self { run, attempts });
        }
        Ok(begun)
    }
}
