//! Workloads that call models, or may.

use super::member_list::{MemberQuery, list};
use crate::serve::answer::{Asked, Json};
use crate::serve::estate::{Member, Of};
use crate::serve::page::Page;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_workloads))
}

/// What calls models, and what may and does not
#[utoipa::path(get, path = "/api/v1/workloads", tag = "map", params(MemberQuery), responses((status = 200, body = Page<Member>)))]
async fn list_workloads(
    State(app): State<App>,
    Asked(query): Asked<MemberQuery>,
) -> Result<Json<Page<Member>>, Problem> {
    list(&app, Of::Workloads, &query).await.map(Json)
}
