//! What holds for every request: who may be meant by `Host` and `Origin`, how long it may take, and the headers of every answer.

use super::problem::Problem;
use super::state::App;
use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tracing::Instrument as _;

/// An answer begins after this time at the latest.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest body of a request, in bytes.
pub(crate) const LONGEST_BODY: usize = 1 << 20;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Nothing but what the server itself gives out is run, shown or asked.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; \
    form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The id of a request: in its answer, in the log, in the audit log.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self(String::new())))
    }
}

/// Runs a request: an id, a bound, a log line, and an answer even where the code fails.
pub(crate) async fn watch(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = app.request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let began = app.now();
    let traced = app.otlp().map(|otlp| otlp.request(&method, route.as_deref(), request.headers(), &id));
    // Whatever is logged meanwhile has the id too.
    let span = tracing::info_span!("request", request.id = id);
    let answered = AssertUnwindSafe(next.run(request).instrument(span)).catch_unwind();
    let response = match tokio::time::timeout(PATIENCE, answered).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "this is a fault of ours; the log has it under the request's id",
        )
        .into_response(),
        Err(_) => {
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "this takes longer than a minute: ask for less").into_response()
        }
    };
    let took = app.now().duration_since(began);
    let status = response.status().as_u16();
    app.meters().answered(route.as_deref().unwrap_or("none"), status, took);
    if let (Some(otlp), Some(traced)) = (app.otlp(), traced) {
        otlp.answered(route.as_deref().unwrap_or("none"), status, took);
        traced.answered(status);
    }
    // The path is as it was sent: percent-encoded, so that no line of the log can be forged. The query may hold what people look for.
    tracing::info!(request.id = id, http.method = %method, http.path = path, http.status = status, duration_ms = took.as_millis(), "answered");
    finished(response, &id)
}

/// The headers of every answer, and the request's id in a problem.
fn finished(mut response: Response, id: &str) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        response = Problem { request_id: Some(id.to_owned()), ..problem }.into_response();
        *response.status_mut() = status;
        response.headers_mut().extend(headers);
    }
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// Refuses what was meant for another host, or comes from a page of another: a page whose name was made to point here (DNS rebinding)
/// has another `Host`, one that sends here from elsewhere another `Origin`.
pub(crate) async fn check_origin(State(app): State<App>, request: Request, next: Next) -> Response {
    match refusal(app.origins(), request.uri(), request.headers()) {
        None => next.run(request).await,
        Some(problem) => problem.into_response(),
    }
}

/// The names that a server goes by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    /// `host:port`, lower case
    hosts: Vec<String>,
    /// `http://host:port`, lower case
    origins: Vec<String>,
}

impl Origins {
    /// The addresses of a server that listens here, and the URLs that it is reached by besides.
    ///
    /// # Errors
    /// A URL is not of the kind `https://host`.
    pub(crate) fn new(address: std::net::SocketAddr, urls: &[String]) -> anyhow::Result<Self> {
        let mut all = Self::default();
        let port = address.port();
        let mut names = vec![address.to_string()];
        if address.ip().is_loopback() {
            names.extend(["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{host}:{port}")));
        }
        for name in names {
            all.origins.push(format!("http://{name}"));
            if port == 80 {
                all.hosts.extend(name.strip_suffix(":80").map(str::to_owned));
            }
            all.hosts.push(name);
        }
        for url in urls {
            let parsed: Option<Uri> = url.parse().ok();
            let parts = parsed.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?, uri.path())));
            let Some((scheme @ ("http" | "https"), authority, "" | "/")) = parts else {
                anyhow::bail!("`{url}` is no origin: give one such as `https://sightline.example.com`");
            };
            let authority = authority.as_str().to_lowercase();
            all.origins.push(format!("{scheme}://{authority}"));
            all.hosts.push(authority);
        }
        Ok(all)
    }

    /// The name that the server always goes by.
    pub(crate) fn own(&self) -> &str {
        self.hosts.first().map(String::as_str).unwrap_or_default()
    }

    /// Whether the server goes by the host of this URL.
    pub(crate) fn has(&self, url: &str) -> bool {
        let uri: Option<Uri> = url.parse().ok();
        let host = uri.as_ref().and_then(|uri| Some(uri.authority()?.as_str()));
        host.is_some_and(|host| self.hosts.iter().any(|one| one.eq_ignore_ascii_case(host)))
    }
}

fn refusal(known: &Origins, uri: &Uri, headers: &HeaderMap) -> Option<Problem> {
    let has = |names: &[String], name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok()).or(uri.authority().map(|of| of.as_str()));
    if hosts.next().is_some() || !host.is_some_and(|host| has(&known.hosts, host)) {
        let text =
            "the `host` header names another server; start this one with `--origin URL` for each name that it goes by";
        return Some(Problem::new(StatusCode::MISDIRECTED_REQUEST, text));
    }
    let origin = headers.get(header::ORIGIN)?;
    if origin.to_str().is_ok_and(|origin| has(&known.origins, origin)) {
        return None;
    }
    Some(Problem::new(StatusCode::FORBIDDEN, "pages of another origin may not ask this server"))
}

/// An empty answer.
pub(crate) fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(host: Option<&str>, origin: Option<&str>) -> Option<u16> {
        let known = Origins::new("127.0.0.1:8480".parse().unwrap(), &["https://sight.example".to_owned()]).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        refusal(&known, &Uri::from_static("/"), &headers).map(|problem| problem.status)
    }

    #[test]
    fn other_hosts_and_origins_are_refused() {
        for host in ["127.0.0.1:8480", "localhost:8480", "LOCALHOST:8480", "[::1]:8480", "sight.example"] {
            assert_eq!(refused(Some(host), None), None, "{host}");
        }
        for host in ["localhost", "evil.example:8480", "127.0.0.1:8481", "sight.example:8480", ""] {
            assert_eq!(refused(Some(host), None), Some(421), "{host}");
        }
        assert_eq!(refused(None, None), Some(421));
        let from = |origin| refused(Some("localhost:8480"), Some(origin));
        assert_eq!(from("http://localhost:8480"), None);
        assert_eq!(from("https://sight.example"), None);
        for origin in ["null", "https://localhost:8480", "http://evil.example", "http://localhost:3000"] {
            assert_eq!(from(origin), Some(403), "{origin}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for url in ["sight.example", "ftp://sight.example", "https://sight.example/path", ""] {
            assert!(Origins::new("127.0.0.1:1".parse().unwrap(), &[url.to_owned()]).is_err(), "{url}");
        }
    }
}
