//! Maps of days in the past: each is made when it is first asked for, and a few are held.

use super::held::Held;
use super::page::Rows;
use super::problem::Problem;
use super::state::App;
use crate::stage::discover::{Asked, discover_all};
use crate::world;
use jiff::civil::Date;
use sightline_model::edge::Edge;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The first day that logs may be of: AWS is younger.
const FIRST: Date = jiff::civil::date(2006, 1, 1);

/// Days that are held.
const HELD: usize = 14;

/// Maps by day, the one that was asked for last at the end. Locked while one is made, which takes both processors anyway.
#[derive(Default)]
pub(crate) struct Past(Mutex<Vec<Kept>>);

/// A day, the state of the lake that it was made of, and its map.
type Kept = (Date, Arc<Held>, Arc<Rows<Edge>>);

/// The edges of a day.
///
/// # Errors
/// The day lies outside of all time; the lake cannot be read.
pub(crate) async fn edges(app: &App, held: &Arc<Held>, day: Date) -> Result<Arc<Rows<Edge>>, Problem> {
    // Logs of other days there cannot be, and their time may not fit where it is kept.
    if day < FIRST || day > world::today() {
        return Err(Problem::bad(format!("`at` is {day}: it must be {FIRST} to today")));
    }
    let mut kept = app.past().0.lock().await;
    // Of a lake that was written since, the day may look otherwise.
    kept.retain(|(_, of, _)| Arc::ptr_eq(of, held));
    if let Some((_, _, edges)) = kept.iter().find(|(of, _, _)| *of == day) {
        return Ok(Arc::clone(edges));
    }
    let asked = Asked::new(&held.config, Some(day), app.now()).map_err(|error| Problem::bad(error.to_string()))?;
    let found = Box::pin(discover_all(app.lake(), &asked)).await?;
    let edges = Arc::new(Held::in_order(found.edges));
    if kept.len() >= HELD {
        kept.remove(0);
    }
    kept.push((day, Arc::clone(held), Arc::clone(&edges)));
    Ok(edges)
}
