//! Requests to one cluster: bounded in time and size, repeated where the cluster asks for patience.

use super::access::Bearer;
use super::cluster::Cluster;
use super::refusal::Refusal;
use super::tls;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue, USER_AGENT};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::{Client as Http, Error as HttpError};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::ServerName;
use sightline_aws::Aws;
use sightline_model::untrusted::shortened;
use std::error::Error;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an answer may take, body and all.
const ANSWER: Duration = Duration::from_secs(60);

/// Longest body that is read, in bytes.
const BODY: usize = 16 * 1024 * 1024;

/// Pauses before a request is made again, in milliseconds.
const PAUSES: &[u64] = &[250, 1_000, 4_000];

/// Why an answer is too large to be read: fewer objects must be asked for.
pub(crate) const TOO_LARGE: &str = "TooLarge";

/// A connection to one cluster.
pub(crate) struct Client {
    pub(crate) cluster: Cluster,
    http: Connection,
    bearer: Mutex<Option<Bearer>>,
}

type Body = Full<Bytes>;

enum Connection {
    Direct(Http<HttpsConnector<HttpConnector>, Body>),
    Proxied(Http<HttpsConnector<Tunnel<HttpConnector>>, Body>),
}

/// An answer of any status.
struct Answer {
    status: u16,
    body: Bytes,
}

impl Client {
    /// A connection, not yet made.
    ///
    /// # Errors
    /// Certificates or names cannot be used.
    pub(crate) fn new(cluster: Cluster) -> Result<Self, Refusal> {
        let config = tls::config(&cluster.authority, cluster.identity.as_ref())?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        let mut builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
        if let Some(name) = &cluster.server_name {
            let name = ServerName::try_from(name.clone())
                .map_err(|_| Refusal::failed("Tls", "`tls-server-name` is no name of a server"))?;
            builder = builder.with_server_name_resolver(FixedServerNameResolver::new(name));
        }
        let builder = builder.enable_http1();
        let mut pool = Http::builder(TokioExecutor::new());
        pool.pool_max_idle_per_host(2);
        let http = match proxy(&cluster)? {
            None => Connection::Direct(pool.build(builder.wrap_connector(tcp))),
            Some(proxy) => {
                let mut tunnel = Tunnel::new(proxy.uri().clone(), tcp);
                if let Some(auth) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                Connection::Proxied(pool.build(builder.wrap_connector(tunnel)))
            }
        };
        Ok(Self { cluster, http, bearer: Mutex::default() })
    }

    /// The body of an answer. `asked` is what the request does, such as `list pods`; `request` has a path alone.
    ///
    /// # Errors
    /// Everything that is no answer with status 200.
    pub(crate) async fn get(
        &self,
        aws: &Aws,
        now: &(dyn Fn() -> jiff::Timestamp + Send + Sync),
        request: http::Request<Vec<u8>>,
        asked: &str,
    ) -> Result<Bytes, Refusal> {
        let mut pauses = PAUSES.iter();
        loop {
            let answer = self.once(aws, now(), &request).await;
            let again = match &answer {
                Ok(Answer { status, .. }) => matches!(status, 429 | 500 | 502 | 503 | 504),
                Err(refusal) => refusal.code == "ConnectionLost",
            };
            if let Some(pause) = pauses.next().filter(|_| again) {
                tokio::time::sleep(Duration::from_millis(*pause)).await;
                continue;
            }
            let Answer { status, body } = answer?;
            return if status == 200 { Ok(body) } else { Err(Refusal::of_status(status, &body, asked)) };
        }
    }

    async fn once(&self, aws: &Aws, now: jiff::Timestamp, request: &http::Request<Vec<u8>>) -> Result<Answer, Refusal> {
        let request = self.dressed(aws, now, request).await?;
        tokio::time::timeout(ANSWER, self.answer(request))
            .await
            .map_err(|_| Refusal::failed("TimedOut", "the cluster did not answer within a minute"))?
    }

