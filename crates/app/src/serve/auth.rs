//! Who asks, and what they may: a bearer token has one of three roles, and each operation wants one at least.

mod roles;

pub(crate) use roles::{OPERATIONS, Wanted};

use super::db::token::{Token, TokenKind};
use super::problem::Problem;
use super::state::App;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use clap::ValueEnum;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// What a token may do; each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ValueEnum, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Reads
    Viewer,
    /// Starts jobs, mutes findings, keeps schedules
    Operator,
    /// Makes and takes back tokens, reads the audit log, has rows and files taken out of the lake
    Admin,
}

impl Role {
    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        <Self as ValueEnum>::from_str(word, false)
    }
}

/// Who asks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Actor {
    /// The token's id
    pub(crate) token: String,
    /// The token's name
    pub(crate) name: String,
    /// What it may do
    pub(crate) role: Role,
    /// How it came to be
    pub(crate) kind: TokenKind,
    /// When it ends; nothing where it does not
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Timestamp>,
}

impl Actor {
    /// Who has this token.
    pub(crate) fn of(token: &Token) -> Self {
        let Token { id, name, role, kind, expires_at, .. } = token;
        Self { token: id.clone(), name: name.clone(), role: *role, kind: *kind, expires_at: *expires_at }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = Problem;

    /// # Errors
    /// Nobody was asked for a token: the operation is a public one.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unknown)
    }
}

/// Lets through who may. What matches no route goes on, to be told so.
pub(crate) async fn admit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else { return next.run(request).await };
    match allowed(&app, request.method(), path.as_str(), request.headers()) {
        Ok(actor) => {
            if let Some(actor) = actor {
                request.extensions_mut().insert(actor);
            }
            next.run(request).await
        }
        Err(problem) => {
            let is_other_method = problem.status == StatusCode::METHOD_NOT_ALLOWED.as_u16();
            let mut response = problem.into_response();
            if let Some(methods) =
                HeaderValue::from_str(&roles::methods(path.as_str())).ok().filter(|_| is_other_method)
            {
                response.headers_mut().insert(header::ALLOW, methods);
            }
            response
        }
    }
}

/// Who asks, where that matters.
fn allowed(app: &App, method: &Method, path: &str, headers: &HeaderMap) -> Result<Option<Actor>, Problem> {
    let wanted = match roles::wanted(method, path) {
        // INVARIANT: what is not in the table is nobody's: a route that was forgotten there is closed, not open.
        None => {
            return Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("`{method}` cannot be done here")));
        }
        Some(Wanted::Anybody) => return Ok(None),
        Some(Wanted::AtLeast(role)) => role,
    };
    let given = headers.get(header::AUTHORIZATION).and_then(|text| text.to_str().ok());
    let secret = given.and_then(|text| text.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let Some((_, secret)) = secret else { return Err(unknown()) };
    let Some(token) = app.db().holder(secret.trim(), app.now())? else { return Err(unknown()) };
    if token.role < wanted {
        let text = format!("this needs the role `{wanted}`; the token `{}` has `{}`", token.name, token.role);
        return Err(Problem::new(StatusCode::FORBIDDEN, text));
    }
    Ok(Some(Actor::of(&token)))
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "send a token as `authorization: Bearer …`; `sightline token create` makes one",
    )
}
