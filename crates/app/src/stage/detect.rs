//! Detections over the logs of a time: cases, made anew and kept.

use crate::since::Since;
use crate::world;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sightline_check::detect::{self as detections, Detected, Detection, DetectionWindow};
use sightline_lake::{Lake, Session};
use sightline_model::{Case, RunId, RunRecord, lake_table, run_record};

/// Runs the detections over what happened since then, and keeps the cases as the newest. Without an end, that is the newest record of the
/// logs.
///
/// # Errors
/// The time has no end or no beginning; the lake cannot be read or written.
pub(crate) async fn detect(
    lake: &Lake,
    of: &[Detection],
    since: &Since,
    until: Option<&Since>,
) -> anyhow::Result<(DetectionWindow, Detected)> {
    let session = super::session(lake).await?;
    let window = window(&session, of, since, until).await?;
    let run = world::new_run();
    let detected = detections::detect(&session, of, &window, &run).await?;
    keep(lake, &run, &window, &detected.cases).await?;
    Ok((window, detected))
}

async fn window(
    session: &Session,
    of: &[Detection],
    since: &Since,
    until: Option<&Since>,
) -> anyhow::Result<DetectionWindow> {
    let now = world::now();
    let until = match until {
        Some(until) => until.before(now)?,
        None => newest(session).await?.map_or(now, |newest| newest.min(now)),
    };
    let from = since.before(until)?;
    anyhow::ensure!(from < until, "`--since {since}` is not before {until}: nothing lies between");
    let days = i64::from(detections::history_days(of));
    let history = from.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN);
    Ok(DetectionWindow { from, until, history })
}

#[derive(Deserialize)]
struct Newest {
    newest: Option<Timestamp>,
}

/// The moment behind the newest record.
pub(crate) async fn newest(session: &Session) -> anyhow::Result<Option<Timestamp>> {
    let sql = "SELECT max(newest) AS newest FROM (SELECT max(event_time) AS newest FROM api_call \
               UNION ALL SELECT max(event_time) FROM model_invocation)";
    let rows: Vec<Newest> = session.sql(sql).await?.rows_as()?;
    let newest = rows.into_iter().next().and_then(|row| row.newest);
    Ok(newest.and_then(|newest| newest.checked_add(SignedDuration::from_secs(1)).ok()))
}

/// The cases first: a run that is on record has all of them.
async fn keep(lake: &Lake, run: &RunId, window: &DetectionWindow, cases: &[Case]) -> anyhow::Result<()> {
    lake.append(lake_table::CASE, cases).await?;
    let record = RunRecord {
        run_id: run.as_str().to_owned(),
        kind: run_record::DETECT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        window_from: Some(window.from),
        window_until: window.until,
        rows: i64::try_from(cases.len()).unwrap_or(i64::MAX),
        finished_at: world::now(),
        inputs: String::new(),
        inventory: String::new(),
    };
    Ok(lake.append(lake_table::RUN, &[record]).await?)
}
