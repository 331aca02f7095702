//! Sessions that were handed out, and to whom: what makes a key somebody's.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_lake::Session;

use crate::DiscoverError;
use crate::caller::Caller;
use crate::calls;
use crate::day::{Day, Kind, Store};
use crate::group::Place;
use crate::query::query;

/// A call that handed out a session: who asked, and for a pod, for which.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Issued {
    #[serde(flatten)]
    pub(crate) caller: Caller,
    pub(crate) event_name: String,
    pub(crate) issued_access_key_id: String,
    pub(crate) cluster: String,
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    pub(crate) pod: String,
    pub(crate) place: Option<Place>,
}

/// Issued access key id → the calls that issued it.
pub(crate) type Sessions = HashMap<String, Vec<Issued>>;

/// The sessions of the calls of a day, and those that they came from.
pub(crate) async fn of_day(session: &Session, day: &Day, store: &mut Store) -> Result<Sessions, DiscoverError> {
    let issued = match store.kept(session, day, &Kind::ISSUED).await? {
        Some(kept) => kept,
        None => {
            let issued = read(session, day).await?;
            store.keep(day, &Kind::ISSUED, &issued)?;
            issued
        }
    };
    let mut by_key = Sessions::new();
    for row in issued {
        by_key.entry(row.issued_access_key_id.clone()).or_default().push(row);
    }
    // Of several the first one tells whose the key is.
    by_key.values_mut().for_each(|calls| calls.sort_by(|one, other| order(one).cmp(&order(other))));
    Ok(by_key)
}

fn order(issued: &Issued) -> (Option<Timestamp>, &str, &str, &str, &str) {
    let at = issued.place.as_ref().map(|place| place.at);
    (at, &issued.event_name, &issued.namespace, &issued.service_account, &issued.pod)
}

async fn read(session: &Session, day: &Day) -> Result<Vec<Issued>, DiscoverError> {
    let query = query!("call/issued");
    let calls = format!("({}) AND {}", calls::condition(), day.condition("event_time"));
    let sql = query
        .sql
        .replace("$calls", &calls)
        .replace("$given", &day.wide_condition("given.event_time", &Kind::ISSUED))
        .replace("$issued", &day.wide_condition("event_time", &Kind::ISSUED));
    let mut rows = vec![];
    query.each(session, &sql, |row| rows.push(row)).await?;
    Ok(rows)
}
