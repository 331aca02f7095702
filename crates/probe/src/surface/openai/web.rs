//! Requests to one server, bounded in time and size. No redirect is followed: a token goes nowhere but where it was meant to.

use crate::target::Token;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER, USER_AGENT};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use sightline_aws::CallErrorKind;
use sightline_model::untrusted::shortened;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take, body and all: models on small machines think long.
const ANSWER: Duration = Duration::from_secs(120);
/// Bytes of an answer that are read.
const LARGEST: usize = 2 << 20;
/// Pauses before a request is made again that was turned away for now.
const PAUSES: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(10)];
/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Connections to servers, not yet made.
#[derive(Debug)]
pub(crate) struct Web(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// Why no answer came.
#[derive(Debug)]
pub(crate) struct WebError {
    pub(crate) kind: CallErrorKind,
    pub(crate) code: &'static str,
    pub(crate) status: Option<u16>,
    pub(crate) message: String,
}

impl WebError {
    fn new(kind: CallErrorKind, code: &'static str, message: impl std::fmt::Display) -> Self {
        Self { kind, code, status: None, message: shortened(&message.to_string(), 500) }
    }
}

struct Reply {
    status: u16,
    patience: Option<Duration>,
    body: Bytes,
}

impl Web {
    /// # Errors
    /// TLS cannot be set up.
    pub(crate) fn new() -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("no version of TLS: {error}"))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        let https =
            HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().wrap_connector(tcp);
        Ok(Self(Client::builder(TokioExecutor::new()).build(https)))
    }

    /// The body of an answer with status 200. A server that asks for patience is asked again a few times: it has not begun to answer.
    pub(crate) async fn post(
        &self,
        url: &str,
        token: Option<&Token>,
        agent: &str,
        body: String,
    ) -> Result<Bytes, WebError> {
        let mut pauses = PAUSES.iter();
        loop {
            let request = request(url, token, agent, &body)?;
            let reply = tokio::time::timeout(ANSWER, self.reply(request)).await.map_err(|_| {
                WebError::new(CallErrorKind::TimedOut, "TimedOut", "the server did not answer in two minutes")
            })??;
            match (reply.status, pauses.next()) {
                (200, _) => return Ok(reply.body),
                (429, Some(pause)) => tokio::time::sleep(reply.patience.unwrap_or(*pause).min(LONGEST_PAUSE)).await,
                _ => return Err(refused(&reply)),
            }
        }
    }

    async fn reply(&self, request: http::Request<Full<Bytes>>) -> Result<Reply, WebError> {
        let answer = self.0.request(request).await.map_err(|error| {
            // The first error says no more than that it failed.
            let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            WebError::new(
                CallErrorKind::Unreachable,
                "ConnectionLost",
                format!("the server cannot be reached: {cause}"),
            )
        })?;
        let status = answer.status().as_u16();
        let after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let body = Limited::new(answer.into_body(), LARGEST).collect().await.map_err(|error| match error
            .downcast_ref::<LengthLimitError>(
        ) {
            Some(_) => WebError::new(CallErrorKind::Unreadable, "TooLarge", "an answer of more than 2 MB"),
            None => {
                WebError::new(CallErrorKind::Unreachable, "ConnectionLost", format!("the answer was cut off: {error}"))
            }
        })?;
        Ok(Reply { status, patience: after.map(Duration::from_secs), body: body.to_bytes() })
    }
}

fn request(url: &str, token: Option<&Token>, agent: &str, body: &str) -> Result<http::Request<Full<Bytes>>, WebError> {
    let invalid = |what: &str| WebError::new(CallErrorKind::Invalid, "Invalid", format!("{what} cannot be sent"));
    let mut request = http::Request::post(url).header(CONTENT_TYPE, "application/json").header(USER_AGENT, agent);
    if let Some(token) = token {
        let mut value =
            HeaderValue::try_from(format!("Bearer {}", token.reveal())).map_err(|_| invalid("the token"))?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    request.body(Full::from(body.to_owned())).map_err(|_| invalid("the address"))
}

fn refused(reply: &Reply) -> WebError {
    use CallErrorKind::{Denied, Invalid, NotFound, Other, Server, Throttled};
    let (kind, code) = match reply.status {
        400 | 413 | 422 => (Invalid, "BadRequest"),
        401 | 403 => (Denied, "Denied"),
        404 | 405 => (NotFound, "NotFound"),
        429 => (Throttled, "Throttled"),
        300..=399 => (Other, "Redirect"),
        500.. => (Server, "ServerError"),
        _ => (Other, "UnexpectedStatus"),
    };
    let body: Option<serde_json::Value> = serde_json::from_slice(&reply.body).ok();
    let said = body.as_ref().and_then(|body| {
        ["/error/message", "/error", "/message", "/detail"].iter().find_map(|place| body.pointer(place)?.as_str())
    });
    let message =
        said.map_or_else(|| format!("the server answered with status {}", reply.status), |said| shortened(said, 300));
    WebError { status: Some(reply.status), ..WebError::new(kind, code, message) }
}
