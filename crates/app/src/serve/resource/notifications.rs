//! Who is told what is new, and whether it arrived.

use crate::config::{Notification, Topic};
use crate::serve::answer::{Asked, Json, Named};
use crate::serve::auth::Actor;
use crate::serve::db::delivery::{Delivery, DeliveryStatus};
use crate::serve::guard::RequestId;
use crate::serve::notify;
use crate::serve::page::Paging;
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sightline_model::Severity;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_notifications))
        .routes(routes!(test_notification))
        .routes(routes!(list_deliveries))
}

/// Somebody who is told, as `sightline.toml` says it.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
struct Told {
    /// Names it
    name: String,
    /// `webhook`, `slack`, `sns`, `event_bridge`
    channel: &'static str,
    /// Where it goes, without what is secret: a host, an ARN, or where the URL is kept
    place: String,
    /// What is told
    on: Vec<Topic>,
    /// Findings and cases of this severity or worse
    #[schema(value_type = schema::Severity)]
    severity: Severity,
}

/// All of them.
#[derive(Serialize, ToSchema)]
struct Notifications {
    /// In the file's order
    items: Vec<Told>,
}

fn told(one: &Notification) -> Told {
    Told {
        name: one.name.clone(),
        channel: one.channel.as_str(),
        place: one.channel.place(),
        on: one.on.iter().copied().collect(),
        severity: one.severity,
    }
}

/// Who is told what is new (`[[notification]]` of `sightline.toml`); secrets are not in it
#[utoipa::path(get, path = "/api/v1/notifications", tag = "notifications", responses((status = 200, body = Notifications)))]
async fn list_notifications(State(app): State<App>) -> Json<Notifications> {
    Json(Notifications { items: app.held().config.notifications.iter().map(told).collect() })
}

/// Sends a test to a notification, once, and tells how that ended
#[utoipa::path(post, path = "/api/v1/notifications/{name}/test", tag = "notifications", params(("name" = String, Path, description = "The notification's name")), responses((status = 200, body = Delivery)))]
async fn test_notification(
    State(app): State<App>,
    actor: Actor,
    request: RequestId,
    Named(name): Named,
) -> Result<Json<Delivery>, Problem> {
    let held = app.held();
    let to = held.config.notifications.iter().find(|one| one.name == name);
    let to = to.ok_or_else(|| Problem::missing("notification", &name))?;
    let delivery = notify::test(&app, to).await?;
    let detail = json!({ "delivery": delivery.id, "status": delivery.status });
    app.record(&actor, &request, "notification.test", &name, detail)?;
    Ok(Json(delivery))
}

/// Which deliveries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeliveryQuery {
    /// Of this notification
    notification: Option<String>,
    /// That stand so
    #[param(inline)]
    status: Option<DeliveryStatus>,
    /// Rows of a page [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next` of the page before
    cursor: Option<String>,
}

/// Deliveries of a page.
#[derive(Serialize, ToSchema)]
struct DeliveryPage {
    /// The newest first
    items: Vec<Delivery>,
    /// The `cursor` of the next page; nothing on the last
    next: Option<String>,
}

/// What was told to whom, what waits, and what failed and why, the newest first
#[utoipa::path(get, path = "/api/v1/deliveries", tag = "notifications", params(DeliveryQuery), responses((status = 200, body = DeliveryPage)))]
async fn list_deliveries(
    State(app): State<App>,
    Asked(query): Asked<DeliveryQuery>,
) -> Result<Json<DeliveryPage>, Problem> {
    let paging = Paging::new(query.limit, query.cursor.as_deref())?;
    let (before, most) = paging.of_store();
    let found = app.db().deliveries(before, query.notification.as_deref(), query.status, most)?;
    let (items, next) = paging.cut(found, |delivery| delivery.id.clone());
    Ok(Json(DeliveryPage { items, next }))
}
