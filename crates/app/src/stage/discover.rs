//! Discovery over the lake: the edges of the map with their evidence and controls, applications, the relations of resources and the
//! models that workloads serve themselves. The newest is made anew and kept; that of a day in the past is only shown.

use crate::config::Config;
use crate::{print, world};
use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sightline_discover::protected::Protected;
use sightline_discover::{Criteria, Discovery, Inputs, PublicAi, Window};
use sightline_lake::{Lake, Session};
use sightline_model::edge::{ControlRow, Edge};
use sightline_model::{BlindSpot, RunId, RunRecord, SelfHostedModel, lake_table, run_record};

/// Another version may see the same logs otherwise.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is asked of a discovery.
pub(crate) struct Asked<'c> {
    /// the day; nothing for all that there is
    day: Option<Date>,
    window: Window,
    applications: &'c [Criteria],
    public_ai: PublicAi,
    /// what counts as protected
    pub(crate) protected: Protected,
}

impl<'c> Asked<'c> {
    /// Of all that the logs tell up to `now`, or of one day.
    ///
    /// # Errors
    /// The day lies outside of all time.
    pub(crate) fn new(config: &'c Config, day: Option<Date>, now: Timestamp) -> anyhow::Result<Self> {
        let window = match day {
            Some(day) => of_day(day).with_context(|| format!("`{day}` is no day that logs could be of"))?,
            None => Window { from: None, until: now },
        };
        let mut public_ai = PublicAi::built_in()?;
        for service in &config.public_ai {
            public_ai.add(&service.name, &service.hosts)?;
        }
        Ok(Self { day, window, applications: &config.applications, public_ai, protected: config.protected.clone() })
    }
}

/// The whole day, UTC.
fn of_day(day: Date) -> Option<Window> {
    let from = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let next = day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let until = next.checked_sub(jiff::SignedDuration::from_micros(1)).ok()?;
    Some(Window { from: Some(from), until })
}

/// What a discovery makes.
pub(crate) struct Discovered {
    pub(crate) window: Span,
    /// the scans that it was joined with
    pub(crate) inventory: Inventory,
    pub(crate) edges: Vec<Edge>,
    pub(crate) self_hosted: Vec<SelfHostedModel>,
    /// where such models may be, and nobody looked
    pub(crate) self_hosted_unread: Vec<String>,
}

/// The time that was looked at.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Span {
    /// nothing for the first event that there is
    from: Option<Timestamp>,
    until: Timestamp,
}

/// The scans that a map was joined with.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Inventory(Vec<Scan>);

#[derive(Debug, Serialize, Deserialize)]
struct Scan {
    scan_id: String,
    account_id: String,
    finished_at: Timestamp,
}

impl Inventory {
    async fn read(session: &Session) -> anyhow::Result<Self> {
        let sql = "SELECT scan_id, account_id, finished_at FROM current_scan ORDER BY account_id";
        Ok(Self(session.sql(sql).await?.rows_as()?))
    }

    /// Says which inventory a map of the past rests on, where one does.
    pub(crate) fn tell(&self, day: Option<Date>) -> anyhow::Result<()> {
        let Some(day) = day else { return Ok(()) };
        print::line(&format!("{day}, UTC; inventory of:"))?;
        for scan in &self.0 {
            let when = scan.finished_at.to_zoned(TimeZone::UTC);
            let later = if when.date() > day { ", which is later: there is none of that time" } else { "" };
            print::line(&format!("  {}  {}{later}", scan.account_id, when.strftime("%Y-%m-%d %H:%M")))?;
        }
        if self.0.is_empty() {
            print::line("  no scan")?;
        }
        print::line("")?;
        Ok(())
    }
}

/// Makes the edges from what the lake holds, and keeps them as the newest map.
///
/// # Errors
/// The lake cannot be read or written.
pub(crate) async fn discover(lake: &Lake, config: &Config) -> anyhow::Result<Vec<Edge>> {
    Ok(discover_all(lake, &Asked::new(config, None, world::now())?).await?.edges)
}

/// As [`discover`], with the models that workloads serve themselves. Of a day in the past nothing is kept, for the newest map stays
/// the newest.
///
/// # Errors
/// As [`discover`].
pub(crate) async fn discover_all(lake: &Lake, asked: &Asked<'_>) -> anyhow::Result<Discovered> {
    let session = match asked.day {
        Some(_) => lake.session_at(&super::catalogue()?.schemas(), asked.window.until).await?,
        None => super::session(lake).await?,
    };
    let run = world::new_run();
    let self_hosted = sightline_discover::self_hosted(&session, &run).await?;
    let self_hosted_unread = sightline_discover::self_hosted_unread(&session).await?;
    let edges = match asked.day {
        Some(_) => made(lake, &session, &run, asked).await?.edges,
        None => newest(lake, &session, &run, asked, &self_hosted).await?,
    };
    Ok(Discovered {
        window: Span { from: asked.window.from, until: asked.window.until },
        inventory: Inventory::read(&session).await?,
        edges,
        self_hosted,
        self_hosted_unread,
    })
}

