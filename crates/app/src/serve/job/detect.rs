//! Looks for abuse of models in the logs.

use super::{Came, Desk};
use crate::since::Since;
use crate::stage;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sightline_check::detect;
use utoipa::ToSchema;

/// Over which time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = DetectJob)]
pub(crate) struct Detect {
    /// What happened since then: an age before the newest record (`24h`, `7d`) or a time
    since: String,
}

impl Default for Detect {
    fn default() -> Self {
        Self { since: "24h".to_owned() }
    }
}

impl Detect {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.since().map(drop)
    }

    fn since(&self) -> anyhow::Result<Since> {
        self.since.parse().map_err(anyhow::Error::msg)
    }

    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        let detections = detect::detections()?;
        desk.told.tell(|told| told.stage = format!("running {} detections", detections.len()));
        let (window, detected) = stage::detect::detect(desk.app.lake(), &detections, &self.since()?, None).await?;
        let missing = &detected.not_assessed;
        let told = json!({ "from": window.from, "until": window.until, "cases": detected.cases.len(), "not_assessed": missing });
        Came::to(&told, !missing.is_empty())
    }
}
