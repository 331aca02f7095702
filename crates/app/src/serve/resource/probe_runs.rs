//! Runs of probes, and two of them beside each other. The shapes are those of `sightline probe show` and `compare`.

use crate::serve::answer::{Asked, Json, Named};
use crate::serve::page::{Page, PageQuery, Rows};
use crate::serve::problem::Problem;
use crate::serve::schema::probe as schema;
use crate::serve::state::App;
use crate::stage;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sightline_probe::{Attempt, Comparison, ProbeError, ProbeRun, RunStatus};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What stands for the status of a run that is said to run, and does not.
const INTERRUPTED: &str = "interrupted";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_probe_runs))
        .routes(routes!(compare_probe_runs))
        .routes(routes!(get_probe_run))
}

/// Runs of probes, the newest first
#[utoipa::path(get, path = "/api/v1/probe-runs", tag = "probes", params(PageQuery), responses((status = 200, body = Page<schema::ProbeRun>)))]
async fn list_probe_runs(State(app): State<App>, Asked(query): Asked<PageQuery>) -> Result<Json<Page<Value>>, Problem> {
    let paging = query.paging()?;
    let runs = sightline_probe::runs(&app.held().session).await.map_err(anyhow::Error::from)?;
    let rows = Rows::new(runs.into_iter().enumerate().collect(), |(at, _): &(usize, ProbeRun)| format!("{at:08}"));
    let page = rows.page(&paging, |_| true, |(_, run)| row(&app, run));
    let Page { items, next, total } = page;
    Ok(Json(Page { items: items.into_iter().collect::<Result<_, _>>()?, next, total }))
}

/// One run of probes with its families, prompts and findings, as `sightline probe show -o json` tells it
#[utoipa::path(get, path = "/api/v1/probe-runs/{run_id}", tag = "probes", params(("run_id" = String, Path, description = "The run's id")), responses((status = 200, body = schema::ProbeRunDetail)))]
async fn get_probe_run(State(app): State<App>, Named(id): Named) -> Result<Json<Value>, Problem> {
    let (run, attempts) = find(&app, &id).await?;
    let packs = sightline_probe::packs().map_err(anyhow::Error::from)?;
    let mut report = stage::probed::report(&run, &attempts, &run.summary(&attempts), &[], &packs)?;
    report.run.status = status(&app, &run);
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

/// As [`schema::ProbeComparison`] describes it.
#[derive(Serialize)]
struct Compared {
    #[serde(flatten)]
    compared: Comparison,
    verdict: stage::probed::Verdict,
    before_run: Value,
    after_run: Value,
}

/// Two runs beside each other, prompt by prompt: what is mended, what is worse
#[utoipa::path(get, path = "/api/v1/probe-runs/compare", tag = "probes", params(Pair), responses((status = 200, body = schema::ProbeComparison)))]
async fn compare_probe_runs(State(app): State<App>, Asked(pair): Asked<Pair>) -> Result<Json<Value>, Problem> {
    let (before, earlier) = find(&app, &pair.before).await?;
    let (after, later) = find(&app, &pair.after).await?;
    let compared = sightline_probe::compare(&before.summary(&earlier), &after.summary(&later));
    let verdict = stage::probed::verdict(&compared);
    let whole = Compared { compared, verdict, before_run: row(&app, &before)?, after_run: row(&app, &after)? };
    Ok(Json(serde_json::to_value(whole).map_err(anyhow::Error::from)?))
}

/// The run of this id, with its attempts.
async fn find(app: &App, id: &str) -> Result<(ProbeRun, Vec<Attempt>), Problem> {
    match sightline_probe::recorded(&app.held().session, id).await {
        Ok(found) => Ok(found),
        Err(ProbeError::UnknownRun { .. }) => Err(Problem::missing("run of probes", id)),
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}

fn row(app: &App, run: &ProbeRun) -> Result<Value, Problem> {
    let mut row = serde_json::to_value(run).map_err(anyhow::Error::from)?;
    if let Some(told) = row.get_mut("status") {
        *told = Value::String(status(app, run));
    }
    Ok(row)
}

/// How far a run came. One whose lock is free is run by nobody any more.
fn status(app: &App, run: &ProbeRun) -> String {
    let is_free = || app.lake().lock(&format!("probe-{}", run.run_id), "looking whether it runs").is_ok();
    match run.status {
        RunStatus::Running if is_free() => INTERRUPTED.to_owned(),
        status => status.to_string(),
    }
}
