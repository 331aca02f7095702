//! Connections: HTTP/1.1 over TCP, bounded in number and in the time that a head may take, ended gently.

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_service::Service as _;

/// Connections at once; more wait.
const CONNECTIONS: usize = 512;

/// A request's head is there after this time, or the connection ends.
const HEAD: Duration = Duration::from_secs(15);

/// How long running requests have at the end.
const DRAIN: Duration = Duration::from_secs(10);

/// Answers until the token is cancelled, then lets running requests end.
pub(crate) async fn run(listener: TcpListener, router: Router, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let running = TaskTracker::new();
    while let Some(stream) = next(&listener, &stop).await {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let (router, stop) = (router.clone(), stop.clone());
        running.spawn(async move {
            serve(stream, router, stop).await;
            drop(place);
        });
    }
    drop(listener);
    running.close();
    if tokio::time::timeout(DRAIN, running.wait()).await.is_err() {
        tracing::warn!(connections = running.len(), "connections that did not end in time are cut");
    }
}

/// The next connection; nothing when it is time to end.
async fn next(listener: &TcpListener, stop: &CancellationToken) -> Option<TcpStream> {
    loop {
        tokio::select! {
            () = stop.cancelled() => return None,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => return Some(stream),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    // Out of file descriptors: some come free.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
}

async fn serve(stream: TcpStream, router: Router, stop: CancellationToken) {
    // An answer goes out at once; that it does not is slow, and no fault.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        // A router is always ready.
        router.clone().call(request.map(Body::new))
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
