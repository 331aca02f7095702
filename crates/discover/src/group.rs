//! Calls of models that share caller, target and path.

use jiff::Timestamp;
use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::edge::Evidence;

use crate::caller::Caller;
use crate::calls;
use crate::query::query;
use crate::{DiscoverError, query};

/// A row of `sql/model_calls.sql`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    #[serde(flatten)]
    pub(crate) caller: Caller,
    pub(crate) event_source: String,
    pub(crate) event_name: String,
    pub(crate) model_id: String,
    pub(crate) vpc_endpoint_id: String,
    pub(crate) bearer_token: bool,
    pub(crate) calls: i64,
    pub(crate) errors: i64,
    /// calls that named a guardrail
    pub(crate) guarded: i64,
    /// calls whose parameters the log shows, with no guardrail among them
    pub(crate) unguarded: i64,
    pub(crate) guardrail_id: String,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
    first_place: Option<Place>,
    second_place: Option<Place>,
    third_place: Option<Place>,
}

/// Where and when an event was seen.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Place {
    #[serde(flatten)]
    pub(crate) evidence: Evidence,
    pub(crate) at: Timestamp,
}

impl Group {
    /// The first three events.
    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        [&self.first_place, &self.second_place, &self.third_place].into_iter().flatten()
    }
}

pub(crate) async fn read(session: &Session, now: Timestamp) -> Result<Vec<Group>, DiscoverError> {
    let query: query::Query = query!("model_calls");
    let condition = format!("({}) AND event_time <= TIMESTAMP '{now}'", calls::condition());
    query.rows_of(session, &query.sql.replace("$model_calls", &condition)).await
}
