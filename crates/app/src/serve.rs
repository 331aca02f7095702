//! `sightline serve`: all that the command line shows, for programs and for people who would rather look. One file of [`resource`] is one
//! resource with its routes; the OpenAPI document is made of them.

mod answer;
mod api;
pub(crate) mod auth;
mod console;
pub(crate) mod db;
mod estate;
mod events;
mod filter;
mod guard;
mod held;
mod job;
mod layout;
mod listen;
mod literal;
pub(crate) mod mcp;
mod meters;
mod notify;
pub(crate) mod oidc;
pub(crate) mod otlp;
mod page;
mod past;
mod probing;
mod problem;
mod resource;
mod schedule;
mod schema;
mod stale;
mod stamp;
mod state;
mod way;

pub(crate) use api::document;
pub(crate) use db::Db;
pub(crate) use guard::Origins;
pub(crate) use state::App;

use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

/// Answers on this address until the token is cancelled.
///
/// # Errors
/// A tool is not described, which a test keeps from being shipped.
pub(crate) async fn run(app: App, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    let router = api::router(app.clone())?;
    let fresh = tokio::spawn(app.clone().keep_fresh());
    let clock = tokio::spawn(schedule::keep(app.clone()));
    let notifications = notify::keep(&app);
    listen::run(listener, router, stop).await;
    clock.abort();
    app.jobs().drain().await;
    notifications.iter().for_each(AbortHandle::abort);
    fresh.abort();
    if let Some(otlp) = app.otlp() {
        otlp.end().await;
    }
    Ok(())
}
