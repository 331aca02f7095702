//! The API for a model's tools.

use crate::serve::mcp::Http;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::Extension;
use axum::extract::Request;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post_mcp))
}

/// A message of the Model Context Protocol: tools that read, the same as those of `sightline mcp`
#[utoipa::path(post, path = "/mcp", tag = "server",
    request_body(content = Object, description = "A message of JSON-RPC 2.0; `accept` must name `application/json` and `text/event-stream`"),
    responses((status = 200, body = Object, description = "The answer, as JSON-RPC"), (status = 202, description = "A notification was taken")))]
async fn post_mcp(tools: Option<Extension<Http>>, request: Request) -> Result<Response, Problem> {
    match tools {
        Some(Extension(tools)) => Ok(tools.answer(request).await),
        // A tool that would ask for tools.
        None => Err(Problem::missing("resource", "/mcp")),
    }
}
