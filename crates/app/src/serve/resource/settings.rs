//! The configuration that is in force.

use crate::cli::config::{Setting, settings};
use crate::serve::answer::Json;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_settings))
}

/// What is in force, and where it is from.
#[derive(Serialize, ToSchema)]
struct Settings {
    /// One by one
    settings: Vec<Setting>,
}

/// The configuration that is in force (`sightline config show --resolved`); secrets are not in it
#[utoipa::path(get, path = "/api/v1/settings", tag = "settings", responses((status = 200, body = Settings)))]
async fn get_settings(State(app): State<App>) -> Result<Json<Settings>, Problem> {
    let held = app.held();
    let mut all = settings(app.lake().root(), &held.config, app.config_path().is_some());
    for one in all.iter_mut().filter(|one| one.setting.ends_with("external_id")) {
        one.value = "…".to_owned();
    }
    Ok(Json(Settings { settings: all }))
}
