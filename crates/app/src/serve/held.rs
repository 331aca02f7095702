//! One state of the lake, held in memory for all requests: a session, and the newest rows of what is asked for most. A state never
//! changes; when something is written, the next one takes its place, with what did not change handed on.

mod allowed;
mod finding;
mod index;

pub(crate) use allowed::Allowed;
pub(crate) use finding::FindingRow;
pub(crate) use index::Wanted;

use super::page::Rows;
use crate::config::Config;
use crate::stage;
use anyhow::Context as _;
use index::Index;
use serde::de::DeserializeOwned;
use sightline_check::Check;
use sightline_discover::route::Network;
use sightline_lake::{Lake, Mark, Session};
use sightline_model::edge::Edge;
use sightline_model::{BlindSpot, Case, Coverage};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tokio::sync::OnceCell;

/// What one state is told from another by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    lake: Mark,
    /// when the configuration was last changed
    config: Option<SystemTime>,
    /// mutes end by the day
    day: jiff::civil::Date,
}

impl Seen {
    /// Looks. Reads nothing.
    pub(crate) fn now(lake: &Lake, config: Option<&Path>) -> Self {
        let path = Config::place_of(config);
        let changed = std::fs::metadata(path).and_then(|file| file.modified()).ok();
        Self { lake: lake.mark(), config: changed, day: crate::world::today() }
    }

    fn is_same_of(&self, other: &Self, tables: &[&str], reads_config: bool) -> bool {
        self.lake.is_same_of(&other.lake, tables)
            && (!reads_config || (self.config == other.config && self.day == other.day))
    }
}

/// Questions whose answers are known: of 100,000 findings each takes 400 kB at most.
const ASKED: usize = 32;

/// Rows that are read when they are first asked for.
type Cell<T> = OnceCell<Arc<Rows<T>>>;

/// One state.
pub(crate) struct Held {
    pub(crate) seen: Seen,
    pub(crate) session: Session,
    pub(crate) config: Config,
    /// those that ship and the user's own, with the families of probes
    pub(crate) checks: Arc<Vec<Check>>,
    findings: Cell<FindingRow>,
    index: OnceCell<Arc<Index>>,
    /// what was asked of the findings, and which fit: who pages through them asks the same again
    asked: Mutex<VecDeque<(String, Arc<[u32]>)>>,
    edges: Cell<Edge>,
    allowed: OnceCell<Arc<Allowed>>,
    cases: Cell<Case>,
    coverage: Cell<Coverage>,
    blind_spots: Cell<BlindSpot>,
    network: OnceCell<Arc<Network>>,
}

impl Held {
    /// The state of now. What `before` holds of tables that were not written since is handed on.
    ///
    /// # Errors
    /// The lake or the configuration cannot be read.
    pub(crate) async fn new(lake: &Lake, config_path: Option<&PathBuf>, before: Option<&Self>) -> anyhow::Result<Self> {
        // First: what is written while the session opens is seen the next time.
        let seen = Seen::now(lake, config_path.map(PathBuf::as_path));
        let config = Config::load(config_path.map(PathBuf::as_path))?;
        let checks = match before.filter(|before| before.seen.is_same_of(&seen, &[], true)) {
            Some(before) => Arc::clone(&before.checks),
            None => Arc::new(stage::probed::with_families(stage::checks::load(&config, &[])?)),
        };
        let session = stage::session(lake).await?;
        let mut held = Self {
            session,
            config,
            checks,
            findings: Cell::new(),
            index: OnceCell::new(),
            asked: Mutex::default(),
            edges: Cell::new(),
            allowed: OnceCell::new(),
            cases: Cell::new(),
            coverage: Cell::new(),
            blind_spots: Cell::new(),
            network: OnceCell::new(),
            seen,
        };
        if let Some(before) = before {
            let same = |tables: &[&str], reads_config| before.seen.is_same_of(&held.seen, tables, reads_config);
            let (findings, edges) = (same(&["finding"], true), same(&["edge", "run"], false));
            let (allowed, cases) = (same(&["model_access"], false), same(&["case", "run"], false));
            let (coverage, spots) = (same(&["coverage", "scan"], false), same(&["blind_spot", "run"], false));
            held.findings = handed_on(&before.findings, findings);
            held.index = handed_on(&before.index, findings);
            held.edges = handed_on(&before.edges, edges);
            held.allowed = handed_on(&before.allowed, allowed);
            held.cases = handed_on(&before.cases, cases);
            held.coverage = handed_on(&before.coverage, coverage);
            held.blind_spots = handed_on(&before.blind_spots, spots);
            held.network = handed_on(&before.network, same(&["resource", "coverage", "scan"], false));
        }
        Ok(held)
    }

