//! The way of an edge, step by step, to be drawn and to be read.

use crate::serve::answer::{Json, Named};
use crate::serve::problem::Problem;
use crate::serve::state::App;
use crate::serve::way::EdgePath;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_edge_path))
}

/// The way of an edge of the newest map, through the networks as the newest scan saw them
#[utoipa::path(get, path = "/api/v1/edges/{edge_id}/path", tag = "map", params(("edge_id" = String, Path, description = "32 hexadecimal digits")), responses((status = 200, body = EdgePath)))]
async fn get_edge_path(State(app): State<App>, Named(id): Named) -> Result<Json<EdgePath>, Problem> {
    let held = app.held();
    let edge = super::edges::find(&held, &id).await?;
    Ok(Json(EdgePath::new(edge, held.network().await?)))
}
