//! The audit log: every change, and who made it.

use crate::serve::answer::{Asked, Json};
use crate::serve::db::audit::AuditEntry;
use crate::serve::page::PageQuery;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_audit))
}

/// Changes of a page.
#[derive(Serialize, ToSchema)]
struct AuditPage {
    /// The newest first
    items: Vec<AuditEntry>,
    /// The `cursor` of the next page; nothing on the last
    next: Option<String>,
}

/// Changes, the newest first
#[utoipa::path(get, path = "/api/v1/audit", tag = "settings", params(PageQuery), responses((status = 200, body = AuditPage)))]
async fn list_audit(State(app): State<App>, Asked(query): Asked<PageQuery>) -> Result<Json<AuditPage>, Problem> {
    let paging = query.paging()?;
    let (before, most) = paging.of_store();
    let number = |key: &str| key.parse::<i64>().map_err(|_| Problem::bad("`cursor` is none of ours"));
    let found = app.db().audit(before.map(number).transpose()?, most)?;
    let (items, next) = paging.cut(found, |entry| entry.id.to_string());
    Ok(Json(AuditPage { items, next }))
}
