//! Notifications: who is told what is new. The lake is looked at whenever it was written; what is new is written down beside what is known, in one
//! step, and sent by another task, so that no job waits for anybody and nothing is lost or told twice when the server ends. A file of a channel
//! is how somebody is told; see [`channel`].
//!
//! ```text
//! the lake's next state ─► news ─► notice ─► state.db: known, delivery ─► deliver ─► webhook, slack, sns, event_bridge
//! ```

mod channel;
mod cover;
mod deliver;
mod event_bridge;
mod hmac;
mod news;
mod notice;
mod slack;
mod sns;
mod webhook;

pub(crate) use deliver::test;

use super::state::App;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// What the two tasks share.
#[derive(Debug, Default)]
pub(crate) struct Bell(Notify);

impl Bell {
    /// There is something to be sent.
    fn ring(&self) {
        self.0.notify_one();
    }

    async fn rung(&self) {
        self.0.notified().await;
    }
}

/// Looks for what is new, and sends it, until it is told to end.
pub(crate) fn keep(app: &App) -> [AbortHandle; 2] {
    [app.jobs().aside(news::keep(app.clone())), app.jobs().aside(deliver::keep(app.clone()))]
}
