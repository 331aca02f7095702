//! The accounts and regions that scans and logs know.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sightline_lake::Session;

use super::seen::Seen;
use crate::DiscoverError;
use crate::query::{Query, query};

/// What is known of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// a scan asked there
    pub(super) is_scanned: bool,
    /// something is there that is, or may call, a model; or a log is of there
    pub(super) is_used: bool,
}

/// Account and region → what is known.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<(String, String), Known>);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    region: String,
}

impl Places {
    pub(super) async fn read(session: &Session, seen: &Seen) -> Result<Self, DiscoverError> {
        let read = async |query: Query| -> Result<Vec<(String, String)>, DiscoverError> {
            let rows: Vec<Row> = query.rows(session).await?;
            let is_place = |row: &Row| !row.account_id.is_empty() && !["", "global"].contains(&row.region.as_str());
            Ok(rows.into_iter().filter(is_place).map(|row| (row.account_id, row.region)).collect())
        };
        let mut places: BTreeMap<(String, String), Known> = BTreeMap::new();
        for place in read(query!("blind_spot/region")).await? {
            places.entry(place).or_default();
        }
        for place in read(query!("blind_spot/scanned")).await? {
            places.entry(place).or_default().is_scanned = true;
        }
        for place in read(query!("blind_spot/used")).await? {
            places.entry(place).or_default().is_used = true;
        }
        for (account, region) in seen.places() {
            if !account.is_empty() && !region.is_empty() {
                places.entry((account.clone(), region.clone())).or_default().is_used = true;
            }
        }
        Ok(Self(places))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&(String, String), Known)> {
        self.0.iter().map(|(place, known)| (place, *known))
    }

    /// Those where telemetry matters.
    pub(super) fn used(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(|(_, known)| known.is_used).map(|(place, _)| place)
    }

    pub(super) fn accounts(&self) -> BTreeSet<&str> {
        self.0.keys().map(|(account, _)| account.as_str()).collect()
    }
}
