//! Events as they happen.

use crate::serve::state::App;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::stream;
use http::header;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A line without meaning goes out so often, so that nobody in between takes the silence for an end.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_events))
}

/// Events as they happen: `job` with a job's progress, `lake` with how much is new, `missed` where some were lost
#[utoipa::path(get, path = "/api/v1/events", tag = "jobs", responses((status = 200, body = String, content_type = "text/event-stream")))]
async fn get_events(State(app): State<App>) -> Response {
    let begin = Bytes::from_static(b": listening\n\n");
    let events = stream::unfold((app.events(), app, Some(begin)), |(mut events, app, begin)| async move {
        let text = match begin {
            Some(begin) => begin,
            None => tokio::select! {
                () = app.stop().cancelled() => return None,
                () = tokio::time::sleep(ALIVE_EVERY) => Bytes::from_static(b": alive\n\n"),
                event = events.recv() => match event {
                    Ok(event) => Bytes::from(event.text()),
                    Err(RecvError::Lagged(_)) => Bytes::from_static(b"event: missed\ndata: {}\n\n"),
                    Err(RecvError::Closed) => return None,
                },
            },
        };
        Some((Ok::<_, Infallible>(text), (events, app, None)))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}
