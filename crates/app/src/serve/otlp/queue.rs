//! Spans on their way to the collector: they wait in a queue that has an end, and what does not fit is counted, so that no request ever waits.

use super::Lost;
use opentelemetry::Context;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter as _, SpanProcessor};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Spans that wait at once.
const LONGEST: usize = 2_048;

/// Spans of one message.
const BATCH: usize = 512;

/// How long the first waits for others.
const GATHERED_FOR: Duration = Duration::from_secs(1);

/// Where spans go when they end.
#[derive(Debug)]
pub(super) struct Queue {
    spans: mpsc::Sender<SpanData>,
    lost: Arc<Lost>,
}

/// The queue's two ends.
pub(super) fn queue(lost: &Arc<Lost>) -> (Queue, mpsc::Receiver<SpanData>) {
    let (spans, waiting) = mpsc::channel(LONGEST);
    (Queue { spans, lost: Arc::clone(lost) }, waiting)
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.spans.try_send(span).is_err() {
            self.lost.spans(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Sends what waits, until the token is cancelled; then what still waits, once.
pub(super) async fn send(
    mut waiting: mpsc::Receiver<SpanData>,
    exporter: SpanExporter,
    lost: Arc<Lost>,
    end: CancellationToken,
) {
    loop {
        let mut batch = Vec::new();
        tokio::select! {
            count = waiting.recv_many(&mut batch, BATCH) => if count == 0 { return },
            () = end.cancelled() => {}
        }
        tokio::select! {
            () = tokio::time::sleep(GATHERED_FOR) => {}
            () = end.cancelled() => {}
        }
        while batch.len() < BATCH
            && let Ok(span) = waiting.try_recv()
        {
            batch.push(span);
        }
        let count = batch.len();
        if count == 0 {
            return;
        }
        if exporter.export(batch).await.is_err() {
            lost.spans(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::{Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::trace::SdkTracerProvider;

    #[test]
    fn what_does_not_fit_is_counted_and_nobody_waits() {
        let lost = Arc::new(Lost::default());
        let (queue, mut waiting) = queue(&lost);
        let provider = SdkTracerProvider::builder().with_span_processor(queue).build();
        let tracer = provider.tracer("test");
        for _ in 0..LONGEST + 7 {
            drop(tracer.start("span"));
        }
        assert_eq!(lost.spans_lost(), 7);
        assert!(waiting.try_recv().is_ok());
    }
}
