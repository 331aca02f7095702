//! Schedules: jobs that begin by themselves.

use crate::cli::token::{checked_name, new_id};
use crate::serve::answer::{Json, Named, Said, created};
use crate::serve::auth::Actor;
use crate::serve::db::schedule::Schedule;
use crate::serve::guard::{RequestId, no_content};
use crate::serve::job::{Work, is_shown, shown};
use crate::serve::problem::Problem;
use crate::serve::schedule::next;
use crate::serve::state::App;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Schedules at most.
const MOST: usize = 200;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_schedules, create_schedule))
        .routes(routes!(replace_schedule, delete_schedule))
}

/// All schedules.
#[derive(Serialize, ToSchema)]
struct Schedules {
    /// By name
    items: Vec<Schedule>,
}

/// A schedule that is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSchedule)]
struct Wanted {
    /// Its name for people
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The job that it begins
    job: Work,
    /// When: minute, hour, day of the month, month, day of the week, in UTC, such as `0 3 * * *`
    cron: String,
    /// Whether it begins jobs
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

fn seen(mut schedule: Schedule) -> Schedule {
    schedule.job = shown(&schedule.job);
    schedule
}

/// All schedules
#[utoipa::path(get, path = "/api/v1/schedules", tag = "jobs", responses((status = 200, body = Schedules)))]
async fn list_schedules(State(app): State<App>) -> Result<Json<Schedules>, Problem> {
    Ok(Json(Schedules { items: app.db().schedules()?.into_iter().map(seen).collect() }))
}

/// Makes a schedule
///
/// A schedule of a job wants the role that beginning the job wants.
#[utoipa::path(post, path = "/api/v1/schedules", tag = "jobs", request_body = Wanted, responses((status = 201, body = Schedule)))]
async fn create_schedule(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Said(wanted): Said<Wanted>,
) -> Result<Response, Problem> {
    wanted.job.permit(&actor)?;
    if app.db().schedules()?.len() >= MOST {
        return Err(Problem::conflict(format!("there are {MOST} schedules: delete one first")));
    }
    let empty = Schedule {
        id: new_id(),
        name: String::new(),
        job: serde_json::Value::Null,
        cron: String::new(),
        enabled: false,
        created_by: actor.token.clone(),
        created_at: app.now(),
        next_at: None,
        last_job: None,
        last_error: String::new(),
    };
    let schedule = keep(&app, empty, &wanted)?;
    app.record(&actor, &request, "schedule.create", &schedule.id, detail(&schedule))?;
    Ok(created(schedule))
}

/// Changes a schedule
///
/// A schedule of a job wants the role that beginning the job wants.
#[utoipa::path(put, path = "/api/v1/schedules/{id}", tag = "jobs", params(("id" = String, Path, description = "The schedule's id")), request_body = Wanted, responses((status = 200, body = Schedule)))]
async fn replace_schedule(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Named(id): Named,
    Said(wanted): Said<Wanted>,
) -> Result<Json<Schedule>, Problem> {
    wanted.job.permit(&actor)?;
    let before = app.db().schedule(&id)?.ok_or_else(|| Problem::missing("schedule", &id))?;
    let schedule = keep(&app, before, &wanted)?;
    app.record(&actor, &request, "schedule.replace", &id, detail(&schedule))?;
    Ok(Json(schedule))
}

/// Drops a schedule; the jobs that it began stay
#[utoipa::path(delete, path = "/api/v1/schedules/{id}", tag = "jobs", params(("id" = String, Path, description = "The schedule's id")), responses((status = 204)))]
async fn delete_schedule(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Named(id): Named,
) -> Result<Response, Problem> {
    if !app.db().drop_schedule(&id)? {
        return Err(Problem::missing("schedule", &id));
    }
    app.record(&actor, &request, "schedule.delete", &id, json!({}))?;
    Ok(no_content())
}

fn keep(app: &App, before: Schedule, wanted: &Wanted) -> Result<Schedule, Problem> {
    let wrong = |error: anyhow::Error| Problem::unprocessable(format!("{error:#}"));
    wanted.job.check(app).map_err(wrong)?;
    let at = next(&wanted.cron, app.now()).map_err(wrong)?;
    let said = serde_json::to_value(&wanted.job).map_err(anyhow::Error::from)?;
    // Who changes its time or pauses it gives the job as it was shown to them, without what is secret.
    let job = if said == shown(&before.job) { before.job.clone() } else { said };
    if is_shown(&job) {
        return Err(Problem::unprocessable("an external id is not shown: with a job that changes, give it again"));
    }
    let schedule = Schedule {
        name: checked_name(&wanted.name).map_err(wrong)?.to_owned(),
        job,
        cron: wanted.cron.clone(),
        enabled: wanted.enabled,
        next_at: wanted.enabled.then_some(at),
        ..before
    };
    app.db().keep_schedule(&schedule)?;
    Ok(seen(schedule))
}

fn detail(schedule: &Schedule) -> serde_json::Value {
    json!({ "name": schedule.name, "job": schedule.job, "cron": schedule.cron, "enabled": schedule.enabled })
}
