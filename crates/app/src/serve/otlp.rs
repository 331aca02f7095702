//! Traces and metrics for a collector of OpenTelemetry, by OTLP over HTTP, where one is configured. Spans say which operation it was, how it ended and how
//! long it took: never a path as it was sent, a query, a name or a token.

mod client;
mod queue;

use super::meters::BUCKETS;
use crate::web::Web;
use crate::world;
use anyhow::Context as _;
use client::Collector;
use http::{HeaderMap, Method};
use jiff::SignedDuration;
use opentelemetry::metrics::{Histogram, MeterProvider as _};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Span as _, SpanKind, Status, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{
    MetricExporter, Protocol, RetryPolicy, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span, SpanExporter as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The variable that names the collector to all programs.
const VARIABLE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// What this program is called in traces.
const NAME: &str = "sightline";

/// How long the last spans and metrics have when the server ends.
const LAST: Duration = Duration::from_secs(3);

/// What the collector did not get.
#[derive(Debug, Default)]
pub(crate) struct Lost {
    spans: AtomicU64,
    exports: AtomicU64,
    /// whether the last message was lost: what stays so is logged once
    is_down: AtomicBool,
}

impl Lost {
    fn spans(&self, count: usize) {
        self.spans.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// A message was taken, or why it was not.
    fn told(&self, problem: Option<String>) {
        let was_down = self.is_down.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(error) => {
                self.exports.fetch_add(1, Ordering::Relaxed);
                if !was_down {
                    tracing::warn!(
                        error,
                        "the collector of traces and metrics takes none; what it misses is counted in `/metrics`"
                    );
                }
            }
            None if was_down => tracing::info!("the collector of traces and metrics takes them again"),
            None => {}
        }
    }

    /// Spans that were not taken.
    pub(crate) fn spans_lost(&self) -> u64 {
        self.spans.load(Ordering::Relaxed)
    }

    /// Messages of spans or metrics that were not taken.
    pub(crate) fn exports_failed(&self) -> u64 {
        self.exports.load(Ordering::Relaxed)
    }
}

/// The way to the collector.
pub(crate) struct Otlp {
    tracer: SdkTracer,
    meters: SdkMeterProvider,
    seconds: Histogram<f64>,
    lost: Arc<Lost>,
    end: CancellationToken,
    sending: Mutex<Option<JoinHandle<()>>>,
}

/// A span that is not over.
pub(crate) struct Open(Span);

impl Otlp {
    /// Where the environment or else the configuration names a collector.
    pub(crate) fn endpoint(configured: Option<&str>) -> Option<String> {
        world::variable(VARIABLE).or_else(|| configured.map(str::to_owned))
    }

    /// Begins to send to this collector. Nobody is asked yet, so one that is absent is no error.
    ///
    /// # Errors
    /// The address is none.
    pub(crate) fn start(endpoint: &str) -> anyhow::Result<Self> {
        let told = || {
            format!(
                "`{endpoint}` cannot be sent traces: give the address of a collector, such as `http://127.0.0.1:4318`"
            )
        };
        let lost = Arc::new(Lost::default());
        let collector = Collector { web: Web::new()?, runtime: Handle::current(), lost: Arc::clone(&lost) };
        let at = |what: &str| format!("{}/v1/{what}", endpoint.trim_end_matches('/'));
        let resource = Resource::builder()
            .with_service_name(NAME)
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();

        // INVARIANT: nothing is sent twice. Exporters sleep between tries, and with them a thread of the server would.
        let mut spans = SpanExporter::builder()
            .with_http()
            .with_http_client(collector.clone())
            .with_endpoint(at("traces"))
            .with_protocol(Protocol::HttpBinary)
            .with_retry_policy(RetryPolicy::disabled())
            .build()
            .with_context(told)?;
        spans.set_resource(&resource);
        let (queue, waiting) = queue::queue(&lost);
        let end = CancellationToken::new();
        let sending = tokio::spawn(queue::send(waiting, spans, Arc::clone(&lost), end.clone()));
        let tracers = SdkTracerProvider::builder().with_resource(resource.clone()).with_span_processor(queue).build();

        let metrics = MetricExporter::builder()
            .with_http()
            .with_http_client(collector)
            .with_endpoint(at("metrics"))
            .with_protocol(Protocol::HttpBinary)
            .with_retry_policy(RetryPolicy::disabled())
            .build()
            .with_context(told)?;
        let reader = PeriodicReader::builder(metrics).build();
        let meters = SdkMeterProvider::builder().with_resource(resource).with_reader(reader).build();
        let seconds = meters
            .meter(NAME)
            .f64_histogram("http.server.request.duration")
            .with_description("Time until an answer began, by route and status")
            .with_unit("s")
            .with_boundaries(BUCKETS.to_vec())
            .build();
        Ok(Self { tracer: tracers.tracer(NAME), meters, seconds, lost, end, sending: Mutex::new(Some(sending)) })
    }

    /// What the collector did not get.
    pub(crate) fn lost(&self) -> &Lost {
        &self.lost
    }

    /// A request begins. One that comes with a trace belongs to it.
    pub(crate) fn request(&self, method: &Method, route: Option<&str>, headers: &HeaderMap, id: &str) -> Open {
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers));
        let method = known(method);
        let name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
        let mut attributes =
            vec![KeyValue::new("http.request.method", method), KeyValue::new("sightline.request_id", id.to_owned())];
        attributes.extend(route.map(|route| KeyValue::new("http.route", route.to_owned())));
        let span = self.tracer.span_builder(name).with_kind(SpanKind::Server).with_attributes(attributes);
        Open(span.start_with_context(&self.tracer, &parent))
    }

    /// A job begins.
    pub(crate) fn job(&self, kind: &'static str, id: &str) -> Open {
        let attributes = [KeyValue::new("sightline.job.kind", kind), KeyValue::new("sightline.job.id", id.to_owned())];
        let span =
            self.tracer.span_builder(format!("job {kind}")).with_kind(SpanKind::Internal).with_attributes(attributes);
        Open(span.start_with_context(&self.tracer, &Context::new()))
    }

    /// A request was answered.
    pub(crate) fn answered(&self, route: &str, status: u16, took: SignedDuration) {
        let labels = [
            KeyValue::new("http.route", route.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(status)),
        ];
        self.seconds.record(took.as_secs_f64(), &labels);
    }

    /// Sends what is left, for a short while.
    pub(crate) async fn end(&self) {
        self.end.cancel();
        let sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner).take();
        let meters = self.meters.clone();
        let last = tokio::task::spawn_blocking(move || meters.shutdown_with_timeout(LAST));
        let all = async {
            if let Some(sending) = sending {
                drop(sending.await);
            }
            drop(last.await);
        };
        // What is not taken by then is lost, and nobody is left to be told.
        let _ = tokio::time::timeout(LAST, all).await;
    }
}

impl Open {
    /// The request was answered with this status.
    pub(crate) fn answered(mut self, status: u16) {
        self.0.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
        if status >= 500 {
            self.0.set_status(Status::error(""));
        }
        self.0.end();
    }

    /// The job ended so.
    pub(crate) fn ended(mut self, status: &'static str) {
        self.0.set_attribute(KeyValue::new("sightline.job.status", status));
        if status == "failed" {
            self.0.set_status(Status::error(""));
        }
        self.0.end();
    }
}

/// The methods that there are; others are whatever somebody sent.
fn known(method: &Method) -> &'static str {
    let all = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    all.into_iter().find(|one| *one == method.as_str()).unwrap_or("_OTHER")
}