    /// The newest findings, the worst first, with their mutes.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn findings(&self) -> anyhow::Result<&Arc<Rows<FindingRow>>> {
        let read = || finding::read(&self.session, &self.config.mutes, self.seen.day);
        self.findings.get_or_try_init(|| async { Ok(Arc::new(read().await?)) }).await
    }

    async fn index(&self) -> anyhow::Result<&Arc<Index>> {
        let findings = self.findings().await?;
        Ok(self.index.get_or_init(|| async { Arc::new(Index::new(findings)) }).await)
    }

    /// The places of the findings that have what is wanted, and fit. `question` is both as text: what was asked lately is known.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn findings_like(
        &self,
        question: String,
        wanted: &Wanted<'_>,
        fits: impl Fn(&FindingRow) -> bool,
    ) -> anyhow::Result<Arc<[u32]>> {
        let asked = || self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, places)) = asked().iter().find(|(known, _)| *known == question) {
            return Ok(Arc::clone(places));
        }
        let mut places = self.index().await?.places(wanted);
        let findings = self.findings().await?;
        places.retain(|place| findings.at(*place).is_some_and(&fits));
        let places: Arc<[u32]> = places.into();
        let mut asked = asked();
        asked.push_front((question, Arc::clone(&places)));
        asked.truncate(ASKED);
        Ok(places)
    }

    /// The edges of the newest map, those with most calls first.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn edges(&self) -> anyhow::Result<&Arc<Rows<Edge>>> {
        let read = || async {
            let mut edges: Vec<Edge> = self.session.sql("SELECT * FROM current_edge").await?.rows_as()?;
            edges.iter_mut().for_each(with_target);
            Ok(Arc::new(Self::in_order(edges)))
        };
        self.edges.get_or_try_init(read).await
    }

    fn edge_key(edge: &Edge) -> String {
        format!("{:020}{}", u64::MAX - edge.calls.unsigned_abs(), edge.edge_id)
    }

    /// Edges in the order in which they are shown.
    pub(crate) fn in_order(edges: Vec<Edge>) -> Rows<Edge> {
        Rows::new(edges, Self::edge_key)
    }

    /// How many may use each model, and how many models each may use. Who may what, one by one, is too much to be held.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn allowed(&self) -> anyhow::Result<&Arc<Allowed>> {
        self.allowed.get_or_try_init(|| async { Ok(Arc::new(Allowed::read(&self.session).await?)) }).await
    }

    /// Cases, the worst and newest first.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn cases(&self) -> anyhow::Result<&Arc<Rows<Case>>> {
        let age = |case: &Case| i64::MAX.abs_diff(case.last_seen.as_microsecond());
        let key = |case: &Case| format!("{}{:020}{}", finding::rank(case.severity), age(case), case.case_id);
        self.cell(&self.cases, "SELECT * FROM current_case", key).await
    }

    /// What the newest scans could and could not read; what they could not comes first.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn coverage(&self) -> anyhow::Result<&Arc<Rows<Coverage>>> {
        let key = |row: &Coverage| {
            let lost = u8::from(row.outcome.is_complete());
            let Coverage { account_id, region, table_name, operation, target, .. } = row;
            format!("{lost}{account_id}\0{region}\0{table_name}\0{operation}\0{target}")
        };
        self.cell(&self.coverage, "SELECT * FROM current_coverage", key).await
    }

    /// What cannot be seen; the blind first.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn blind_spots(&self) -> anyhow::Result<&Arc<Rows<BlindSpot>>> {
        let key = |spot: &BlindSpot| {
            let BlindSpot { sight, account_id, region, plane, telemetry, spot_id, .. } = spot;
            format!("{}{account_id}\0{region}\0{plane}\0{telemetry}\0{spot_id}", *sight as u8)
        };
        self.cell(&self.blind_spots, "SELECT * FROM current_blind_spot", key).await
    }

    /// The networks of all accounts, as the newest scans saw them.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn network(&self) -> anyhow::Result<&Arc<Network>> {
        self.network.get_or_try_init(|| async { Ok(Arc::new(Network::read(&self.session).await?)) }).await
    }

    async fn cell<'c, T: DeserializeOwned>(
        &self,
        cell: &'c Cell<T>,
        sql: &str,
        key: impl Fn(&T) -> String,
    ) -> anyhow::Result<&'c Arc<Rows<T>>> {
        cell.get_or_try_init(|| async { Ok(Arc::new(Rows::new(self.session.sql(sql).await?.rows_as()?, key))) }).await
    }

    /// Reads what is asked for most, before anybody waits for it.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn warm(&self) -> anyhow::Result<()> {
        self.index().await.context("cannot read the findings")?;
        self.edges().await.context("cannot read the map")?;
        Ok(())
    }
}

/// Maps of older versions have models alone, and name no other targets.
fn with_target(edge: &mut Edge) {
    if edge.target_arn.is_empty() {
        edge.target_arn.clone_from(&edge.model_arn);
        edge.target_kind.clone_from(&edge.model_kind);
        edge.target_title.clone_from(&edge.model_title);
    }
}

fn handed_on<T>(before: &OnceCell<Arc<T>>, is_same: bool) -> OnceCell<Arc<T>> {
    OnceCell::new_with(before.get().filter(|_| is_same).map(Arc::clone))
}
