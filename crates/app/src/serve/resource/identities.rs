//! Identities whose permissions are used.

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
    OpenApiRouter::new().routes(routes!(list_identities))
}

/// Roles and users that call models, or may
#[utoipa::path(get, path = "/api/v1/identities", tag = "map", params(MemberQuery), responses((status = 200, body = Page<Member>)))]
async fn list_identities(
    State(app): State<App>,
    Asked(query): Asked<MemberQuery>,
) -> Result<Json<Page<Member>>, Problem> {
    list(&app, Of::Identities, &query).await.map(Json)
}
