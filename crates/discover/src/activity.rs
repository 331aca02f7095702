//! Calls of models as they were, one by one: for those who keep them elsewhere.

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use sightline_lake::Session;

use crate::DiscoverError;
use crate::calls;
use crate::query::query;

/// How far apart two logs may tell of one call: a trail has its beginning, the model's own log often its end.
const APART: SignedDuration = SignedDuration::from_mins(15);

/// Hands out each call of a model from `from` until before `until`, in no order: rows with the columns of `sql/call/each.sql`; what is
/// not known is left out.
///
/// # Errors
/// The logs cannot be read, or a row does not fit.
pub async fn each_call<T: DeserializeOwned>(
    session: &Session,
    from: Timestamp,
    until: Timestamp,
    take: impl FnMut(T),
) -> Result<(), DiscoverError> {
    let query = query!("call/each");
    let first = from.checked_sub(APART).unwrap_or(Timestamp::MIN);
    let last = until.checked_add(APART).unwrap_or(Timestamp::MAX);
    let near = format!("event_time >= TIMESTAMP '{first}' AND event_time < TIMESTAMP '{last}'");
    let sql = query
        .sql
        .replace("$near", &near)
        .replace("$calls", &format!("({})", calls::condition()))
        .replace("$from", &from.to_string())
        .replace("$until", &until.to_string());
    query.each(session, &sql, take).await
}
