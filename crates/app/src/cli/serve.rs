//! `sightline serve`: the API, and the console over it.

use super::Global;
use crate::config::{Config, Oidc};
use crate::exit::Exit;
use crate::log::LogFormat;
use crate::serve::oidc::SignIn;
use crate::serve::otlp::Otlp;
use crate::serve::{self, App, Db, Origins};
use crate::{lake_place, print, stage, world};
use anyhow::{Context as _, bail};
use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What the state is called beside the lake.
const STATE: &str = "state.db";

/// Serve what the lake holds over HTTP, for the console and for programs, on this machine alone where nothing else is said
#[derive(Debug, Args)]
#[command(
    after_help = "Every request but `/healthz`, `/readyz` and the version needs a token: `sightline token create --role viewer --name me` \
     makes one. Ctrl-C lets running requests end."
)]
pub(crate) struct Serve {
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8480", env = "SIGHTLINE_LISTEN", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// URL that the server is reached by besides, such as `https://sightline.example.com`; may be given several times
    #[arg(long = "origin", value_name = "URL")]
    origins: Vec<String>,
    /// Listen on an address that other machines reach. Tokens then cross the network: put a proxy with TLS before it
    #[arg(long)]
    allow_remote: bool,
    /// How the log on standard error is written: for people, or as a line of JSON for each event
    #[arg(long, value_enum, default_value_t, env = "SIGHTLINE_LOG_FORMAT", value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
    #[command(flatten)]
    state: StateFile,
}

/// Where tokens, jobs and schedules are kept.
#[derive(Debug, Args)]
pub(crate) struct StateFile {
    /// File of tokens, jobs and schedules [default: `state.db` beside the lake]
    #[arg(long, env = "SIGHTLINE_STATE", value_name = "FILE")]
    state: Option<PathBuf>,
}

impl StateFile {
    /// Opens it, or makes it.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn open(&self, lake: &Path) -> anyhow::Result<Db> {
        let path = self.state.clone().unwrap_or_else(|| lake_place::state_folder(lake).join(STATE));
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        }
        Db::open(&path)
    }
}

impl Serve {
    /// Serves until Ctrl-C.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        if !self.listen.ip().is_loopback() && !self.allow_remote {
            bail!(
                "`{}` can be reached from other machines, and what is sent there is not encrypted: listen on 127.0.0.1 behind a proxy with \
                TLS, or say `--allow-remote`",
                self.listen
            );
        }
        let config = Config::load(global.config.as_deref())?.serve;
        let lake = stage::create(&global.lake).await?;
        let _only = lake.lock("serve", &format!("since {}", world::now()))?;
        let db = self.state.open(&global.lake)?;
        let has_token = !db.tokens()?.is_empty();
        let listener =
            TcpListener::bind(self.listen).await.with_context(|| format!("cannot listen on `{}`", self.listen))?;
        let address = listener.local_addr()?;
        let origins = Origins::new(address, &self.origins)?;
        let sign_in = config.oidc.map(|oidc| sign_in(oidc, &origins)).transpose()?;
        let otlp = Otlp::endpoint(config.otlp.as_deref()).map(|endpoint| Otlp::start(&endpoint)).transpose()?;
        let interrupted = db.interrupt_jobs(world::now())?;
        if interrupted > 0 {
            print::note(&format!(
                "{interrupted} jobs were interrupted when the last server ended; they can be resumed"
            ));
        }
        let stop = stop();
        let app = App::new(lake, global.config.clone(), db, origins, stop.clone()).await?;
        sign_in.into_iter().for_each(|sign_in| app.set_sign_in(sign_in));
        otlp.into_iter().for_each(|otlp| app.set_otlp(otlp));
        print::line(&format!("http://{address}"))?;
        if !has_token {
            print::note("nobody has a token yet: `sightline token create --role admin --name me` makes one");
        }
        serve::run(app, listener, stop).await?;
        Ok(Exit::Clean)
    }
}

/// Sign-in as it is configured; whom the provider sends back must reach this server.
fn sign_in(oidc: Oidc, origins: &Origins) -> anyhow::Result<SignIn> {
    if !origins.has(&oidc.redirect_url) {
        bail!(
            "nobody who signs in would come back: this server does not go by the name in `{}`; say `--origin` with it",
            oidc.redirect_url
        );
    }
    SignIn::new(oidc)
}

/// A token that Ctrl-C, or the word of a service manager, cancels.
fn stop() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        ended().await;
        print::note("stopping: running requests may end");
        cancelled.cancel();
    });
    token
}

#[cfg(unix)]
pub(super) async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return drop(tokio::signal::ctrl_c().await);
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

#[cfg(not(unix))]
pub(super) async fn ended() {
    drop(tokio::signal::ctrl_c().await);
}
