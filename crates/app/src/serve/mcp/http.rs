//! The same tools over HTTP (`/mcp`, the transport that the protocol calls streamable): one request, one answer, and nothing kept in between, so there
//! are no sessions to fill the memory or to be stolen. A tool is asked with the token of who asks.

use super::tool::Tools;
use super::{Asks, Handler};
use crate::serve::guard::LONGEST_BODY;
use crate::serve::problem::Problem;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::sync::Arc;

/// The longest sentence that the transport says of what it refuses, in bytes.
const LONGEST_REFUSAL: usize = 10_000;

/// The tools, as requests reach them.
#[derive(Clone)]
pub(crate) struct Http(StreamableHttpService<Handler, NeverSessionManager>);

impl Http {
    /// Tools that ask this router, which goes by this name.
    ///
    /// # Errors
    /// An operation is not in the document, which a test keeps from being shipped.
    pub(crate) fn new(router: Router, host: String) -> anyhow::Result<Self> {
        let handler = Handler { tools: Arc::new(Tools::new(router, host)?), asks: Asks::ByTheRequest };
        // Whose request it is, for which host and from which page, was looked at before it comes here.
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_max_request_body_bytes(LONGEST_BODY)
            .disable_allowed_hosts()
            .disable_allowed_origins();
        let handlers = move || Ok(handler.clone());
        Ok(Self(StreamableHttpService::new(handlers, Arc::new(NeverSessionManager::default()), config)))
    }

    /// Answers a message.
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let answer = self.0.handle(request).await.map(Body::new);
        let status = answer.status();
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if status.is_success() || kind.starts_with("application/json") {
            return answer;
        }
        // What the transport itself refuses is a sentence: here it is a problem, as everywhere.
        let text = to_bytes(answer.into_body(), LONGEST_REFUSAL).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        if status.is_server_error() {
            tracing::error!(error = text, "a tool's message was not answered");
            return Problem::new(status, "this is a fault of ours; the log has it under the request's id")
                .into_response();
        }
        Problem::new(status, text.to_lowercase()).into_response()
    }
}
