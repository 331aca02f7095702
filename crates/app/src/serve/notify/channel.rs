//! How somebody is told: one file a channel. Each writes a notice in the way of its receiver, sends it once, and says whether it was taken.
//! Trying again is not its business.

use super::notice::Notice;
use super::{event_bridge, slack, sns, webhook};
use crate::cli::connection::Connection;
use crate::config::{Access, Channel};
use crate::web::Web;
use http::{Response, StatusCode};
use jiff::Timestamp;
use sightline_aws::{Aws, CallError, CallErrorKind};
use sightline_model::untrusted::{for_terminal, shortened};

/// Characters of an answer that are kept with the error.
const KEPT: usize = 200;

/// A notice that is sent now.
pub(super) struct Post<'p> {
    /// the delivery's id: the same each time that it is sent
    pub(super) id: &'p str,
    /// when this try is made
    pub(super) at: Timestamp,
    pub(super) notice: &'p Notice,
}

/// Why it was not taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// It may be taken later
    Later(String),
    /// It never will be
    Never(String),
}

/// Sends it.
pub(super) async fn send(web: &Web, channel: &Channel, post: &Post<'_>) -> Result<(), Refused> {
    match channel {
        Channel::Webhook { url, secret } => webhook::send(web, url, secret, post).await,
        Channel::Slack { url } => slack::send(web, url, post).await,
        Channel::Sns { topic, access } => sns::send(topic, access, post).await,
        Channel::EventBridge { bus, access } => event_bridge::send(bus, access, post).await,
    }
}

/// What is missing here may be put there while the server runs.
pub(super) fn unready(error: anyhow::Error) -> Refused {
    Refused::Later(format!("{error:#}"))
}

/// Whether an answer over HTTP says that it was taken. What it says otherwise is kept in part; it never holds what was sent to it.
pub(super) fn taken(answer: &Response<bytes::Bytes>) -> Result<(), Refused> {
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let said = for_terminal(&shortened(&String::from_utf8_lossy(answer.body()), KEPT));
    let told = format!("it answered {}: {said}", status.as_u16());
    let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    match status.is_server_error() || later.contains(&status) {
        true => Err(Refused::Later(told)),
        false => Err(Refused::Never(told)),
    }
}

/// The account's connection.
pub(super) async fn connect(access: &Access) -> Result<Aws, Refused> {
    let Access { profile, role_arn } = access.clone();
    Connection { profile, role_arn, ..Connection::default() }.connect().await.map_err(unready)
}

/// What AWS refuses once it refuses again, but for what somebody can grant or time heals.
pub(super) fn refused(error: &CallError) -> Refused {
    match error.kind {
        CallErrorKind::Invalid | CallErrorKind::NotFound | CallErrorKind::Unsupported => {
            Refused::Never(error.to_string())
        }
        _ => Refused::Later(error.to_string()),
    }
}
