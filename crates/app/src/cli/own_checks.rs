//! Arguments of every command that runs or shows checks: the user's own beside those that ship.

use crate::config::Config;
use crate::stage;
use clap::Args;
use sightline_check::Check;
use std::path::PathBuf;

/// The user's own checks.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct OwnChecks {
    /// Folder with checks of your own (`*.md`, and queries that they share in `shared/*.sql`); may be given several times, and
    /// stand in `sightline.toml`
    #[arg(long, value_name = "FOLDER")]
    pub checks_dir: Vec<PathBuf>,
}

impl OwnChecks {
    /// All checks of this run.
    ///
    /// # Errors
    /// One of them is broken.
    pub(crate) fn load(&self, config: &Config) -> anyhow::Result<Vec<Check>> {
        stage::checks::load(config, &self.checks_dir)
    }
}
