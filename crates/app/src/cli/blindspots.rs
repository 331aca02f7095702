//! `sightline blindspots`: what the map cannot show, where, since when, and what would.

mod grouped;

use super::Global;
use crate::exit::Exit;
use crate::since::Since;
use crate::{print, stage, world};
use clap::Args;
use sightline_discover::Window;
use sightline_model::{BlindSpot, Sight, lake_table};

/// Tell which calls and connections could not be seen: by account, region and way to a model, since when, and what would show them
#[derive(Debug, Args)]
#[command(
    after_help = "A fix of one word is a prerequisite: `sightline onboard explain WORD` tells of it, `sightline onboard terraform WORD` writes it.\n\
     Exit status: 0 everything is seen that could be, 3 something is not, or nobody could look. What nothing in AWS shows is told and does not count."
)]
pub(crate) struct BlindSpots {
    /// Leave out what was before: a time (`2026-11-01T00:00:00Z`) or an age (`7d`)
    #[arg(long, value_name = "TIME|AGE")]
    since: Option<Since>,
    /// Show what is seen too, and every row
    #[arg(long)]
    all: bool,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

impl BlindSpots {
    /// Looks, keeps the rows, and prints.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let now = world::now();
        let from = self.since.as_ref().map(|since| since.before(now)).transpose()?;
        let session = stage::session(&lake).await?;
        let window = Window { from, until: now };
        let spots = sightline_discover::blind_spots(&session, &world::new_run(), window).await?;
        lake.append(lake_table::BLIND_SPOT, &spots).await?;
        if self.json {
            let shown: Vec<&BlindSpot> = spots.iter().filter(|spot| self.all || spot.sight != Sight::Seen).collect();
            print::json(&shown)?;
        } else {
            grouped::show(&spots, self.all)?;
        }
        let is_open = spots.iter().any(|spot| spot.sight != Sight::Seen && !grouped::is_of_nature(spot));
        Ok(if is_open { Exit::Incomplete } else { Exit::Clean })
    }
}
