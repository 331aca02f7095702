//! Holes of logs that were read: times without a record, what logs themselves say is missing, objects that could not be read, and
//! calls that one log tells and another does not.

mod between;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::Deserialize;
use sightline_model::Sight;

use super::Ground;
use super::row::{About, INGEST, Spots, Told, plane, telemetry};
use super::seen::Span;
use crate::DiscoverError;
use crate::query::query;

/// A silence in which a log would have had so many records, had it gone on as it did, is a hole. Days have quiet hours: of fewer
/// nobody can tell.
const EXPECTED: f64 = 100.0;
/// Rows of one kind, account and region; the others are put together in one.
const MOST: usize = 200;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Row {
    source: String,
    account_id: String,
    region: String,
    subject: String,
    reason: String,
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    seconds: f64,
    expected: f64,
    records: i64,
    rejects: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Owned {
    id: String,
    vpc_id: String,
}

/// Flow log or interface → its VPC.
struct Owners(HashMap<String, String>);

impl Owners {
    async fn read(ground: &Ground<'_>) -> Result<Self, DiscoverError> {
        let logs: Vec<Owned> = query!("blind_spot/flow_log").rows(ground.session).await?;
        let interfaces: Vec<Owned> = query!("blind_spot/interface").rows(ground.session).await?;
        Ok(Self(logs.into_iter().chain(interfaces).map(|row| (row.id, row.vpc_id)).collect()))
    }

    /// The VPCs of these holes; none where that of any is not told.
    fn vpcs(&self, holes: &[Hole]) -> BTreeSet<String> {
        holes.iter().map(|hole| self.0.get(&hole.subject).cloned()).collect::<Option<_>>().unwrap_or_default()
    }
}

/// A hole, and what it is a hole of.
struct Hole {
    subject: String,
    from: Timestamp,
    until: Timestamp,
    sight: Sight,
    lost: String,
    reason: String,
    fix: &'static str,
}

pub(super) async fn tell(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let owners = Owners::read(ground).await?;
    silences(ground, spots, &owners).await?;
    told(ground, spots, &owners).await?;
    objects(ground, spots).await?;
    between::tell(ground, spots).await
}

/// Every plane whose calls CloudTrail tells, and whether by data events.
const OF_TRAILS: [(&str, &str); 5] = [
    (plane::RUNTIME, telemetry::MANAGEMENT),
    (plane::AGENTS, telemetry::DATA),
    (plane::MANTLE, telemetry::DATA),
    (plane::AGENT_CORE, telemetry::DATA),
    (plane::SAGEMAKER, telemetry::DATA),
];

/// The planes that a hole of the source hides, each with the telemetry that would show it: of CloudTrail what else is seen.
fn hidden(spots: &Spots, source: &str, place: &(String, String)) -> Vec<(&'static str, &'static str)> {
    match source {
        "cloudtrail" => {
            let is_seen = |(plane, telemetry): &(&str, &str)| spots.shows(place, plane, telemetry);
            OF_TRAILS.into_iter().filter(|of| of.0 == plane::RUNTIME || is_seen(of)).collect()
        }
        "bedrock_invocation" => vec![(plane::RUNTIME, telemetry::INVOCATIONS)],
        "sagemaker_capture" => vec![(plane::SAGEMAKER, telemetry::CAPTURE)],
        "resolver_query" => vec![(plane::PUBLIC_AI, telemetry::NAMES)],
        "eks_audit" => vec![(plane::NETWORK, telemetry::AUDIT)],
        _ => vec![(plane::NETWORK, telemetry::FLOWS)],
    }
}

fn add(spots: &mut Spots, source: &str, place: &(String, String), hole: &Hole) {
    for (plane, telemetry) in hidden(spots, source, place) {
        let about = About { account: &place.0, region: &place.1, plane, telemetry, subject: &hole.subject };
        let told = Told {
            blind_from: Some(hole.from),
            blind_until: Some(hole.until),
            lost: hole.lost.clone(),
            reason: hole.reason.clone(),
            fix: hole.fix.to_owned(),
            ..Told::default()
        };
        spots.add(about, hole.sight, told);
    }
}

/// Adds the holes of one log, the longest each as a row and the others together. `vpcs`: those that they are of, where it is told.
fn add_most(spots: &mut Spots, source: &str, place: &(String, String), mut holes: Vec<Hole>, vpcs: &BTreeSet<String>) {
    let Some(lost) = holes.first().map(|hole| hole.lost.clone()) else { return };
    let lost = if vpcs.is_empty() { lost } else { lost_of(source).to_owned() };
    for (plane, telemetry) in hidden(spots, source, place) {
        spots.dent(place, (plane, telemetry), vpcs, (holes.len(), &lost));
    }
    holes.sort_by_key(|hole| std::cmp::Reverse(hole.until.duration_since(hole.from)));
    let rest = holes.split_off(holes.len().min(MOST));
    holes.iter().for_each(|hole| add(spots, source, place, hole));
    let ends = (rest.iter().map(|hole| hole.from).min(), rest.iter().map(|hole| hole.until).max());
    if let ((Some(from), Some(until)), Some(one)) = (ends, rest.first()) {
        let reason = format!("{} more such holes, the longest of {}", rest.len(), one.until.duration_since(one.from));
        let together = Hole { from, until, reason, subject: String::new(), lost: one.lost.clone(), ..*one };
        add(spots, source, place, &together);
    }
}

fn lost_of(source: &str) -> &'static str {
    match source {
        "cloudtrail" => "calls of models in this time",
        "bedrock_invocation" => "tokens and costs of calls in this time",
        "resolver_query" => "names behind addresses in this time",
        "eks_audit" => "pods that lived in this time alone",
        "sagemaker_capture" => "what endpoints were asked in this time",
        _ => "connections in this time",
    }
}

