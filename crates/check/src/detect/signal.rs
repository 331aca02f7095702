//! What the queries of detections give.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use sightline_model::Evidence;
use sightline_model::untrusted::shortened;

/// Characters of a sentence that are kept: names in it are others' choice.
const LONGEST: usize = 400;
/// Values of a list that are kept.
const MOST: usize = 20;

/// One row of a detection's query: what one identity did in one stretch of time.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Row {
    pub(crate) identity: String,
    pub(crate) account_id: String,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
    pub(crate) events: i64,
    /// those that were not refused
    pub(crate) succeeded: i64,
    pub(crate) reason: String,
    /// in place of the declared one
    #[serde(default)]
    pub(crate) weight: Option<i64>,
    #[serde(default, deserialize_with = "list")]
    pub(crate) regions: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    pub(crate) models: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    pub(crate) source_ips: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    pub(crate) access_key_ids: Vec<String>,
    #[serde(default, deserialize_with = "sightline_model::missing::or_default")]
    pub(crate) places: Vec<Evidence>,
}

impl Row {
    /// The row with what others wrote in it kept short.
    pub(crate) fn bounded(mut self) -> Self {
        self.reason = shortened(&self.reason, LONGEST);
        self
    }
}

/// Sorted and bounded, without what is empty: the order of `array_agg(distinct …)` is chance.
fn list<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    let values: Option<Vec<Option<String>>> = Option::deserialize(value)?;
    let mut values: Vec<String> = values.unwrap_or_default().into_iter().flatten().filter(|v| !v.is_empty()).collect();
    values.sort();
    values.dedup();
    values.truncate(MOST);
    Ok(values)
}
