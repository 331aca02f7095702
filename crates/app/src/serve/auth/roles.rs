//! The role that each operation wants. A test holds this against the OpenAPI document: a route without a line does not ship.

use super::Role;
use http::Method;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// without a token
    Anybody,
    /// with a token of this role or more
    AtLeast(Role),
}

const VIEWER: Wanted = Wanted::AtLeast(Role::Viewer);
const OPERATOR: Wanted = Wanted::AtLeast(Role::Operator);
const ADMIN: Wanted = Wanted::AtLeast(Role::Admin);

/// Method, path, who.
pub(crate) const OPERATIONS: &[(Method, &str, Wanted)] = &[
    (Method::GET, "/healthz", Wanted::Anybody),
    (Method::GET, "/readyz", Wanted::Anybody),
    (Method::GET, "/metrics", VIEWER),
    (Method::GET, "/api/v1/version", Wanted::Anybody),
    (Method::GET, "/api/v1/openapi.json", Wanted::Anybody),
    (Method::GET, "/api/v1/me", VIEWER),
    (Method::GET, "/api/v1/sign-in", Wanted::Anybody),
    (Method::GET, "/api/v1/oidc/start", Wanted::Anybody),
    (Method::GET, "/api/v1/oidc/callback", Wanted::Anybody),
    (Method::POST, "/api/v1/session", Wanted::Anybody),
    (Method::DELETE, "/api/v1/session", VIEWER),
    (Method::POST, "/mcp", VIEWER),
    (Method::GET, "/api/v1/findings", VIEWER),
    (Method::GET, "/api/v1/findings/summary", VIEWER),
    (Method::GET, "/api/v1/findings/{fingerprint}", VIEWER),
    (Method::GET, "/api/v1/checks", VIEWER),
    (Method::GET, "/api/v1/checks/{check_id}", VIEWER),
    (Method::GET, "/api/v1/frameworks", VIEWER),
    (Method::GET, "/api/v1/edges", VIEWER),
    (Method::GET, "/api/v1/edges/{edge_id}", VIEWER),
    (Method::GET, "/api/v1/edges/{edge_id}/evidence", VIEWER),
    (Method::GET, "/api/v1/edges/{edge_id}/path", VIEWER),
    (Method::GET, "/api/v1/graph", VIEWER),
    (Method::GET, "/api/v1/models", VIEWER),
    (Method::GET, "/api/v1/workloads", VIEWER),
    (Method::GET, "/api/v1/identities", VIEWER),
    (Method::GET, "/api/v1/applications", VIEWER),
    (Method::GET, "/api/v1/access", VIEWER),
    (Method::GET, "/api/v1/cases", VIEWER),
    (Method::GET, "/api/v1/cases/{case_id}", VIEWER),
    (Method::GET, "/api/v1/coverage", VIEWER),
    (Method::GET, "/api/v1/coverage/summary", VIEWER),
    (Method::GET, "/api/v1/blind-spots", VIEWER),
    (Method::GET, "/api/v1/scans", VIEWER),
    (Method::GET, "/api/v1/tables", VIEWER),
    (Method::GET, "/api/v1/tables/{name}", VIEWER),
    (Method::POST, "/api/v1/query", VIEWER),
    (Method::PUT, "/api/v1/findings/{fingerprint}/mute", OPERATOR),
    (Method::DELETE, "/api/v1/findings/{fingerprint}/mute", OPERATOR),
    (Method::GET, "/api/v1/overview", VIEWER),
    (Method::GET, "/api/v1/overview/new", VIEWER),
    (Method::GET, "/api/v1/probe-packs", VIEWER),
    (Method::POST, "/api/v1/probe-plans", OPERATOR),
    (Method::GET, "/api/v1/probe-runs", VIEWER),
    (Method::GET, "/api/v1/probe-runs/compare", VIEWER),
    (Method::GET, "/api/v1/probe-runs/{run_id}", VIEWER),
    (Method::GET, "/api/v1/prerequisites", VIEWER),
    (Method::POST, "/api/v1/prerequisites/{id}/render", VIEWER),
    (Method::GET, "/api/v1/jobs", VIEWER),
    (Method::POST, "/api/v1/jobs", OPERATOR),
    (Method::GET, "/api/v1/jobs/{id}", VIEWER),
    (Method::POST, "/api/v1/jobs/{id}/cancel", OPERATOR),
    (Method::POST, "/api/v1/jobs/{id}/resume", OPERATOR),
    (Method::GET, "/api/v1/schedules", VIEWER),
    (Method::POST, "/api/v1/schedules", OPERATOR),
    (Method::PUT, "/api/v1/schedules/{id}", OPERATOR),
    (Method::DELETE, "/api/v1/schedules/{id}", OPERATOR),
    (Method::GET, "/api/v1/events", VIEWER),
    (Method::GET, "/api/v1/tokens", ADMIN),
    (Method::POST, "/api/v1/tokens", ADMIN),
    (Method::DELETE, "/api/v1/tokens/{id}", ADMIN),
    (Method::GET, "/api/v1/audit", ADMIN),
    (Method::GET, "/api/v1/settings", OPERATOR),
    (Method::GET, "/api/v1/notifications", OPERATOR),
    (Method::POST, "/api/v1/notifications/{name}/test", ADMIN),
    (Method::GET, "/api/v1/deliveries", OPERATOR),
];

/// What can be done there, as `allow` has it.
pub(super) fn methods(path: &str) -> String {
    let mut methods: Vec<&str> =
        OPERATIONS.iter().filter(|(_, at, _)| *at == path).map(|(of, ..)| of.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.join(", ")
}

/// Who may do this; nothing for what there is not.
pub(super) fn wanted(method: &Method, path: &str) -> Option<Wanted> {
    // What answers to GET answers to HEAD.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    OPERATIONS.iter().find(|(of, at, _)| of == method && *at == path).map(|(_, _, wanted)| *wanted)
}
