//! Works out who may use which AI.

use super::{Came, Desk};
use crate::stage;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Everybody whom the newest scans saw; it takes nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = AccessJob)]
pub(crate) struct Access {}

impl Access {
    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        desk.told.tell(|told| told.stage = "reading policies".to_owned());
        let asked = stage::access::from_lake(desk.app.lake()).await?;
        desk.told.tell(|told| told.stage = "asking who may".to_owned());
        let rows = stage::access::evaluate(desk.app.lake(), &asked).await?;
        let problems = asked.inventory.problems.len();
        Came::to(&json!({ "rows": rows.len(), "not_understood": problems }), problems > 0)
    }
}
