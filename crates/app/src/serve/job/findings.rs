//! Runs the checks.

use super::{Came, Desk};
use crate::stage;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sightline_model::Status;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// All checks, over the newest scans; it takes nothing: a run of some checks would hide the findings of the others.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = FindingsJob)]
pub(crate) struct Findings {}

impl Findings {
    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        let held = desk.app.held();
        desk.told.tell(|told| told.stage = format!("running {} checks", held.checks.len()));
        let findings = stage::evaluate::evaluate(desk.app.lake(), &held.checks).await?;
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for finding in &findings {
            *counts.entry(finding.status.as_str()).or_default() += 1;
        }
        let unknown = findings.iter().any(|finding| finding.status == Status::Unknown);
        Came::to(&json!({ "findings": counts }), unknown)
    }
}
