//! Scans that ran to their end.

use crate::serve::answer::{Asked, Json};
use crate::serve::page::{Page, PageQuery, Rows};
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_scans))
}

/// Finished scans, the newest first
#[utoipa::path(get, path = "/api/v1/scans", tag = "coverage", params(PageQuery), responses((status = 200, body = Page<schema::Scan>)))]
async fn list_scans(
    State(app): State<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<Map<String, Value>>>, Problem> {
    let paging = query.paging()?;
    let sql = "SELECT * FROM scan ORDER BY finished_at DESC, scan_id, account_id";
    let rows = app.held().session.sql(sql).await?.rows()?;
    // What is sorted already is counted; a scan of several accounts has several rows.
    let numbered = rows.into_iter().enumerate().collect();
    let rows = Rows::new(numbered, |(number, _): &(usize, _)| format!("{number:08}"));
    Ok(Json(rows.page(&paging, |_| true, |(_, row)| row.clone())))
}