    async fn answer(&self, request: http::Request<Body>) -> Result<Answer, Refusal> {
        let sent = match &self.http {
            Connection::Direct(http) => http.request(request).await,
            Connection::Proxied(http) => http.request(request).await,
        };
        let answer = sent.map_err(|error| of_connection(&error))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), BODY).collect().await.map_err(|error| {
            if error.downcast_ref::<LengthLimitError>().is_some() {
                Refusal::failed(TOO_LARGE, "an answer of more than 16 MB")
            } else {
                Refusal::failed("ConnectionLost", format!("the answer was cut off: {error}"))
            }
        })?;
        Ok(Answer { status, body: body.to_bytes() })
    }

    /// The request with its host, and with what the cluster is shown.
    async fn dressed(
        &self,
        aws: &Aws,
        now: jiff::Timestamp,
        request: &http::Request<Vec<u8>>,
    ) -> Result<http::Request<Body>, Refusal> {
        let base = self.cluster.server.as_str().trim_end_matches('/');
        let fault = |error: http::Error| Refusal::failed("Invalid", error);
        let mut dressed = http::Request::get(format!("{base}{}", request.uri()))
            .header(
                ACCEPT,
                request.headers().get(ACCEPT).cloned().unwrap_or(HeaderValue::from_static("application/json")),
            )
            .header(USER_AGENT, concat!("sightline/", env!("CARGO_PKG_VERSION")));
        if let Some(token) = self.token(aws, now).await? {
            dressed = dressed.header(AUTHORIZATION, token);
        }
        dressed.body(Full::default()).map_err(fault)
    }

    async fn token(&self, aws: &Aws, now: jiff::Timestamp) -> Result<Option<HeaderValue>, Refusal> {
        let mut kept = self.bearer.lock().await;
        if kept.as_ref().is_none_or(|bearer| bearer.until <= now) {
            *kept = self.cluster.access.bearer(aws, now).await?;
        }
        let Some(bearer) = kept.as_ref() else { return Ok(None) };
        let mut header = HeaderValue::try_from(format!("Bearer {}", bearer.token))
            .map_err(|_| super::access::no_token("it has characters that no header may have"))?;
        header.set_sensitive(true);
        Ok(Some(header))
    }
}

/// The proxy that the kubeconfig names, or the environment, as for every call of AWS.
fn proxy(cluster: &Cluster) -> Result<Option<Intercept>, Refusal> {
    let fault = |reason: String| Refusal::failed("Proxy", reason);
    let uri = cluster.server.as_str().parse::<http::Uri>();
    let uri = uri.map_err(|error| fault(format!("the server's address: {error}")))?;
    if uri.scheme_str() != Some("https") {
        return Ok(None);
    }
    let matcher = match &cluster.proxy {
        Some(proxy) => Matcher::builder().all(proxy.as_str()).build(),
        None => Matcher::from_env(),
    };
    let found = matcher.intercept(&uri);
    match found.as_ref().and_then(|proxy| proxy.uri().scheme_str()) {
        None | Some("http") => Ok(found),
        Some(scheme) => {
            Err(fault(format!("a proxy that speaks `{scheme}` is not supported: use one that speaks `http`")))
        }
    }
}

/// The cause that lies deepest says most: a name that is not known, a refused connection, a certificate of another authority.
fn of_connection(error: &HttpError) -> Refusal {
    let (mut deepest, mut is_tls): (&(dyn Error + 'static), bool) = (error, false);
    while let Some(cause) = deepest.source() {
        is_tls |= says_tls(cause);
        deepest = cause;
    }
    let said = shortened(&deepest.to_string(), 200);
    if is_tls {
        return Refusal::failed(
            "Tls",
            format!(
                "the cluster's certificate, or the one shown to it, is not accepted (is there a proxy between?): {said}"
            ),
        );
    }
    if error.is_connect() {
        Refusal::unreachable(said)
    } else {
        Refusal::failed("ConnectionLost", format!("the connection to the cluster was lost: {said}"))
    }
}

/// An error of TLS comes wrapped into errors of reading and writing, which do not name it as their source.
fn says_tls(cause: &(dyn Error + 'static)) -> bool {
    let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    cause.is::<rustls::Error>() || inner.is_some_and(|inner| says_tls(inner))
}
