//! Whether the server lives, whether it can answer, and its numbers.

use crate::serve::answer::Json;
use crate::serve::db::delivery::DeliveryStatus;
use crate::serve::meters::Gauge;
use crate::serve::otlp::Otlp;
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::Serialize;
use sightline_model::Severity;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// How it is.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`
    status: &'static str,
}

/// Whether the server lives
#[utoipa::path(get, path = "/healthz", tag = "server", responses((status = 200, body = Health)))]
async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether the server can answer: the lake and the state file are read
#[utoipa::path(get, path = "/readyz", tag = "server", responses((status = 200, body = Health)))]
async fn readyz(State(app): State<App>) -> Result<Json<Health>, Problem> {
    let unready = |error: anyhow::Error| Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string());
    app.db().with(|db| db.query_row("SELECT 1", [], |_| Ok(()))).map_err(unready)?;
    app.held().warm().await.map_err(unready)?;
    Ok(Json(Health { status: "ok" }))
}

/// Numbers of the server and the newest findings, as Prometheus reads them
#[utoipa::path(get, path = "/metrics", tag = "server", responses((status = 200, body = String, content_type = "text/plain")))]
async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let mut open: BTreeMap<Severity, f64> = BTreeMap::new();
    for row in app.held().findings().await?.iter().filter(|row| row.counts()) {
        *open.entry(row.severity).or_default() += 1.0;
    }
    let label = |severity: &Severity| format!("{{severity=\"{severity}\"}}");
    let deliveries = app.db().count_deliveries()?.into_iter();
    let delivery = |(name, status, count): (String, DeliveryStatus, u32)| {
        // Names of notifications have letters, digits, `-` and `_`.
        (format!("{{notification=\"{name}\",status=\"{}\"}}", status.as_str()), f64::from(count))
    };
    let mut gauges = vec![
        Gauge {
            name: "sightline_notification_deliveries",
            about: "Deliveries of notifications that are kept, by notification and status",
            values: deliveries.map(delivery).collect(),
        },
        Gauge {
            name: "sightline_open_findings",
            about: "Findings that fail or are unknown, and are not muted",
            values: open.iter().map(|(severity, count)| (label(severity), *count)).collect(),
        },
        Gauge {
            name: "sightline_stale",
            about: "1 where the lake or the configuration cannot be read, and what is shown is old",
            values: vec![(String::new(), f64::from(u8::from(app.stale().is_some())))],
        },
        Gauge {
            name: "sightline_start_time_seconds",
            about: "When the server began, since 1970",
            values: vec![(String::new(), app.began().as_second() as f64)],
        },
    ];
    if let Some(lost) = app.otlp().map(Otlp::lost) {
        let number = |value: u64| vec![(String::new(), value as f64)];
        gauges.push(Gauge {
            name: "sightline_otlp_lost_spans",
            about: "Spans that the collector of traces did not get, since the start",
            values: number(lost.spans_lost()),
        });
        gauges.push(Gauge {
            name: "sightline_otlp_failed_exports",
            about: "Messages that the collector of traces and metrics did not take, since the start",
            values: number(lost.exports_failed()),
        });
    }
    let text = app.meters().text(&gauges);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
