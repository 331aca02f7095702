//! Removes files that no table names any more.

use super::turns::{Turns, named};
use super::{Came, Desk};
use crate::stage::upkeep;
use crate::world;
use futures::FutureExt as _;
use serde::{Deserialize, Serialize};
use sightline_model::LakeTable;
use utoipa::ToSchema;

/// Whose files are removed, as `sightline lake vacuum` does it. They do not come back: without `dry_run` this wants the role `admin`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = VacuumJob)]
pub(crate) struct Vacuum {
    /// Tables of the lake; all where none is named
    tables: Vec<String>,
    /// Keep what is younger than so many hours: longer than any scan or batch takes
    #[schema(minimum = 1, maximum = 8760)]
    older_than_hours: u32,
    /// Count what would be removed, and remove nothing
    pub(super) dry_run: bool,
}

impl Default for Vacuum {
    fn default() -> Self {
        Self { tables: vec![], older_than_hours: upkeep::KEPT_HOURS, dry_run: false }
    }
}

impl Vacuum {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        upkeep::hours(Some(self.older_than_hours)).map_err(|words| anyhow::anyhow!("`older_than_hours`: {words}"))?;
        self.chosen().map(drop)
    }

    fn chosen(&self) -> anyhow::Result<Vec<&'static LakeTable>> {
        upkeep::chosen(&named(&self.tables)?, |_| true, "")
    }

    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        let (lake, dry) = (desk.app.lake(), self.dry_run);
        let before = upkeep::hours_before(world::now(), self.older_than_hours)?;
        let verb = if dry { "counting files that nobody names of" } else { "removing files that nobody names of" };
        let work = self.chosen()?.into_iter().map(|table| (table, ()));
        let each = |table, ()| upkeep::vacuum(lake, table, before, dry).boxed();
        Turns::of(desk, verb, work, each, |_| true).await?.came(dry)
    }
}
