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
mod page;
mod past;
mod problem;
mod resource;
mod schedule;
mod schema;
mod stamp;
mod state;

pub(crate) use api::document;
pub(crate) use db::Db;
pub(crate) use guard::Origins;
pub(crate) use state::App;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Answers on this address until the token is cancelled.
pub(crate) async fn run(app: App, listener: TcpListener, stop: CancellationToken) {
    let fresh = tokio::spawn(app.clone().keep_fresh());
    let clock = tokio::spawn(schedule::keep(app.clone()));
    listen::run(listener, api::router(app.clone()), stop).await;
    clock.abort();
    app.jobs().drain().await;
    fresh.abort();
}
