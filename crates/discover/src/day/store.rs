//! The days of a window: kept, or to be made.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil, tz};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sightline_lake::Session;
use sightline_model::{DayGroup, RunId};

use super::kind::Kind;
use super::objects::{Objects, digest};
use super::packed::{joined, packed, unpacked};
use crate::query::query;
use crate::{DiscoverError, Window};

/// Rows of one row of `day_group`: a row is held in memory whole.
const ROWS_OF_A_PART: usize = 4_000;
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Days that are looked at without asking first whether anything is there: a record with a clock of 1970 makes no thousands of questions.
const MOST_DAYS: usize = 2_000;

/// One day of the window, or the part of it that is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Day {
    /// midnight, UTC
    pub(crate) start: Timestamp,
    /// the first moment, and the first that does not belong to it any more
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    /// nothing where no list of objects tells whether the logs changed
    digest: Option<String>,
}

/// What earlier discoveries kept, and what this one adds.
#[derive(Debug)]
pub(crate) struct Store {
    run: RunId,
    window: Window,
    objects: Vec<Objects>,
    /// 32 hexadecimal digits of what days are joined with beside logs
    inventory: String,
    /// day, kind and digest → the newest run that kept it
    kept: BTreeMap<(Timestamp, String, String), String>,
    made: Vec<DayGroup>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Kept {
    day: Timestamp,
    kind: String,
    digest: String,
    run_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Span {
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
}

impl Store {
    /// `inventory` changes whenever a kind of rows that is joined with the inventory must be made anew.
    pub(crate) async fn open(
        session: &Session,
        run: &RunId,
        window: &Window,
        inventory: String,
    ) -> Result<Self, DiscoverError> {
        let objects = Objects::read(session).await?;
        let kept: Vec<Kept> = query!("day/kept").rows(session).await?;
        let kept = kept.into_iter().map(|row| ((row.day, row.kind, row.digest), row.run_id)).collect();
        Ok(Self { run: run.clone(), window: *window, objects, inventory, kept, made: vec![] })
    }

    /// The days of the window that have logs of this kind, in order.
    pub(crate) async fn days(&self, session: &Session, kind: &Kind) -> Result<Vec<Day>, DiscoverError> {
        let makes_days = |one: &&Objects| kind.source(&one.source).is_some_and(|source| source.makes_days);
        let of_kind = || self.objects.iter().filter(makes_days);
        let is_told = of_kind().next().is_some() && of_kind().all(|one| one.first_hour.is_some());
        let mut starts = BTreeSet::new();
        if is_told {
            for one in of_kind() {
                self.add_days(&mut starts, one.first_seen, one.last_seen);
            }
        } else {
            for (table, column) in kind.tables {
                let query = query!("day/span");
                let window = self.window.condition(column);
                let sql = query.sql.replace("$column", column).replace("$table", table).replace("$window", &window);
                for span in query.rows_of::<Span>(session, &sql).await? {
                    self.add_days(&mut starts, span.first_seen, span.last_seen);
                }
            }
        }
        if starts.len() == MOST_DAYS {
            tracing::warn!(
                kind = kind.name,
                days = MOST_DAYS,
                "records of clocks far off: only the newest days are read"
            );
        }
        Ok(starts.into_iter().map(|start| self.day(start, kind)).collect())
    }

    /// What was kept of this day, if its logs are as they were.
    pub(crate) async fn kept<T: DeserializeOwned>(
        &self,
        session: &Session,
        day: &Day,
        kind: &Kind,
    ) -> Result<Option<Vec<T>>, DiscoverError> {
        let Some(digest) = &day.digest else { return Ok(None) };
        let Some(run) = self.kept.get(&(day.start, kind.name.to_owned(), digest.clone())) else { return Ok(None) };
        let query = query!("day/content");
        let sql = query
            .sql
            .replace("$run", run)
            .replace("$day", &day.start.to_string())
            .replace("$kind", kind.name)
            .replace("$digest", digest);
        let failed = |source| DiscoverError::Query { query: query.name, source };
        let mut read = vec![];
        let mut answers = session.parts(&sql).await.map_err(failed)?;
        while let Some(answer) = answers.next().await.map_err(failed)? {
            for content in answer.texts("content").map_err(failed)?.into_iter().flatten() {
                // What does not read is as good as missing: the day is made anew.
                let Some(part) = unpacked(content) else { return Ok(None) };
                read.push(part);
            }
        }
        Ok(joined(read))
    }

    /// Keeps what was made of this day.
    pub(crate) fn keep<T: Serialize>(&mut self, day: &Day, kind: &Kind, rows: &[T]) -> Result<(), DiscoverError> {
        let Some(digest) = &day.digest else { return Ok(()) };
        let parts: Vec<&[T]> = if rows.is_empty() { vec![rows] } else { rows.chunks(ROWS_OF_A_PART).collect() };
        let of = parts.len();
        for (part, rows) in parts.into_iter().enumerate() {
            let content = packed(part, of, rows).map_err(|source| DiscoverError::Row { query: kind.name, source })?;
            self.made.push(DayGroup {
                run_id: self.run.as_str().to_owned(),
                day: day.start,
                kind: kind.name.to_owned(),
                digest: digest.clone(),
                content,
            });
        }
        Ok(())
    }

    /// What is to be kept for the next discovery.
    pub(crate) fn into_made(self) -> Vec<DayGroup> {
        self.made
    }

    fn add_days(&self, days: &mut BTreeSet<Timestamp>, first: Option<Timestamp>, last: Option<Timestamp>) {
        let (Some(first), Some(last)) = (first, last) else { return };
        let first = midnight(self.window.from.map_or(first, |from| first.max(from)));
        let mut day = midnight(last.min(self.window.until));
        // Backwards: of too many the newest are read.
        while day >= first && (days.len() < MOST_DAYS || days.contains(&day)) {
            days.insert(day);
            let Ok(before) = day.checked_sub(DAY) else { break };
            day = before;
        }
    }

    fn day(&self, start: Timestamp, kind: &Kind) -> Day {
        let end = after(start, DAY);
        let from = self.window.from.map_or(start, |from| from.max(start));
        let until = end.min(after(self.window.until, SignedDuration::from_nanos(1)));
        let takes_part = |one: &&Objects| {
            kind.source(&one.source)
                .is_some_and(|source| one.touch(before(from, source.before), after(until, source.after)))
        };
        let touching: Vec<&Objects> = self.objects.iter().filter(takes_part).collect();
        // A part of a day is the day itself where the rest has no logs.
        let is_cut = (from > start && touching.iter().any(|one| one.begin_before(from)))
            || (until < end && touching.iter().any(|one| one.go_beyond(until)));
        let bounds = if is_cut { format!("{from} {until}") } else { String::new() };
        let inventory = if kind.of_inventory { self.inventory.as_str() } else { "" };
        let form = format!("{} {bounds} {inventory}", kind.form());
        let digest = (!touching.is_empty()).then(|| digest(&form, touching.into_iter()));
        Day { start, from, until, digest }
    }
}

impl Day {
    /// The condition on a column of time that holds for records of this day.
    pub(crate) fn condition(&self, column: &str) -> String {
        format!("({column} >= TIMESTAMP '{}' AND {column} < TIMESTAMP '{}')", self.from, self.until)
    }

    /// Likewise, wider by what the kind reads beside the day.
    pub(crate) fn wide_condition(&self, column: &str, kind: &Kind) -> String {
        let (from, until) = (before(self.from, kind.before), after(self.until, kind.after));
        format!("({column} >= TIMESTAMP '{from}' AND {column} < TIMESTAMP '{until}')")
    }
}

fn before(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn after(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn midnight(moment: Timestamp) -> Timestamp {
    let day: civil::Date = tz::Offset::UTC.to_datetime(moment).date();
    day.to_datetime(civil::Time::midnight()).to_zoned(tz::TimeZone::UTC).map_or(moment, |zoned| zoned.timestamp())
}
