//! Runs of probes, and two of them beside each other.

use crate::serve::answer::{Asked, Json, Named};
use crate::serve::page::{Page, PageQuery, Rows};
use crate::serve::problem::Problem;
use crate::serve::state::App;
use crate::stage;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use sightline_probe::{ProbeError, ProbeRun};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_probe_runs))
        .routes(routes!(compare_probe_runs))
        .routes(routes!(get_probe_run))
}

/// Runs of probes, the newest first
#[utoipa::path(get, path = "/api/v1/probe-runs", tag = "probes", params(PageQuery), responses((status = 200, body = Page<Object>)))]
async fn list_probe_runs(State(app): State<App>, Asked(query): Asked<PageQuery>) -> Result<Json<Page<Value>>, Problem> {
    let paging = query.paging()?;
    let runs = sightline_probe::runs(&app.held().session).await.map_err(anyhow::Error::from)?;
    let rows = Rows::new(runs.into_iter().enumerate().collect(), |(at, _): &(usize, ProbeRun)| format!("{at:08}"));
    Ok(Json(rows.page(&paging, |_| true, |(_, run)| serde_json::to_value(run).unwrap_or_default())))
}

/// One run of probes with its families, prompts and findings, as `sightline probe show -o json` tells it
#[utoipa::path(get, path = "/api/v1/probe-runs/{run_id}", tag = "probes", params(("run_id" = String, Path, description = "The run's id")), responses((status = 200, body = Object)))]
async fn get_probe_run(State(app): State<App>, Named(id): Named) -> Result<Json<Value>, Problem> {
    let held = app.held();
    known(&held, &id).await?;
    let (run, attempts) = sightline_probe::recorded(&held.session, &id).await.map_err(anyhow::Error::from)?;
    let packs = sightline_probe::packs().map_err(anyhow::Error::from)?;
    let report = stage::probed::report(&run, &attempts, &run.summary(&attempts), &[], &packs)?;
    Ok(Json(json!({ "run": report.run, "checks": report.checks, "findings": report.findings })))
}

/// Which two.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Pair {
    /// The run before: without the guardrail, or of the earlier version
    before: String,
    /// The run after
    after: String,
}

/// Two runs beside each other, prompt by prompt: what is mended, what is worse
#[utoipa::path(get, path = "/api/v1/probe-runs/compare", tag = "probes", params(Pair), responses((status = 200, body = Object)))]
async fn compare_probe_runs(State(app): State<App>, Asked(pair): Asked<Pair>) -> Result<Json<Value>, Problem> {
    let held = app.held();
    let mut summaries = Vec::with_capacity(2);
    for id in [&pair.before, &pair.after] {
        known(&held, id).await?;
        let (run, attempts) = sightline_probe::recorded(&held.session, id).await.map_err(anyhow::Error::from)?;
        summaries.push(run.summary(&attempts));
    }
    let [before, after] = summaries.as_slice() else { return Err(Problem::bad("two runs are compared")) };
    let compared = sightline_probe::compare(before, after);
    Ok(Json(serde_json::to_value(compared).map_err(anyhow::Error::from)?))
}

async fn known(held: &crate::serve::held::Held, id: &str) -> Result<(), Problem> {
    let runs = sightline_probe::runs(&held.session).await.map_err(|error: ProbeError| anyhow::Error::from(error))?;
    let is_known = runs.iter().any(|run| run.run_id == id);
    is_known.then_some(()).ok_or_else(|| Problem::missing("run of probes", id))
}
