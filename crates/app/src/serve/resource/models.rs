//! Models: what they are used by, and who may use them.

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
    OpenApiRouter::new().routes(routes!(list_models))
}

/// Models, agents and endpoints: what was called, and what may be called and was not
#[utoipa::path(get, path = "/api/v1/models", tag = "map", params(MemberQuery), responses((status = 200, body = Page<Member>)))]
async fn list_models(State(app): State<App>, Asked(query): Asked<MemberQuery>) -> Result<Json<Page<Member>>, Problem> {
    list(&app, Of::Models, &query).await.map(Json)
}
