//! How exporters send: by the server's own client, on its runtime, wherever they run themselves.

use super::Lost;
use crate::web::Web;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use std::pin::Pin;
use std::sync::Arc;
use tokio::runtime::Handle;

/// Sends to the collector, and counts what it does not take.
#[derive(Debug, Clone)]
pub(super) struct Collector {
    pub(super) web: Web,
    pub(super) runtime: Handle,
    pub(super) lost: Arc<Lost>,
}

impl HttpClient for Collector {
    // As `async_trait` writes it.
    fn send_bytes<'s, 'f>(
        &'s self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        let Self { web, runtime, lost } = self.clone();
        // The exporter of metrics has a thread of its own, where nothing that waits for a socket can run.
        let sent = runtime.spawn(async move { web.send(request).await });
        Box::pin(async move {
            let answer = sent.await.map_err(HttpError::from).and_then(|answer| answer.map_err(HttpError::from));
            lost.told(match &answer {
                Ok(answer) if answer.status().is_success() => None,
                Ok(answer) => Some(format!("it answers with status {}", answer.status())),
                Err(error) => Some(error.to_string()),
            });
            answer
        })
    }
}
