//! The newest versions of a bucket's tables that this process knows of, looked for anew now and then: a listing a table costs money.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::{StreamExt, stream};
use object_store::ObjectStore;
use object_store::path::Path as StorePath;
use sightline_model::lake_table;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::place::Place;

/// How long what was found is taken for what is there.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Tables that are looked at together.
const AT_ONCE: usize = 8;

/// Clones are the same marks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    versions: BTreeMap<&'static str, u64>,
    looked: Option<Instant>,
}

impl Marks {
    /// A version that was read or written. Versions only grow.
    pub(crate) fn saw(&self, table: &'static str, version: Option<u64>) {
        let Some(version) = version else { return };
        let mut state = self.state();
        let known = state.versions.entry(table).or_default();
        *known = version.max(*known);
    }

    /// What is known; where that is old, others are looked for meanwhile.
    pub(crate) fn known(&self, place: &Place) -> BTreeMap<&'static str, u64> {
        let mut state = self.state();
        let is_old = state.looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY);
        if is_old && let Ok(runtime) = Handle::try_current() {
            state.looked = Some(Instant::now());
            runtime.spawn(look(self.clone(), place.clone()));
        }
        state.versions.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lists what each table's log has beyond what is known.
async fn look(marks: Marks, place: Place) {
    let mut looks = Vec::with_capacity(lake_table::ALL.len());
    for table in lake_table::ALL {
        looks.push(look_at(marks.clone(), place.clone(), table.name));
    }
    stream::iter(looks).buffer_unordered(AT_ONCE).collect::<()>().await;
}

async fn look_at(marks: Marks, place: Place, table: &'static str) {
    let log = place.path(table).join("_delta_log");
    let known = marks.state().versions.get(table).copied();
    let store = place.store();
    let mut listed = match known {
        Some(version) => store.list_with_offset(Some(&log), &log.clone().join(format!("{version:020}.json"))),
        None => store.list(Some(&log)),
    };
    while let Some(found) = listed.next().await {
        // Who reads the table learns what is wrong with it.
        let Ok(found) = found else { return };
        marks.saw(table, version_of(&found.location));
    }
}

fn version_of(commit: &StorePath) -> Option<u64> {
    commit.filename()?.strip_suffix(".json")?.parse().ok()
}
