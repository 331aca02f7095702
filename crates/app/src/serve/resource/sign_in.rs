//! Signing in by a provider of OpenID Connect, where the configuration has one, and the sessions that come of it.

use crate::cli::token::new_id;
use crate::serve::answer::{Asked, Json, Said, created};
use crate::serve::auth::Actor;
use crate::serve::db::token::{TokenKind, Whose};
use crate::serve::guard::{RequestId, no_content};
use crate::serve::oidc::{Pass, Refused, Return, SignIn};
use crate::serve::problem::Problem;
use crate::serve::resource::tokens::MintedToken;
use crate::serve::state::App;
use crate::world;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_sign_in))
        .routes(routes!(begin_sign_in))
        .routes(routes!(end_sign_in))
        .routes(routes!(create_session, end_session))
}

/// How people may sign in beside tokens.
#[derive(Serialize, ToSchema)]
struct SignInWays {
    /// By a provider of OpenID Connect; nothing where none is configured
    oidc: Option<OidcWay>,
}

/// A provider of OpenID Connect.
#[derive(Serialize, ToSchema)]
struct OidcWay {
    /// What people call it
    name: String,
}

/// What the provider sends people back with. It may send more, which is not read.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ReturnQuery {
    /// The provider's code
    code: Option<String>,
    /// What tells this sign-in from others
    state: Option<String>,
    /// Why there is no code
    error: Option<String>,
    /// The provider, where it says so
    iss: Option<String>,
}

/// A code of the console's link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSession {
    /// The code behind the `#`, which is good once, for a minute, in this browser
    #[schema(max_length = 100)]
    code: String,
}

/// How people may sign in beside tokens
#[utoipa::path(get, path = "/api/v1/sign-in", tag = "server", responses((status = 200, body = SignInWays)))]
async fn get_sign_in(State(app): State<App>) -> Json<SignInWays> {
    Json(SignInWays { oidc: app.sign_in().map(|way| OidcWay { name: way.name().to_owned() }) })
}

/// Sends a browser to the provider
#[utoipa::path(get, path = "/api/v1/oidc/start", tag = "server", responses((status = 303, description = "To the provider")))]
async fn begin_sign_in(State(app): State<App>, request: RequestId, headers: HeaderMap) -> Result<Response, Problem> {
    let way = way(&app)?;
    match way.begin(world::secret()?, app.now()).await {
        Ok((place, pass)) => sent_to(&place, Some(&way.cookie(Some(&pass)))),
        Err(refused) => told(refused, &headers, &request),
    }
}

/// Takes back whom the provider signed in, and sends them to the console with a code for `POST /api/v1/session`
#[utoipa::path(get, path = "/api/v1/oidc/callback", tag = "server", params(ReturnQuery), responses((status = 303, description = "To the console")))]
async fn end_sign_in(
    State(app): State<App>,
    request: RequestId,
    headers: HeaderMap,
    Asked(query): Asked<ReturnQuery>,
) -> Result<Response, Problem> {
    let way = way(&app)?;
    let back = Return {
        code: query.code.as_deref(),
        state: query.state.as_deref(),
        error: query.error.as_deref(),
        issuer: query.iss.as_deref(),
    };
    match way.end(pass(&headers), back, world::secret()?, app.now()).await {
        // Behind the `#`: browsers send it nowhere, and no server writes it into a log.
        Ok(code) => sent_to(&format!("/#/signed-in?code={code}"), None),
        Err(refused) => told(refused, &headers, &request),
    }
}

/// Begins a session: a token of the role that the provider's claims give, which ends soon
#[utoipa::path(post, path = "/api/v1/session", tag = "server", request_body = NewSession, responses((status = 201, body = MintedToken)))]
async fn create_session(
    State(app): State<App>,
    request: RequestId,
    headers: HeaderMap,
    Said(asked): Said<NewSession>,
) -> Result<Response, Problem> {
    let way = way(&app)?;
    let now = app.now();
    let person = way.redeem(&asked.code, pass(&headers), now).ok_or(Refused::Stale)?;
    let ends = now.as_second().saturating_add(way.session().as_secs());
    let ends = Timestamp::from_second(ends).map_err(anyhow::Error::from)?;
    let whose = Whose {
        name: &person.name,
        role: person.role,
        kind: TokenKind::Session,
        subject: &format!("{} {}", person.issuer, person.subject),
    };
    let made = app.db().mint_for(world::secret()?, format!("{}{}", new_id(), new_id()), whose, now, Some(ends))?;
    let actor = Actor::of(&made.token);
    let detail = json!({ "name": person.name, "subject": made.token.subject, "role": person.role, "expires_at": ends });
    app.record(&actor, &request, "session.create", &made.token.id, detail)?;
    let mut response = created(MintedToken { token: made.token, secret: made.secret });
    if let Ok(over) = HeaderValue::from_str(&way.cookie(None)) {
        response.headers_mut().insert(header::SET_COOKIE, over);
    }
    Ok(response)
}

/// Ends the session that asks
#[utoipa::path(delete, path = "/api/v1/session", tag = "server", responses((status = 204)))]
async fn end_session(State(app): State<App>, actor: Actor, request: RequestId) -> Result<Response, Problem> {
    if actor.kind != TokenKind::Session {
        return Err(Problem::conflict("this token is no session: an admin takes it back"));
    }
    app.db().revoke(&actor.token, app.now())?;
    app.record(&actor, &request, "session.end", &actor.token, json!({ "name": actor.name }))?;
    Ok(no_content())
}

fn way(app: &App) -> Result<&SignIn, Problem> {
    let off = "nobody signs in by a provider here: `[serve.oidc]` in the configuration names one";
    app.sign_in().ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, off))
}

fn pass(headers: &HeaderMap) -> Option<Pass> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    cookies.filter_map(SignIn::pass_of).next()
}

/// A person is sent to the console, which says why; a program gets a problem.
fn told(refused: Refused, headers: &HeaderMap, request: &RequestId) -> Result<Response, Problem> {
    refused.log();
    let accept = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        return sent_to(&format!("/#/signed-in?error={}&request={}", refused.word(), request.0), None);
    }
    Err(refused.into())
}

fn sent_to(place: &str, cookie: Option<&str>) -> Result<Response, Problem> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(anyhow::Error::from);
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, value(place)?)]).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, value(cookie)?);
    }
    Ok(response)
}
