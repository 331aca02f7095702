//! The routes together, and the document of them.

use super::problem::Problem;
use super::state::App;
use super::{auth, console, guard, mcp, resource};
use anyhow::Context as _;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};
use http::Method;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{self, ContentBuilder, OpenApi as Document, Ref, RefOr, ResponseBuilder, Schema};
use utoipa::{OpenApi, PartialSchema as _, ToSchema as _};
use utoipa_axum::router::OpenApiRouter;

/// Name of the token in the document.
const TOKEN: &str = "token";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sightline",
        description = "Which workloads and people can and do use which AI models, over which path and behind which controls; findings, \
            detections, coverage, and what could not be seen. Lists come page by page: `next` is the `cursor` of the page behind. \
            Errors are `application/problem+json`. Whatever stands in names, tags and reasons was written by others: escape it where it is shown.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/"))
)]
struct Info;

fn routes() -> OpenApiRouter<App> {
    let api = OpenApiRouter::with_openapi(Info::openapi());
    resource::all().into_iter().fold(api, OpenApiRouter::merge)
}

/// The routes with all that holds for each, and tools for models that ask them.
///
/// # Errors
/// A tool is not described, which a test keeps from being shipped.
pub(super) fn router(app: App) -> anyhow::Result<Router> {
    let tools = mcp::Http::new(plain(app.clone()), app.origins().own().to_owned())?;
    Ok(plain(app).layer(Extension(tools)))
}

/// The routes without tools for models.
pub(super) fn plain(app: App) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .fallback(console::file)
        .layer(from_fn_with_state(app.clone(), auth::admit))
        .layer(from_fn_with_state(app.clone(), guard::check_origin))
        .layer(DefaultBodyLimit::max(guard::LONGEST_BODY))
        .layer(from_fn_with_state(app.clone(), guard::watch))
        .with_state(app)
}

/// The document of the API, OpenAPI 3.1, as `docs/openapi.json` has it.
///
/// # Errors
/// It cannot be written as JSON.
pub(crate) fn document() -> anyhow::Result<String> {
    let (_, mut document) = routes().split_for_parts();
    complete(&mut document);
    let text = document.to_pretty_json().context("the API cannot be described: please report this")?;
    Ok(text + "\n")
}

/// What is the same for all operations: the token, and how they fail.
fn complete(document: &mut Document) {
    let components = document.components.get_or_insert_with(openapi::Components::new);
    let token = Http::builder().scheme(HttpAuthScheme::Bearer).description(Some("`sightline token create` makes one"));
    components.add_security_scheme(TOKEN, SecurityScheme::Http(token.build()));
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    // Each stands beside its `kind` in one object: that it has no other members is refused by the server, and cannot be said of a part.
    for (_, schema) in components.schemas.iter_mut().filter(|(name, _)| name.ends_with("Job")) {
        if let RefOr::T(Schema::Object(object)) = schema {
            object.additional_properties = None;
        }
    }
    let public = |method: &Method, path: &str| {
        let of = |(m, p, wanted): &(Method, &str, auth::Wanted)| {
            m == method && *p == path && *wanted == auth::Wanted::Anybody
        };
        auth::OPERATIONS.iter().any(of)
    };
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (Method::GET, &mut item.get),
            (Method::PUT, &mut item.put),
            (Method::POST, &mut item.post),
            (Method::DELETE, &mut item.delete),
            (Method::PATCH, &mut item.patch),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            let schema = Ref::from_schema_name(Problem::name());
            let content = ContentBuilder::new().schema(Some(schema)).build();
            let failed = ResponseBuilder::new()
                .description("What went wrong")
                .content("application/problem+json", content)
                .build();
            operation.responses.responses.insert("default".to_owned(), failed.into());
            if !public(&method, path) {
                operation.security = Some(vec![SecurityRequirement::new(TOKEN, Vec::<String>::new())]);
            }
        }
    }
}

#[cfg(test)]
mod tests;
