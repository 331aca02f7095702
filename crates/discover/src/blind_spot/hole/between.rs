//! Calls that the models' own logs tell and CloudTrail does not, and the other way round: both have the id of the request.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sightline_model::Sight;

use super::{Ground, Hole, Row, add_most, by_log, is_within};
use crate::DiscoverError;
use crate::blind_spot::row::{INGEST, Spots};
use crate::blind_spot::seen::Span;
use crate::query::{Query, query};

/// Hours that are less apart are one hole.
const APART: SignedDuration = SignedDuration::from_hours(2);

/// More holes than these are told as one, from the first to the last.
const MOST: usize = 5;

/// What one log has and the other does not.
struct Comparison {
    query: Query,
    column: &'static str,
    /// the log that lacks it
    source: &'static str,
    lost: &'static str,
    told: &'static str,
}

const COMPARISONS: [Comparison; 2] = [
    Comparison {
        query: query!("blind_spot/hole/unlogged_call"),
        column: "i.event_time",
        source: "cloudtrail",
        lost: "which workload made calls that the invocation log tells, from where, and with which key",
        told: "calls of the invocation log have no event of CloudTrail",
    },
    Comparison {
        query: query!("blind_spot/hole/unlogged_invocation"),
        column: "c.event_time",
        source: "bedrock_invocation",
        lost: "tokens and costs of calls that CloudTrail tells",
        told: "calls that went well are not in the invocation log",
    },
];

pub(super) async fn tell(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    // Of one log alone nothing can be told.
    if ground.seen.invocations.is_empty() || ground.seen.events.is_empty() {
        return Ok(());
    }
    for comparison in &COMPARISONS {
        let sql = comparison.query.sql.replace("$window", &ground.window.condition(comparison.column));
        let rows: Vec<Row> = comparison.query.rows_of(ground.session, &sql).await?;
        for ((_, place), rows) in by_log(rows) {
            // What was never read is told as such, not as a hole.
            let span: Option<Span> = match comparison.source {
                "cloudtrail" => ground.seen.events.get(&place).copied(),
                _ => ground.seen.invocations.get(&place).copied(),
            };
            let inside = rows.iter().filter_map(|row| Some((row.first_seen?, row.last_seen?, row.records)));
            let runs = few(runs(inside.filter(|(from, _, _)| is_within(span, *from))));
            let hole = |(from, until, calls): (Timestamp, Timestamp, i64)| Hole {
                subject: "requests".to_owned(),
                from,
                until,
                sight: Sight::Partial,
                lost: comparison.lost.to_owned(),
                reason: format!("{}: {calls}", comparison.told),
                fix: INGEST,
            };
            add_most(spots, comparison.source, &place, runs.into_iter().map(hole).collect(), &BTreeSet::new());
        }
    }
    Ok(())
}

/// Hours put together that follow each other.
fn runs(hours: impl Iterator<Item = (Timestamp, Timestamp, i64)>) -> Vec<(Timestamp, Timestamp, i64)> {
    let mut runs: Vec<(Timestamp, Timestamp, i64)> = Vec::new();
    for (from, until, calls) in hours {
        match runs.last_mut() {
            Some(run) if from.duration_since(run.1) < APART => *run = (run.0, run.1.max(until), run.2 + calls),
            _ => runs.push((from, until, calls)),
        }
    }
    runs
}

fn few(runs: Vec<(Timestamp, Timestamp, i64)>) -> Vec<(Timestamp, Timestamp, i64)> {
    if runs.len() <= MOST {
        return runs;
    }
    let whole = runs.into_iter().reduce(|all, run| (all.0.min(run.0), all.1.max(run.1), all.2 + run.2));
    whole.into_iter().collect()
}
