//! What all requests share.

use super::auth::Actor;
use super::db::Db;
use super::db::audit::Change;
use super::events::Event;
use super::guard::{Origins, RequestId};
use super::held::{Held, Seen};
use super::job::Jobs;
use super::meters::Meters;
use super::notify::Bell;
use super::oidc::SignIn;
use super::otlp::Otlp;
use super::past::Past;
use super::stale::{Look, Stale};
use crate::world;
use jiff::Timestamp;
use serde_json::Value;
use sightline_lake::Lake;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Mutex, broadcast, watch};
use tokio_util::sync::CancellationToken;

/// How often the lake is looked at for what is new.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Events that a slow listener may lag behind.
const EVENTS: usize = 256;

/// The server, as its routes know it.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    lake: Lake,
    config_path: Option<PathBuf>,
    db: Db,
    origins: Origins,
    held: watch::Sender<Arc<Held>>,
    /// one refreshes at a time
    refreshing: Mutex<()>,
    look: Look,
    meters: Meters,
    past: Past,
    jobs: Jobs,
    bell: Bell,
    events: broadcast::Sender<Event>,
    /// one writes the configuration at a time
    configuring: Mutex<()>,
    /// nothing where no provider is configured
    sign_in: OnceLock<SignIn>,
    /// nothing where no collector is configured
    otlp: OnceLock<Otlp>,
    stop: CancellationToken,
    requests: AtomicU64,
    began: Timestamp,
    /// tells this process's requests from others'
    process: u64,
}

impl App {
    /// The server over this lake.
    ///
    /// # Errors
    /// The lake or the configuration cannot be read.
    pub(crate) async fn new(
        lake: Lake,
        config_path: Option<PathBuf>,
        db: Db,
        origins: Origins,
        stop: CancellationToken,
    ) -> anyhow::Result<Self> {
        let held = Held::new(&lake, config_path.as_ref(), None).await?;
        Ok(Self(Arc::new(Inner {
            lake,
            config_path,
            db,
            origins,
            held: watch::Sender::new(Arc::new(held)),
            refreshing: Mutex::new(()),
            look: Look::default(),
            meters: Meters::default(),
            past: Past::default(),
            jobs: Jobs::new()?,
            bell: Bell::default(),
            events: broadcast::Sender::new(EVENTS),
            configuring: Mutex::default(),
            sign_in: OnceLock::new(),
            otlp: OnceLock::new(),
            stop,
            requests: AtomicU64::new(0),
            began: world::now(),
            process: world::seed(),
        })))
    }

    /// The state of the lake that is held: at most a second old, but for the time that reading takes.
    pub(crate) fn held(&self) -> Arc<Held> {
        Arc::clone(&self.0.held.borrow())
    }

    /// Takes in what was written since.
    ///
    /// # Errors
    /// The lake or the configuration cannot be read: the state before stays, and [`Self::stale`] tells why.
    pub(crate) async fn refresh(&self) -> anyhow::Result<()> {
        let taken = self.take_in().await;
        let failure = taken.as_ref().err().map(|error| format!("{error:#}"));
        // Once: a configuration that is broken stays so for a while.
        if self.0.look.came_to(failure, self.now()) {
            let reason = self.stale().map(|stale| stale.reason);
            tracing::warn!(reason, "what is new cannot be read; the state before is shown");
        }
        taken
    }

    /// Why what is held is not what the lake holds; nothing where it is.
    pub(crate) fn stale(&self) -> Option<Stale> {
        self.0.look.stale()
    }

    async fn take_in(&self) -> anyhow::Result<()> {
        let _one = self.0.refreshing.lock().await;
        let before = self.held();
        if Seen::now(&self.0.lake, self.0.config_path.as_deref()) == before.seen {
            return Ok(());
        }
        let held = Held::new(&self.0.lake, self.0.config_path.as_ref(), Some(&before)).await?;
        held.warm().await?;
        let event = Event::lake(&before, &held).await?;
        self.0.held.send_replace(Arc::new(held));
        self.tell(event);
        Ok(())
    }

    /// Looks for what is new, until the server ends.
    pub(crate) async fn keep_fresh(self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            // What failed is kept and told there.
            let _ = self.refresh().await;
        }
    }

    /// Tells those who listen; where nobody does, nothing is lost.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.0.events.send(event);
    }

    /// What happens from now on.
    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// Keeps who changed what.
    ///
    /// # Errors
    /// The state file cannot be written.
    pub(crate) fn record(
        &self,
        actor: &Actor,
        request: &RequestId,
        action: &str,
        subject: &str,
        detail: Value,
    ) -> anyhow::Result<()> {
        let change = Change {
            actor: actor.token.clone(),
            role: actor.role,
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail,
            request_id: request.0.clone(),
        };
        self.db().record(&change, self.now())
    }

    /// Rung when there is something to be sent.
    pub(crate) fn bell(&self) -> &Bell {
        &self.0.bell
    }

    /// Each state of the lake that is held, as it takes its place.
    pub(crate) fn states(&self) -> watch::Receiver<Arc<Held>> {
        self.0.held.subscribe()
    }

    pub(crate) fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    pub(crate) fn configuring(&self) -> &Mutex<()> {
        &self.0.configuring
    }

    /// Lets people sign in by a provider from now on; the first that is set holds.
    pub(crate) fn set_sign_in(&self, sign_in: SignIn) {
        drop(self.0.sign_in.set(sign_in));
    }

    /// Sign-in by a provider, where one is configured.
    pub(crate) fn sign_in(&self) -> Option<&SignIn> {
        self.0.sign_in.get()
    }

    /// Sends traces and metrics from now on; the first that is set holds.
    pub(crate) fn set_otlp(&self, otlp: Otlp) {
        drop(self.0.otlp.set(otlp));
    }

    /// The way to the collector of traces and metrics, where one is configured.
    pub(crate) fn otlp(&self) -> Option<&Otlp> {
        self.0.otlp.get()
    }

    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    pub(crate) fn lake(&self) -> &Lake {
        &self.0.lake
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn config_path(&self) -> Option<&PathBuf> {
        self.0.config_path.as_ref()
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.0.origins
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.0.meters
    }

    pub(crate) fn past(&self) -> &Past {
        &self.0.past
    }

    pub(crate) fn began(&self) -> Timestamp {
        self.0.began
    }

    pub(crate) fn now(&self) -> Timestamp {
        world::now()
    }

    /// An id that no other request has.
    pub(crate) fn request_id(&self) -> String {
        let number = self.0.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}-{number:06x}", self.0.process & 0xffff_ffff)
    }
}
