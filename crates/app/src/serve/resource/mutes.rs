//! Mutes: findings that somebody decided to live with, for a time. They stand in `sightline.toml`, for the command line too.

use crate::cli::mute::{Scope, add, remove, until};
use crate::config::Config;
use crate::serve::answer::{Json, Named, Said};
use crate::serve::auth::Actor;
use crate::serve::guard::{RequestId, no_content};
use crate::serve::problem::Problem;
use crate::serve::resource::findings::find;
use crate::serve::schema;
use crate::serve::state::App;
use crate::stage::muted::is_open;
use crate::world;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use sightline_model::Mute;
use std::path::PathBuf;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(mute_finding, unmute_finding))
}

/// Why a finding shall not count.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMute {
    /// Why it is all right
    #[schema(min_length = 1, max_length = 1000)]
    reason: String,
    /// Who answers for it
    #[schema(min_length = 1, max_length = 1000)]
    owner: String,
    /// Its last day (`2026-12-31`), or for how long (`90d`)
    expires: String,
}

/// Does not count this finding until a day; it stays in every list that asks for it
#[utoipa::path(put, path = "/api/v1/findings/{fingerprint}/mute", tag = "findings", params(("fingerprint" = String, Path, description = "32 hexadecimal digits")), request_body = NewMute, responses((status = 200, body = schema::Mute)))]
async fn mute_finding(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Named(name): Named,
    Said(wanted): Said<NewMute>,
) -> Result<Json<Mute>, Problem> {
    let wrong = |error: anyhow::Error| Problem::unprocessable(format!("{error:#}"));
    let (row, finding) = find(&app.held(), &name).await?;
    if !is_open(row.status) {
        return Err(Problem::conflict(format!("the finding is `{}`: there is nothing to mute", row.status)));
    }
    if row.mute.is_some() {
        return Err(Problem::conflict("the finding is muted already: unmute it first"));
    }
    let expires = until(&wanted.expires, world::today()).map_err(wrong)?;
    let mute = {
        let _one = app.configuring().lock().await;
        let (path, config) = read(&app)?;
        let scope = Scope::of(&finding);
        // A mute that is over may stand there still: what is muted anew replaces it.
        remove(&path, &config.text, &scope)?;
        let (path, config) = read(&app)?;
        add(&path, &config.text, &scope, &wanted.reason, &wanted.owner, expires).map_err(wrong)?
    };
    let Some(rule) = mute else { return Err(Problem::conflict("the finding is muted so already")) };
    let detail = json!({ "check_id": finding.check_id, "resource": finding.resource, "mute": rule.mute });
    app.record(&actor, &request, "finding.mute", &name, detail)?;
    app.refresh().await?;
    Ok(Json(rule.mute))
}

/// Lets the finding count again
#[utoipa::path(delete, path = "/api/v1/findings/{fingerprint}/mute", tag = "findings", params(("fingerprint" = String, Path, description = "32 hexadecimal digits")), responses((status = 204)))]
async fn unmute_finding(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Named(name): Named,
) -> Result<Response, Problem> {
    let (row, finding) = find(&app.held(), &name).await?;
    if row.mute.is_none() {
        return Err(Problem::conflict("the finding is not muted"));
    }
    let removed = {
        let _one = app.configuring().lock().await;
        let (path, config) = read(&app)?;
        remove(&path, &config.text, &Scope::of(&finding))?
    };
    if removed == 0 {
        return Err(Problem::conflict(
            "the mute covers more than this finding: change it in `sightline.toml`, where it was written",
        ));
    }
    app.record(&actor, &request, "finding.unmute", &name, json!({ "check_id": finding.check_id }))?;
    app.refresh().await?;
    Ok(no_content())
}

/// The file as it is now, not as it was when the lake was last looked at.
fn read(app: &App) -> anyhow::Result<(PathBuf, Config)> {
    let named = app.config_path().map(PathBuf::as_path);
    Ok((Config::place_of(named), Config::load(named)?))
}
