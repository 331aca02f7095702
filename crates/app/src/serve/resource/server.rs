//! What answers, and who asks.

use crate::serve::answer::Json;
use crate::serve::auth::Actor;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_version)).routes(routes!(get_openapi)).routes(routes!(get_me))
}

/// What answers.
#[derive(Serialize, ToSchema)]
struct Version {
    /// `sightline`
    name: &'static str,
    /// Of the program
    version: &'static str,
}

/// The version of the server
#[utoipa::path(get, path = "/api/v1/version", tag = "server", responses((status = 200, body = Version)))]
async fn get_version() -> Json<Version> {
    Json(Version { name: "sightline", version: env!("CARGO_PKG_VERSION") })
}

/// This document
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "server", responses((status = 200, body = Object)))]
async fn get_openapi() -> Result<Response, Problem> {
    Ok(([(header::CONTENT_TYPE, "application/json")], crate::serve::document()?).into_response())
}

/// Whose the token is, and what it may do
#[utoipa::path(get, path = "/api/v1/me", tag = "server", responses((status = 200, body = Actor)))]
async fn get_me(actor: Actor) -> Json<Actor> {
    Json(actor)
}
