//! The places that an edge is proved by: of many, the first and the last.

use crate::group::Place;

/// The first and the last that are kept.
const FIRST: usize = 3;
const LAST: usize = 2;

/// Places in the order of time, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Vec<Place>);

impl Places {
    pub(crate) fn add(&mut self, place: Place) {
        let order = |place: &Place| {
            (place.at, place.evidence.event_id.clone(), place.evidence.object.clone(), place.evidence.line)
        };
        let key = order(&place);
        let Err(at) = self.0.binary_search_by(|other| order(other).cmp(&key)) else { return };
        self.0.insert(at, place);
        if self.0.len() > FIRST + LAST {
            self.0.remove(FIRST);
        }
    }

    pub(crate) fn extend(&mut self, places: impl IntoIterator<Item = Place>) {
        places.into_iter().for_each(|place| self.add(place));
    }

    pub(crate) fn first(&self) -> impl Iterator<Item = &Place> {
        self.0.iter().take(FIRST)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Place> {
        self.0.iter()
    }
}

impl IntoIterator for Places {
    type Item = Place;
    type IntoIter = std::vec::IntoIter<Place>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
