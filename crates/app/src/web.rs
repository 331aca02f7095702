//! Requests that the server itself makes over HTTP and HTTPS: bounded in time and size. No redirect is followed: what is secret in a request goes
//! nowhere but where it was meant to.

use anyhow::Context as _;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long an answer may take, body and all.
const ANSWER: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read.
const LARGEST: usize = 1 << 20;

/// A client; copies share their connections.
#[derive(Debug, Clone)]
pub(crate) struct Web(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    /// Nobody is there, or the connection ended
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// It takes too long
    #[error("the server did not answer in {} seconds", ANSWER.as_secs())]
    TooLate,
    /// It says too much
    #[error("the server's answer is larger than {LARGEST} bytes")]
    TooLarge,
}

impl Web {
    /// # Errors
    /// TLS cannot be set up.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .context("no version of TLS can be used")?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        let https =
            HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().wrap_connector(tcp);
        Ok(Self(Client::builder(TokioExecutor::new()).build(https)))
    }

    /// Sends a request; an answer of any status is one.
    ///
    /// # Errors
    /// [`WebError`].
    pub(crate) async fn send<B: Into<Bytes>>(&self, request: Request<B>) -> Result<Response<Bytes>, WebError> {
        let request = request.map(|body| Full::new(body.into()));
        tokio::time::timeout(ANSWER, self.answer(request)).await.map_err(|_| WebError::TooLate)?
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, WebError> {
        let answer = self.0.request(request).await.map_err(|error| {
            // The first error says no more than that it failed.
            let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            WebError::Unreachable(cause)
        })?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, LARGEST).collect().await.map_err(|error| {
            match error.downcast_ref::<LengthLimitError>() {
                Some(_) => WebError::TooLarge,
                None => WebError::Unreachable(error.to_string()),
            }
        })?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}
