//! The console: the files that were built into the binary. It is a client like others; which of its pages is shown stands behind the `#`, and
//! is never asked of the server.

use super::problem::Problem;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Method, StatusCode, Uri, header};

include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// The page.
const PAGE: &str = "index.html";

/// Where files lie whose names tell their content: they may be kept for good.
const NAMED_BY_CONTENT: &str = "assets/";

/// A file of the console, or that there is nothing.
pub(super) async fn file(method: Method, uri: Uri) -> Response {
    match of_files(FILES, uri.path()) {
        Some(_) if method != Method::GET && method != Method::HEAD => {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("`{method}` cannot be done here")).into_response()
        }
        Some((name, content)) => answer(name, content),
        None => Problem::missing("resource", uri.path()).into_response(),
    }
}

type Files = [(&'static str, &'static [u8])];

fn of_files(files: &Files, path: &str) -> Option<(&'static str, &'static [u8])> {
    let name = path.trim_start_matches('/');
    let name = if name.is_empty() { PAGE } else { name };
    files.iter().find(|(of, _)| *of == name).copied()
}

fn answer(name: &'static str, content: &'static [u8]) -> Response {
    let kept = match name.starts_with(NAMED_BY_CONTENT) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let mut response = Response::new(Body::from(content));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT: &Files = &[("index.html", b"page"), ("assets/a-1.js", b"code")];

    #[test]
    fn the_page_is_at_the_root_and_others_are_where_they_are() {
        let found = |path: &str| of_files(BUILT, path).map(|(name, _)| name);
        assert_eq!(found("/"), Some("index.html"));
        assert_eq!(found("/assets/a-1.js"), Some("assets/a-1.js"));
        assert_eq!(found("/assets/gone.js"), None);
        assert_eq!(found("/../index.html"), None);
        assert_eq!(of_files(&[], "/"), None, "it was not built");
    }

    #[test]
    fn only_what_is_named_by_its_content_is_kept() {
        let kept = |name| answer(name, b"").headers()[header::CACHE_CONTROL].to_str().unwrap().to_owned();
        assert!(kept("assets/a-1.js").contains("immutable"));
        assert_eq!(kept("index.html"), "no-cache");
    }
}
