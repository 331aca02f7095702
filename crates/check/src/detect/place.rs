//! Where events stand in the logs: queries over sums of many events name their first one alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sightline_lake::{LakeError, Session};

use crate::detect::group::Seen;
use crate::detect::macros::{DetectionWindow, expanded};

/// Events that are looked up at once.
const MOST: usize = 2_000;

const PLACES: &str = "select event_id, object, line from api_call where event_time >= $from and event_time < $until and event_id in ($ids) \
     union all select request_id, object, line from model_invocation where event_time >= $from and event_time < $until and request_id in ($ids)";

#[derive(Deserialize)]
struct Place {
    event_id: String,
    object: String,
    line: i64,
}

/// Adds object and line where only the event is known. What is not found stays as it is.
///
/// # Errors
/// The logs cannot be read.
pub(crate) async fn fill(session: &Session, window: &DetectionWindow, signals: &mut [Seen]) -> Result<(), LakeError> {
    let unplaced = |seen: &Seen| -> Vec<String> {
        let places = seen.row.places.iter().filter(|place| place.object.is_empty());
        places.map(|place| place.event_id.clone()).collect()
    };
    let wanted: BTreeSet<String> = signals.iter().flat_map(unplaced).collect();
    let wanted: Vec<String> = wanted.iter().map(|id| format!("'{}'", id.replace('\'', "''"))).collect();
    let mut found: BTreeMap<String, Place> = BTreeMap::new();
    for ids in wanted.chunks(MOST) {
        let ids = ids.join(", ");
        let sql = expanded(PLACES, window, &|name| (name == "ids").then(|| ids.clone()));
        let places: Vec<Place> = session.sql(&sql).await?.rows_as()?;
        found.extend(places.into_iter().map(|place| (place.event_id.clone(), place)));
    }
    for place in signals.iter_mut().flat_map(|seen| &mut seen.row.places).filter(|place| place.object.is_empty()) {
        if let Some(known) = found.get(&place.event_id) {
            place.object.clone_from(&known.object);
            place.line = known.line;
        }
    }
    Ok(())
}
