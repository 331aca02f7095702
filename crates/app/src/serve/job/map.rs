//! Makes the map out of what was read.

use super::{Came, Desk};
use crate::stage::discover::{Asked, discover_all};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// The newest map; it takes nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = MapJob)]
pub(crate) struct Map {}

impl Map {
    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        desk.told.tell(|told| told.stage = "joining logs and inventory".to_owned());
        let held = desk.app.held();
        let asked = Asked::new(&held.config, None, desk.app.now())?;
        let found = discover_all(desk.app.lake(), &asked).await?;
        let unread = &found.self_hosted_unread;
        Came::to(
            &json!({ "edges": found.edges.len(), "self_hosted_models": found.self_hosted.len(), "unread": unread }),
            !unread.is_empty(),
        )
    }
}
