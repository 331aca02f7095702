//! Blind spots: which telemetry shows which plane of inference where, since when, and what cannot be seen.
//!
//! For every account and region that a scan or a log knows, two things are put side by side: what is made, as the inventory's
//! configuration says, and what was read, as the lake's rows say. Where they disagree the row says so: a log that is made and was
//! not read shows nothing here; one that was read and is not made any more ends with its last record. What could not be looked at
//! is `unknown`, and names the call. Holes of what was read are rows with a beginning and an end. What nothing could show is stated
//! once, without account and region.
//!
//! One file a kind of telemetry. Each adds rows to `Spots`; `verdict` holds the rule by which the two sides are weighed.

mod capture;
mod cluster;
mod flow;
mod hole;
mod idle;
mod inventory;
mod invocation;
mod place;
mod recorded;
mod resolver;
mod row;
mod seen;
mod structural;
mod trail;
mod verdict;
mod vpc;

use sightline_lake::Session;
use sightline_model::{BlindSpot, RunId};

use crate::coverage::Coverage;
use crate::{DiscoverError, Window};
use place::Places;
use row::Spots;
use seen::Seen;

/// What every kind of telemetry is told by.
struct Ground<'s> {
    session: &'s Session,
    window: Window,
    coverage: Coverage,
    places: Places,
    seen: Seen,
}

/// The blind spots in the window, the worst first.
///
/// # Errors
/// A query fails. That something was not collected is no error.
pub async fn blind_spots(session: &Session, run: &RunId, window: Window) -> Result<Vec<BlindSpot>, DiscoverError> {
    let seen = Seen::read(session, &window).await?;
    let coverage = Coverage::read(session).await?;
    let places = Places::read(session, &seen).await?;
    let ground = Ground { session, window, coverage, places, seen };
    let mut spots = Spots::new(run, window.until);
    trail::tell(&ground, &mut spots).await?;
    invocation::tell(&ground, &mut spots).await?;
    capture::tell(&ground, &mut spots).await?;
    flow::tell(&ground, &mut spots).await?;
    resolver::tell(&ground, &mut spots).await?;
    cluster::tell(&ground, &mut spots).await?;
    inventory::tell(&ground, &mut spots).await?;
    hole::tell(&ground, &mut spots).await?;
    structural::tell(&mut spots);
    Ok(spots.finish())
}
