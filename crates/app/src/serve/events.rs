//! What happens, for those who listen: jobs that begin, go on and end, and what is new in the lake.

use super::db::job::Job;
use super::held::Held;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// `job`, `lake`
    pub(crate) name: &'static str,
    pub(crate) data: Value,
}

impl Event {
    /// A job begins, goes on or ends.
    pub(crate) fn job(job: &Job) -> Self {
        let Job { id, kind, account, status, progress, error, .. } = job;
        let data = json!({ "id": id, "kind": kind, "account": account, "status": status, "progress": progress, "error": error });
        Self { name: "job", data }
    }

    /// The lake was written: how many open findings, edges and cases there are now that were not before.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn lake(before: &Held, now: &Held) -> anyhow::Result<Self> {
        let (old, new) = (before.findings().await?, now.findings().await?);
        let known: HashSet<&str> = old.iter().filter(|row| row.counts()).map(|row| &*row.fingerprint).collect();
        let findings = new.iter().filter(|row| row.counts() && !known.contains(&*row.fingerprint)).count();
        let known: HashSet<&str> = before.edges().await?.iter().map(|edge| edge.edge_id.as_str()).collect();
        let edges = now.edges().await?.iter().filter(|edge| !known.contains(edge.edge_id.as_str())).count();
        let known: HashSet<&str> = before.cases().await?.iter().map(|case| case.case_id.as_str()).collect();
        let cases = now.cases().await?.iter().filter(|case| !known.contains(case.case_id.as_str())).count();
        let data = json!({ "new_findings": findings, "new_edges": edges, "new_cases": cases });
        Ok(Self { name: "lake", data })
    }

    /// As an event stream has it.
    pub(crate) fn text(&self) -> String {
        // JSON in a line has no line breaks.
        format!("event: {}\ndata: {}\n\n", self.name, self.data)
    }
}