/// Rows by log and place.
fn by_log(rows: Vec<Row>) -> BTreeMap<(String, (String, String)), Vec<Row>> {
    let mut logs: BTreeMap<_, Vec<Row>> = BTreeMap::new();
    for row in rows {
        logs.entry((row.source.clone(), (row.account_id.clone(), row.region.clone()))).or_default().push(row);
    }
    logs
}

async fn silences(ground: &Ground<'_>, spots: &mut Spots, owners: &Owners) -> Result<(), DiscoverError> {
    let query = query!("blind_spot/hole/silence");
    let rows: Vec<Row> = query.rows_of(ground.session, &query.sql.replace("$least", &EXPECTED.to_string())).await?;
    for ((source, place), rows) in by_log(rows) {
        let in_window = |row: &Row| {
            let (Some(from), Some(until)) = (row.first_seen, row.last_seen) else { return None };
            let is_inside = from <= ground.window.until && ground.window.from.is_none_or(|begin| until >= begin);
            is_inside.then_some((from, until))
        };
        let (holes, quiet): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.expected >= EXPECTED);
        let hole = |row: &Row| {
            let (from, until) = in_window(row)?;
            let reason = format!(
                "no record for {}, in which about {:.0} were to be expected: lost, or late, or it was quiet",
                until.duration_since(from),
                row.expected
            );
            let lost = lost_of(&source).to_owned();
            Some(Hole { subject: row.subject.clone(), from, until, sight: Sight::Partial, lost, reason, fix: INGEST })
        };
        let holes: Vec<Hole> = holes.iter().filter_map(hole).collect();
        let vpcs = owners.vpcs(&holes);
        add_most(spots, &source, &place, holes, &vpcs);
        // Invocation logs are written when something is called, and at no other time.
        if source != "bedrock_invocation" {
            quiet_times(spots, &source, &place, &quiet.iter().filter_map(in_window).collect::<Vec<_>>());
        }
    }
    Ok(())
}

/// Hours without a record of a log that has few: one row for all of them.
fn quiet_times(spots: &mut Spots, source: &str, place: &(String, String), times: &[(Timestamp, Timestamp)]) {
    let ends = (times.iter().map(|(from, _)| *from).min(), times.iter().map(|(_, until)| *until).max());
    let (Some(from), Some(until)) = ends else { return };
    let hours: i64 = times.iter().map(|(from, until)| until.duration_since(*from).as_hours()).sum();
    let hole = Hole {
        subject: String::new(),
        from,
        until,
        sight: Sight::Unknown,
        lost: lost_of(source).to_owned(),
        reason: format!(
            "{} times of an hour or more, {hours} hours together, have no record: quiet, or lost, nothing tells",
            times.len()
        ),
        fix: "",
    };
    add(spots, source, place, &hole);
}

/// What logs themselves say, such as records that AWS skipped.
async fn told(ground: &Ground<'_>, spots: &mut Spots, owners: &Owners) -> Result<(), DiscoverError> {
    let query = query!("blind_spot/hole/told");
    let sql = query.sql.replace("$window", &ground.window.condition("first_seen"));
    for ((source, place), rows) in by_log(query.rows_of(ground.session, &sql).await?) {
        let hole = |row: &Row| {
            let told = if row.reason == "SKIPDATA" { "AWS skipped records" } else { row.reason.as_str() };
            Some(Hole {
                from: row.first_seen?,
                until: row.last_seen?,
                subject: row.subject.clone(),
                sight: Sight::Partial,
                lost: format!("{} of {}", lost_of(&source), if row.subject.is_empty() { "all" } else { &row.subject }),
                reason: format!("the log says so itself, {} times: {told}", row.records),
                fix: "",
            })
        };
        let holes: Vec<Hole> = rows.iter().filter_map(hole).collect();
        let vpcs = owners.vpcs(&holes);
        add_most(spots, &source, &place, holes, &vpcs);
    }
    Ok(())
}

/// Objects that were not read, or not wholly.
async fn objects(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let rows: Vec<Row> = query!("blind_spot/hole/object").rows(ground.session).await?;
    for ((source, place), rows) in by_log(rows) {
        let hole = |row: &Row| {
            let reason = match row.reason.as_str() {
                "partial" => {
                    format!("{} records of {} objects were rejected, of {}", row.rejects, row.records, row.subject)
                }
                other => format!("{} objects are {other}, such as {}", row.records, row.subject),
            };
            let (from, until) = (row.first_seen?, row.last_seen?);
            let fix = if row.reason == "never fetched" { INGEST } else { "sightline logs gaps" };
            let lost = lost_of(&source).to_owned();
            Some(Hole { from, until, subject: row.reason.clone(), sight: Sight::Partial, lost, reason, fix })
        };
        add_most(spots, &source, &place, rows.iter().filter_map(hole).collect(), &BTreeSet::new());
    }
    Ok(())
}

/// Whether a time is inside of what was read.
fn is_within(span: Option<Span>, at: Timestamp) -> bool {
    span.is_some_and(|span| span.first <= at && at <= span.last)
}
