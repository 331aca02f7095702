//! Calls of models that share caller, target and path.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_lake::Session;
use sightline_model::edge::Evidence;
use sightline_model::untrusted::shortened;

use crate::DiscoverError;
use crate::caller::Caller;
use crate::calls;
use crate::day::{Day, Kind, Store};
use crate::query::query;
use crate::slice::Slice;

/// A row of `sql/call/groups.sql` or of `sql/call/untrailed.sql`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    #[serde(flatten)]
    pub(crate) caller: Caller,
    pub(crate) event_source: String,
    pub(crate) event_name: String,
    pub(crate) model_id: String,
    pub(crate) vpc_endpoint_id: String,
    /// the host name that was called
    pub(crate) host: String,
    pub(crate) bearer_token: bool,
    /// only the model's own log tells of the calls: nothing is known of path and key
    pub(crate) untrailed: bool,
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
    last_place: Option<Place>,
    #[serde(flatten)]
    pub(crate) tokens: Tokens,
    /// of the model's own log
    pub(crate) record: Option<Place>,
}

/// What calls used, as the model's own log counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tokens {
    pub(crate) counted_calls: i64,
    pub(crate) input_tokens: i64,
    pub(crate) output_tokens: i64,
    pub(crate) cache_read_tokens: i64,
    pub(crate) cache_write_tokens: i64,
}

/// Where and when an event was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub(crate) struct Place {
    #[serde(flatten)]
    pub(crate) evidence: Evidence,
    pub(crate) at: Timestamp,
}

/// A place as it is kept, or as queries write it: time, id, object and line with the unit separator between them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Place {
        #[serde(flatten)]
        evidence: Evidence,
        at: Timestamp,
    },
}

impl TryFrom<Written> for Place {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let text = match written {
            Written::Place { evidence, at } => return Ok(Self { evidence, at }),
            Written::Text(text) => text,
        };
        let wrong = || format!("`{}` is no place", shortened(&text, 200));
        // The line stands last and the object before it; what an event calls itself may be anything.
        let (rest, line) = text.rsplit_once(UNIT).ok_or_else(wrong)?;
        let (rest, object) = rest.rsplit_once(UNIT).ok_or_else(wrong)?;
        let (at, event_id) = rest.split_once(UNIT).ok_or_else(wrong)?;
        let (at, line) = (at.parse().map_err(|_| wrong())?, line.parse().map_err(|_| wrong())?);
        Ok(Self { evidence: Evidence { object: object.to_owned(), line, event_id: event_id.to_owned() }, at })
    }
}

const UNIT: char = '\u{1f}';

/// A row of `sql/call/count.sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Count {
    events: i64,
    /// events of one id
    most: i64,
}

impl Group {
    /// The first event and the last.
    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        [&self.first_place, &self.last_place].into_iter().flatten()
    }
}

/// The calls of a day, as an earlier discovery kept them or from the logs.
pub(crate) async fn of_day(session: &Session, day: &Day, store: &mut Store) -> Result<Vec<Group>, DiscoverError> {
    if let Some(kept) = store.kept(session, day, &Kind::CALL).await? {
        return Ok(kept);
    }
    let groups = read(session, day).await?;
    store.keep(day, &Kind::CALL, &groups)?;
    Ok(groups)
}

/// Invocations of a day that no trail tells of.
pub(crate) async fn untrailed_of_day(
    session: &Session,
    day: &Day,
    store: &mut Store,
) -> Result<Vec<Group>, DiscoverError> {
    if let Some(kept) = store.kept(session, day, &Kind::USAGE).await? {
        return Ok(kept);
    }
    let groups = read_untrailed(session, day).await?;
    store.keep(day, &Kind::USAGE, &groups)?;
    Ok(groups)
}

async fn read(session: &Session, day: &Day) -> Result<Vec<Group>, DiscoverError> {
    let within = |time: String| format!("({}) AND {time}", calls::condition());
    let count = query!("call/count");
    let sql = count.sql.replace("$calls", &within(day.condition("event_time")));
    let counted: Vec<Count> = count.rows_of(session, &sql).await?;
    let Count { events, most } = counted.into_iter().next().unwrap_or_default();
    if events == 0 {
        return Ok(vec![]);
    }
    let delivered = if most > 1 { query!("call/delivered").sql } else { "SELECT * FROM api_call WHERE $calls" };
    let query = query!("call/groups");
    let mut groups = vec![];
    for slice in Slice::of(day, events, most > 1) {
        let delivered = delivered.replace("$calls", &within(slice.condition("event_time")));
        let told = slice.wide_condition("event_time", &Kind::CALL);
        let sql = query.sql.replace("$delivered", &format!("({delivered})")).replace("$told", &told);
        query.each(session, &sql, |group| groups.push(group)).await?;
    }
    Ok(groups)
}

async fn read_untrailed(session: &Session, day: &Day) -> Result<Vec<Group>, DiscoverError> {
    let count = query!("call/invocations");
    let sql = count.sql.replace("$day", &day.condition("event_time"));
    let counted: Vec<Count> = count.rows_of(session, &sql).await?;
    let events = counted.into_iter().next().unwrap_or_default().events;
    if events == 0 {
        return Ok(vec![]);
    }
    let query = query!("call/untrailed");
    let mut groups = vec![];
    for slice in Slice::of(day, events, true) {
        let calls = format!("({}) AND {}", calls::condition(), slice.wide_condition("event_time", &Kind::USAGE));
        let sql = query.sql.replace("$day", &slice.condition("event_time")).replace("$calls", &calls);
        query
            .each(session, &sql, |group: Group| {
                let source = calls::BEDROCK.to_owned();
                groups.push(Group { untrailed: true, event_source: source, ..group });
            })
            .await?;
    }
    Ok(groups)
}
