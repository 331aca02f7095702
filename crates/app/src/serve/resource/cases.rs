//! Cases: what detections saw of one identity, put together.

use crate::serve::answer::{Asked, Json, Named};
use crate::serve::page::{Page, Paging};
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use serde::Deserialize;
use sightline_model::{Case, Severity};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_cases)).routes(routes!(get_case))
}

/// Which cases.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CaseQuery {
    /// Of this severity or worse
    #[param(inline, value_type = Option<schema::Severity>)]
    severity: Option<Severity>,
    /// In this account
    account: Option<String>,
    /// Of this identity
    identity: Option<String>,
    /// Rows of a page [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next` of the page before
    cursor: Option<String>,
}

/// The cases of the newest run of detections, the worst and newest first
#[utoipa::path(get, path = "/api/v1/cases", tag = "detections", params(CaseQuery), responses((status = 200, body = Page<schema::Case>)))]
async fn list_cases(State(app): State<App>, Asked(query): Asked<CaseQuery>) -> Result<Json<Page<Case>>, Problem> {
    let paging = Paging::new(query.limit, query.cursor.as_deref())?;
    let fits = |case: &Case| {
        query.severity.is_none_or(|severity| case.severity >= severity)
            && query.account.as_ref().is_none_or(|account| *account == case.account_id)
            && query.identity.as_ref().is_none_or(|identity| *identity == case.identity_arn)
    };
    Ok(Json(app.held().cases().await?.page(&paging, fits, Case::clone)))
}

/// One case, with its timeline
#[utoipa::path(get, path = "/api/v1/cases/{case_id}", tag = "detections", params(("case_id" = String, Path, description = "32 hexadecimal digits")), responses((status = 200, body = schema::Case)))]
async fn get_case(State(app): State<App>, Named(id): Named) -> Result<Json<Case>, Problem> {
    let held = app.held();
    let case = held.cases().await?.iter().find(|case| case.case_id == id).cloned();
    case.map(Json).ok_or_else(|| Problem::missing("case", &id))
}