async fn made(lake: &Lake, session: &Session, run: &RunId, asked: &Asked<'_>) -> anyhow::Result<Discovery> {
    let Asked { window, applications, public_ai, .. } = asked;
    let found = sightline_discover::discover_with(session, run.clone(), *window, applications, public_ai).await?;
    // What was made of a day stays true whoever asked for it.
    lake.append(lake_table::DAY_GROUP, &found.days).await?;
    Ok(found)
}

/// The newest map. It is made anew where anything changed that it rests on; what cannot be seen changes with the hour alone, for logs that do
/// not come are silent, and is looked at each time.
async fn newest(
    lake: &Lake,
    session: &Session,
    run: &RunId,
    asked: &Asked<'_>,
    self_hosted: &[SelfHostedModel],
) -> anyhow::Result<Vec<Edge>> {
    let inputs = sightline_discover::inputs(session, &asked.window, asked.applications, &asked.public_ai).await?;
    let before = last_map(session).await?.filter(|before| before.version == VERSION);
    let is_same = |of: fn(&RunRecord) -> &str, now: &str| before.as_ref().is_some_and(|before| of(before) == now);
    let spots = sightline_discover::blind_spots(session, run, asked.window).await?;
    if !inputs.all.is_empty() && is_same(|before| &before.inputs, &inputs.all) {
        lake.append(lake_table::BLIND_SPOT, &spots).await?;
        let record = record(run, run_record::BLIND_SPOTS, asked.window, spots.len(), Inputs::default());
        lake.append(lake_table::RUN, &[record]).await?;
        return newest_edges(session).await;
    }
    let found = made(lake, session, run, asked).await?;
    if !is_same(|before| &before.inventory, &inputs.inventory) {
        lake.append(lake_table::RELATION, &super::lineage::relations(session, run).await?).await?;
    }
    keep(lake, run, asked, &found, self_hosted, &spots, inputs).await?;
    Ok(found.edges)
}

/// Part by part: as values, the edges of a large estate would take a gigabyte.
async fn newest_edges(session: &Session) -> anyhow::Result<Vec<Edge>> {
    let mut edges = Vec::new();
    let mut parts = session.parts("SELECT * FROM current_edge").await?;
    while let Some(part) = parts.next().await? {
        edges.extend(part.rows_as::<Edge>()?);
    }
    sightline_discover::sort(&mut edges);
    Ok(edges)
}

/// The record of the newest map; nothing where none says what it rested on.
async fn last_map(session: &Session) -> anyhow::Result<Option<RunRecord>> {
    let sql = "SELECT * FROM run WHERE kind = 'map' ORDER BY run_id DESC LIMIT 1";
    let rows: Vec<RunRecord> = session.sql(sql).await?.rows_as()?;
    Ok(rows.into_iter().next().filter(|record| !record.inventory.is_empty()))
}

/// Everything is written before the record of the run, which makes it the newest.
async fn keep(
    lake: &Lake,
    run: &RunId,
    asked: &Asked<'_>,
    found: &Discovery,
    self_hosted: &[SelfHostedModel],
    spots: &[BlindSpot],
    inputs: Inputs,
) -> anyhow::Result<()> {
    lake.append(lake_table::SELF_HOSTED_MODEL, self_hosted).await?;
    lake.append(lake_table::EDGE, &found.edges).await?;
    lake.append(lake_table::CONTROL, &controls(&found.edges)).await?;
    lake.append(lake_table::EDGE_EVIDENCE, &found.evidence).await?;
    lake.append(lake_table::APPLICATION, &found.applications).await?;
    lake.append(lake_table::BLIND_SPOT, spots).await?;
    let record = record(run, run_record::MAP, asked.window, found.edges.len(), inputs);
    lake.append(lake_table::RUN, &[record]).await?;
    Ok(())
}

fn record(run: &RunId, kind: &str, window: Window, rows: usize, inputs: Inputs) -> RunRecord {
    RunRecord {
        run_id: run.as_str().to_owned(),
        kind: kind.to_owned(),
        version: VERSION.to_owned(),
        window_from: window.from,
        window_until: window.until,
        rows: i64::try_from(rows).unwrap_or(i64::MAX),
        finished_at: world::now(),
        inputs: inputs.all,
        inventory: inputs.inventory,
    }
}

fn controls(edges: &[Edge]) -> Vec<ControlRow> {
    let of = |edge: &Edge| -> Vec<ControlRow> {
        let row = |control: &sightline_model::edge::Control| ControlRow {
            run_id: edge.run_id.clone(),
            edge_id: edge.edge_id.clone(),
            account_id: edge.account_id.clone(),
            region: edge.region.clone(),
            name: control.name.clone(),
            state: control.state,
            reason: control.reason.clone(),
            fix: control.fix.clone(),
        };
        edge.controls.iter().map(row).collect()
    };
    edges.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_before_the_next_begins() {
        let window = of_day(jiff::civil::date(2026, 11, 19)).unwrap();
        assert_eq!(window.from.unwrap().to_string(), "2026-11-19T00:00:00Z");
        assert_eq!(window.until.to_string(), "2026-11-19T23:59:59.999999Z");
    }
}
