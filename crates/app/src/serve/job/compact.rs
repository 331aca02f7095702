//! Puts small files of tables together.

use super::turns::{Turns, named};
use super::{Came, Desk};
use crate::stage::upkeep;
use futures::FutureExt as _;
use serde::{Deserialize, Serialize};
use sightline_model::LakeTable;
use utoipa::ToSchema;

/// Whose files are put together, as `sightline lake compact` does it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = CompactJob)]
pub(crate) struct Compact {
    /// Tables of the lake, such as `flow`; all whose files are not parted by a column where none is named
    tables: Vec<String>,
}

impl Compact {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.chosen().map(drop)
    }

    fn chosen(&self) -> anyhow::Result<Vec<&'static LakeTable>> {
        upkeep::to_compact(&named(&self.tables)?)
    }

    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        let lake = desk.app.lake();
        let work = self.chosen()?.into_iter().map(|table| (table, ()));
        let turns =
            Turns::of(desk, "compacting", work, |table, ()| upkeep::compact(lake, table).boxed(), |_| true).await?;
        turns.came(false)
    }
}
