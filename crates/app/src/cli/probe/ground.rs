//! What targets are looked up in: the lake and the configuration, as a command or a server has them.

use crate::cli::Global;
use crate::config::Config;
use crate::stage;
use sightline_lake::Session;
use sightline_probe::FoundTargets;

/// Where a plan is made.
pub(crate) enum Ground<'g> {
    /// by a command: read when they are needed, for what is named needs neither
    Command(&'g Global),
    /// by a server, which holds both
    Held { session: &'g Session, config: &'g Config },
}

/// What the configuration says of targets.
pub(super) struct Declared {
    /// the file's name
    pub(super) file: String,
    /// patterns of the ARNs that may be probed without being named
    pub(super) allowed: Vec<String>,
    /// names of applications
    pub(super) applications: Vec<String>,
}

impl Ground<'_> {
    /// What the lake knows.
    ///
    /// # Errors
    /// There is no lake, or it cannot be read.
    pub(super) async fn known(&self) -> anyhow::Result<FoundTargets> {
        match self {
            Self::Held { session, .. } => Ok(sightline_probe::found(session).await?),
            Self::Command(global) => {
                let lake = stage::open(&global.lake).await?;
                Ok(sightline_probe::found(&lake.session(&[]).await?).await?)
            }
        }
    }

    /// What the configuration says.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn declared(&self) -> anyhow::Result<Declared> {
        match self {
            Self::Held { config, .. } => Ok(Declared::of(config)),
            Self::Command(global) => Ok(Declared::of(&Config::load(global.config.as_deref())?)),
        }
    }
}

impl Declared {
    fn of(config: &Config) -> Self {
        Self {
            file: config.name(),
            allowed: config.probe_allow.clone(),
            applications: config.applications.iter().map(|one| one.name.clone()).collect(),
        }
    }
}
