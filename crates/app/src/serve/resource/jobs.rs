//! Jobs: begun, watched, ended, gone on with.

use crate::serve::answer::{Asked, Json, Named, Said, created};
use crate::serve::auth::Actor;
use crate::serve::db::job::{Job, JobStatus};
use crate::serve::guard::RequestId;
use crate::serve::job::{Jobs, Refused, Work};
use crate::serve::page::Paging;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_jobs, create_job))
        .routes(routes!(get_job))
        .routes(routes!(cancel_job))
        .routes(routes!(resume_job))
}

/// Which jobs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct JobQuery {
    /// Of this kind
    kind: Option<String>,
    /// That stand so
    #[param(inline)]
    status: Option<JobStatus>,
    /// Rows of a page [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next` of the page before
    cursor: Option<String>,
}

/// Jobs of a page.
#[derive(Serialize, ToSchema)]
struct JobPage {
    /// The newest first
    items: Vec<Job>,
    /// The `cursor` of the next page; nothing on the last
    next: Option<String>,
}

/// Jobs, the newest first
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(JobQuery), responses((status = 200, body = JobPage)))]
async fn list_jobs(State(app): State<App>, Asked(query): Asked<JobQuery>) -> Result<Json<JobPage>, Problem> {
    let paging = Paging::new(query.limit, query.cursor.as_deref())?;
    let (before, most) = paging.of_store();
    let found = app.db().jobs(before, query.kind.as_deref(), query.status, most)?;
    let (found, next) = paging.cut(found, |job| job.id.clone());
    Ok(Json(JobPage { items: found.into_iter().map(|job| app.jobs().fresh(job)).collect(), next }))
}

/// Begins a job; one of a kind and an account runs at a time
///
/// `retain` and `vacuum` want the role `admin`, but with `dry_run`: what they take out of the lake does not come back.
#[utoipa::path(post, path = "/api/v1/jobs", tag = "jobs", request_body = Work, responses((status = 201, body = Job)))]
async fn create_job(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Said(work): Said<Work>,
) -> Result<Response, Problem> {
    work.permit(&actor)?;
    work.admit(&app).await?;
    let job = Jobs::start(&app, work, &actor.token, None).map_err(told)?;
    app.record(&actor, &request, "job.create", &job.id, json!({ "kind": job.kind, "arguments": job.arguments }))?;
    Ok(created(job))
}

/// Why a job does not begin, for who asked.
fn told(refused: Refused) -> Problem {
    match refused {
        Refused::Busy(id) => {
            Problem::conflict(format!("the job `{id}` of this kind and account still runs: wait for it, or cancel it"))
        }
        Refused::Wrong(error) => Problem::unprocessable(format!("{error:#}")),
        Refused::Failed(error) => error.into(),
    }
}

/// One job, with its progress of now
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "The job's id")), responses((status = 200, body = Job)))]
async fn get_job(State(app): State<App>, Named(id): Named) -> Result<Json<Job>, Problem> {
    find(&app, &id).map(|job| Json(app.jobs().fresh(job)))
}

fn find(app: &App, id: &str) -> Result<Job, Problem> {
    app.db().job(id)?.ok_or_else(|| Problem::missing("job", id))
}

/// Asks a job to stop where nothing is lost
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", tag = "jobs", params(("id" = String, Path, description = "The job's id")), responses((status = 200, body = Job)))]
async fn cancel_job(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Named(id): Named,
) -> Result<Json<Job>, Problem> {
    let job = find(&app, &id)?;
    if !app.jobs().cancel(&id) {
        return Err(Problem::conflict(format!("the job `{id}` does not run: it is {}", job.status.as_str())));
    }
    app.record(&actor, &request, "job.cancel", &id, json!({ "kind": job.kind }))?;
    Ok(Json(app.jobs().fresh(job)))
}

/// Goes on with a job that stopped before its end: a scan with what it has read, probes with the runs that they began, the others anew
///
/// It wants the role that beginning it anew wants.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/resume", tag = "jobs", params(("id" = String, Path, description = "The job's id")), responses((status = 201, body = Job)))]
async fn resume_job(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Named(id): Named,
) -> Result<Response, Problem> {
    let before = find(&app, &id)?;
    if !before.status.may_go_on() {
        let status = before.status.as_str();
        return Err(Problem::conflict(format!("the job `{id}` is {status}: there is nothing to go on with")));
    }
    let work: Work = serde_json::from_value(before.arguments.clone())
        .map_err(|error| Problem::conflict(format!("this version knows no such job: {error}")))?;
    work.permit(&actor)?;
    let job = Jobs::start(&app, work, &actor.token, Some(&before)).map_err(told)?;
    app.record(&actor, &request, "job.resume", &job.id, json!({ "resumes": id }))?;
    Ok(created(job))
}
