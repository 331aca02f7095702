//! Tokens: who may ask this server.

use crate::cli::token::{checked_name, new_id, until};
use crate::serve::answer::{Json, Named, Said, created};
use crate::serve::auth::{Actor, Role};
use crate::serve::db::token::Token;
use crate::serve::guard::RequestId;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use crate::world;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_tokens, create_token)).routes(routes!(revoke_token))
}

/// All tokens.
#[derive(Serialize, ToSchema)]
struct Tokens {
    /// Those of now first
    items: Vec<Token>,
}

/// A token that is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// Whose it is, for people
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do
    role: Role,
    /// When it ends: an age (`30d`) or a day (`2026-12-31`); never where nothing is said
    expires: Option<String>,
}

/// A new token.
#[derive(Serialize, ToSchema)]
pub(super) struct MintedToken {
    /// As it is kept
    pub(super) token: Token,
    /// To be sent as `authorization: Bearer …`; it is not shown again
    pub(super) secret: String,
}

/// All tokens, never their secrets
#[utoipa::path(get, path = "/api/v1/tokens", tag = "settings", responses((status = 200, body = Tokens)))]
async fn list_tokens(State(app): State<App>) -> Result<Json<Tokens>, Problem> {
    Ok(Json(Tokens { items: app.db().tokens()? }))
}

/// Makes a token; its secret is in this answer alone
#[utoipa::path(post, path = "/api/v1/tokens", tag = "settings", request_body = NewToken, responses((status = 201, body = MintedToken)))]
async fn create_token(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Said(wanted): Said<NewToken>,
) -> Result<Response, Problem> {
    let wrong = |error: anyhow::Error| Problem::unprocessable(error.to_string());
    let now = app.now();
    let name = checked_name(&wanted.name).map_err(wrong)?;
    let expires = wanted.expires.as_deref().map(|text| until(text, now)).transpose().map_err(wrong)?;
    let made = app.db().mint(world::secret()?, new_id(), name, wanted.role, now, expires)?;
    let detail = json!({ "name": made.token.name, "role": made.token.role, "expires_at": made.token.expires_at });
    app.record(&actor, &request, "token.create", &made.token.id, detail)?;
    Ok(created(MintedToken { token: made.token, secret: made.secret }))
}

/// Takes a token back, at once
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "settings", params(("id" = String, Path, description = "The token's id")), responses((status = 200, body = Token)))]
async fn revoke_token(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Named(id): Named,
) -> Result<Json<Token>, Problem> {
    let token = app.db().revoke(&id, app.now())?.ok_or_else(|| Problem::missing("token", &id))?;
    app.record(&actor, &request, "token.revoke", &id, json!({ "name": token.name }))?;
    Ok(Json(token))
}
