//! The first page: what is new, what is unprotected, what could not be seen.

use crate::serve::answer::Json;
use crate::serve::held::Held;
use crate::serve::problem::Problem;
use crate::serve::stale::Stale;
use crate::serve::state::App;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_model::edge::Tri;
use sightline_model::{Severity, Sight, Status, run_record};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_overview))
}

/// The estate in numbers.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Overview {
    /// Findings that fail and are not muted, by severity
    #[schema(value_type = BTreeMap<String, u64>)]
    failing: BTreeMap<Severity, u64>,
    /// Findings that could not be decided and are not muted
    unknown: u64,
    /// Edges to models
    edges: u64,
    /// Of them, those that are not protected
    unprotected: u64,
    /// Of them, those of which nobody can tell
    protection_unknown: u64,
    /// Models that were called
    models: usize,
    /// Workloads that called them
    workloads: usize,
    /// Calls that succeeded
    calls: i64,
    /// What the counted calls cost by the list price, an estimate
    cost_usd: f64,
    /// When somebody looked last: where nobody did, there being nothing says nothing
    looked: Looked,
    /// Cases, by severity
    #[schema(value_type = BTreeMap<String, u64>)]
    cases: BTreeMap<Severity, u64>,
    /// Rows of coverage that say something is missing
    not_read: u64,
    /// Kinds of telemetry that show nothing or a part of a plane
    blind_spots: u64,
    /// Accounts with a finished scan
    accounts: BTreeSet<String>,
    /// The newest record of the map
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
    /// Jobs that run now
    running_jobs: usize,
    /// Why all that is shown is old, where the lake or the configuration cannot be read
    stale: Option<Stale>,
    /// The worst findings, at most ten
    #[schema(value_type = Vec<crate::serve::held::FindingRow>)]
    worst: Vec<crate::serve::held::FindingRow>,
}

/// When what is counted was looked for, last
#[derive(Debug, Default, Serialize, ToSchema)]
struct Looked {
    /// By `sightline findings`
    #[schema(value_type = Option<String>, format = DateTime)]
    findings: Option<Timestamp>,
    /// By `sightline map`
    #[schema(value_type = Option<String>, format = DateTime)]
    edges: Option<Timestamp>,
    /// By `sightline detect`
    #[schema(value_type = Option<String>, format = DateTime)]
    cases: Option<Timestamp>,
    /// By `sightline map`
    #[schema(value_type = Option<String>, format = DateTime)]
    blind_spots: Option<Timestamp>,
}

/// A kind of runs, and the end of the newest.
#[derive(Deserialize)]
struct Newest {
    kind: String,
    at: Timestamp,
}

impl Looked {
    /// What the list of runs tells; findings have no run of their own there.
    async fn read(held: &Held) -> anyhow::Result<Self> {
        let sql = "SELECT kind, max(finished_at) AS at FROM run GROUP BY kind";
        let newest: Vec<Newest> = held.session.sql(sql).await?.rows_as()?;
        let of = |kind: &str| newest.iter().find(|newest| newest.kind == kind).map(|newest| newest.at);
        Ok(Self {
            findings: held.findings().await?.iter().map(|row| row.evaluated_at).max(),
            edges: of(run_record::MAP),
            cases: of(run_record::DETECT),
            blind_spots: of(run_record::BLIND_SPOTS).max(of(run_record::MAP)),
        })
    }
}

/// The estate in numbers
#[utoipa::path(get, path = "/api/v1/overview", tag = "overview", responses((status = 200, body = Overview)))]
async fn get_overview(State(app): State<App>) -> Result<Json<Overview>, Problem> {
    let held = app.held();
    let looked = Looked::read(&held).await?;
    let mut sum = Overview { looked, running_jobs: app.jobs().count(), stale: app.stale(), ..Overview::default() };
    for row in held.findings().await?.iter().filter(|row| row.counts()) {
        match row.status {
            Status::Fail => *sum.failing.entry(row.severity).or_default() += 1,
            _ => sum.unknown += 1,
        }
        if sum.worst.len() < 10 && row.status == Status::Fail {
            sum.worst.push(row.clone());
        }
    }
    let (mut models, mut workloads) = (BTreeSet::new(), BTreeSet::new());
    for edge in held.edges().await?.iter().filter(|edge| edge.is_of_model()) {
        sum.edges += 1;
        match held.config.protected.of(edge) {
            Tri::No => sum.unprotected += 1,
            Tri::Unknown => sum.protection_unknown += 1,
            Tri::Yes => {}
        }
        models.insert(edge.target_arn.as_str());
        workloads.insert(edge.workload_arn.as_str());
        sum.calls = sum.calls.saturating_add(edge.calls);
        sum.cost_usd += edge.cost_usd.unwrap_or_default();
        sum.last_seen = sum.last_seen.max(Some(edge.last_seen));
    }
    (sum.models, sum.workloads) = (models.len(), workloads.len());
    for case in held.cases().await?.iter() {
        *sum.cases.entry(case.severity).or_default() += 1;
    }
    for row in held.coverage().await?.iter() {
        sum.not_read += u64::from(!row.outcome.is_complete());
        sum.accounts.insert(row.account_id.clone());
    }
    let spots = held.blind_spots().await?;
    sum.blind_spots = spots.iter().filter(|spot| spot.sight != Sight::Seen).count() as u64;
    Ok(Json(sum))
}
