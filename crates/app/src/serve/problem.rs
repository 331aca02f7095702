//! Errors as RFC 9457 has them: `application/problem+json`, with a sentence for who asked; what is inside goes to the log.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use sightline_model::untrusted::shortened;
use utoipa::ToSchema;

/// The longest sentence, in characters.
const LONGEST: usize = 1_000;

/// What went wrong, for programs and people (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Names the kind of problem: `urn:sightline:problem:not-found`
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The kind in words
    pub(crate) title: String,
    /// The status of the answer
    #[schema(minimum = 400, maximum = 599)]
    pub(crate) status: u16,
    /// What is wrong with this request, and what to do
    pub(crate) detail: String,
    /// The request, as the server's log has it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
}

impl Problem {
    /// A problem of this status.
    pub(crate) fn new(status: StatusCode, detail: impl AsRef<str>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self {
            kind: format!("urn:sightline:problem:{}", title.to_lowercase().replace(' ', "-")),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: shortened(detail.as_ref(), LONGEST),
            request_id: None,
        }
    }

    /// The request says what cannot be understood.
    pub(crate) fn bad(detail: impl AsRef<str>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The request is understood, and asks for what cannot be.
    pub(crate) fn unprocessable(detail: impl AsRef<str>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// Nothing has this name.
    pub(crate) fn missing(what: &str, name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("no {what} is named `{}`", shortened(name, 200)))
    }

    /// It cannot be done as things are.
    pub(crate) fn conflict(detail: impl AsRef<str>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// The status as a type; 500 where the number is none.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// What failed inside: the log has the causes, the answer the outermost sentence.
impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<sightline_lake::LakeError> for Problem {
    fn from(error: sightline_lake::LakeError) -> Self {
        anyhow::Error::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        // Text and a number: there is nothing in it that could not be written.
        let text = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
