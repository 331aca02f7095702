//! Takes old rows out of tables.

use super::turns::{Turns, wrong};
use super::{Came, Desk};
use crate::stage::upkeep::{self, Kept};
use crate::world;
use anyhow::ensure;
use futures::FutureExt as _;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// For how long rows are kept, as `sightline lake retain` has it. Rows that are taken out do not come back: without `dry_run` this wants the role
/// `admin`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = RetainJob)]
pub(crate) struct Retain {
    /// Tables of the lake, each with the days that its rows are kept, 1 to 36500: `{"flow": 90, "api_call": 400}`
    days: BTreeMap<String, u32>,
    /// Count what would be taken, and take nothing
    pub(super) dry_run: bool,
}

impl Retain {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.kept().map(drop)
    }

    fn kept(&self) -> anyhow::Result<Vec<Kept>> {
        ensure!(
            !self.days.is_empty(),
            "`days` names no table: say which, and for how many days, as in `{{\"flow\": 90}}`"
        );
        self.days
            .iter()
            .map(|(name, days)| upkeep::kept(name, Some(*days)).map_err(|words| wrong(name, &words)))
            .collect()
    }

    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        let (lake, now, dry) = (desk.app.lake(), world::now(), self.dry_run);
        let verb = if dry { "counting old rows of" } else { "taking old rows out of" };
        let work = self.kept()?.into_iter().map(|kept| (kept.table, kept));
        let each = |_, kept| upkeep::retain(lake, kept, now, dry).boxed();
        // Files that somebody else rewrote meanwhile are for the next run.
        Turns::of(desk, verb, work, each, |retained| retained.busy == 0).await?.came(dry)
    }
}
