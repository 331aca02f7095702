//! Sends what is waiting, and tries again what was not taken: after a second, then four times as long each time, an hour at most. Deliveries are
//! made at least once: a server that is killed while it sends does not know what arrived. The id tells the receiver.

use super::channel::{Post, Refused, send};
use super::news::delivery;
use super::notice::Notice;
use crate::config::Notification;
use crate::serve::db::delivery::{Delivery, DeliveryStatus};
use crate::serve::state::App;
use crate::web::Web;
use crate::world;
use anyhow::Context as _;
use futures::future::join_all;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often what is due is looked for, where nobody rings.
const EVERY: Duration = Duration::from_secs(1);

/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tries of one delivery, over about five hours.
const MOST: u32 = 12;

/// The longest pause between two.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// Deliveries that are taken up at a time.
const AT_A_TIME: u32 = 100;

/// Sends, until the server ends.
pub(super) async fn keep(app: App) {
    let web = match Web::new() {
        Ok(web) => web,
        Err(error) => return tracing::error!(error = format!("{error:#}"), "notifications cannot be sent"),
    };
    loop {
        if let Err(error) = send_due(&app, &web).await {
            tracing::error!(error = format!("{error:#}"), "deliveries cannot be looked at");
        }
        tokio::select! {
            () = app.bell().rung() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Those of one notification one after the other; notifications do not wait for each other.
async fn send_due(app: &App, web: &Web) -> anyhow::Result<()> {
    let mut by_notification: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
    for delivery in app.db().due_deliveries(app.now(), AT_A_TIME)? {
        by_notification.entry(delivery.notification.clone()).or_default().push(delivery);
    }
    let all = by_notification.into_values().map(|deliveries| async {
        for delivery in deliveries {
            let tried = tried(app, web, delivery).await;
            app.db().note_delivery(&tried)?;
        }
        anyhow::Ok(())
    });
    join_all(all).await.into_iter().collect()
}

/// The delivery behind one more try.
async fn tried(app: &App, web: &Web, delivery: Delivery) -> Delivery {
    let held = app.held();
    let to = held.config.notifications.iter().find(|one| one.name == delivery.notification);
    let refused = match to {
        None => Err(Refused::Never("`sightline.toml` has no notification of this name any more".to_owned())),
        Some(to) => post(web, to, &delivery).await,
    };
    let attempts = delivery.attempts.saturating_add(1);
    let now = world::now();
    let (status, next_at, error) = match refused {
        Ok(()) => (DeliveryStatus::Delivered, None, String::new()),
        Err(Refused::Later(why)) if attempts < MOST => (DeliveryStatus::Waiting, Some(now + pause(attempts)), why),
        Err(Refused::Later(why) | Refused::Never(why)) => (DeliveryStatus::Failed, None, why),
    };
    let ended_at = (status != DeliveryStatus::Waiting).then_some(now);
    if !error.is_empty() {
        let (id, name) = (&delivery.id, &delivery.notification);
        tracing::warn!(
            delivery.id = id,
            notification = name,
            delivery.status = status.as_str(),
            error,
            "a notice was not taken"
        );
    }
    Delivery { status, attempts, next_at, error, ended_at, ..delivery }
}

async fn post(web: &Web, to: &Notification, delivery: &Delivery) -> Result<(), Refused> {
    let notice: Notice = serde_json::from_value(delivery.notice.clone())
        .map_err(|error| Refused::Never(format!("this version knows no such notice: {error}")))?;
    let post = Post { id: &delivery.id, at: world::now(), notice: &notice };
    let sent = tokio::time::timeout(PATIENCE, send(web, &to.channel, &post)).await;
    sent.unwrap_or_else(|_| Err(Refused::Later(format!("nobody took it in {} seconds", PATIENCE.as_secs()))))
}

/// How long to wait behind so many tries.
fn pause(attempts: u32) -> SignedDuration {
    let seconds = 4_i64.saturating_pow(attempts.saturating_sub(1));
    SignedDuration::from_secs(seconds).min(LONGEST_PAUSE)
}

/// Sends a test, once, and keeps how that ended.
///
/// # Errors
/// It cannot be written down, or TLS cannot be set up.
pub(crate) async fn test(app: &App, to: &Notification) -> anyhow::Result<Delivery> {
    let web = Web::new().context("notifications cannot be sent")?;
    let planned = delivery(to, "test", &Notice::test(&to.name, world::now()));
    let planned = Delivery { next_at: None, ..planned };
    app.db().add_delivery(&planned)?;
    let mut ended = tried(app, &web, planned).await;
    if ended.status == DeliveryStatus::Waiting {
        // Somebody waits for the answer: it is not tried again.
        ended = Delivery { status: DeliveryStatus::Failed, next_at: None, ended_at: Some(world::now()), ..ended };
    }
    app.db().note_delivery(&ended)?;
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let pauses: Vec<i64> = (1..MOST).map(|attempts| pause(attempts).as_secs()).collect();
        assert_eq!(pauses, [1, 4, 16, 64, 256, 1024, 3600, 3600, 3600, 3600, 3600]);
    }
}
