//! The version of the product goes along with each plan, so that none is run by another one.

use ballista_core::extension::SessionConfigExt;
use datafusion::common::config::ConfigExtension;
use datafusion::common::{Result, exec_err, extensions_options};
use datafusion::prelude::SessionConfig;

extensions_options! {
    /// Goes along with each plan as a setting of its session.
    pub struct Release {
        /// The version of the process that made the plan
        pub version: String, default = String::new()
    }
}

impl ConfigExtension for Release {
    const PREFIX: &'static str = "sightline";
}

/// A configuration for plans of the cluster, with room for the version that a plan brings along.
pub(super) fn config() -> SessionConfig {
    SessionConfig::new_with_ballista().with_option_extension(Release::default())
}

/// The configuration with the version of who plans.
pub(super) fn planned_by(config: SessionConfig, version: &str) -> SessionConfig {
    config.with_option_extension(Release { version: version.to_owned() })
}

/// Refuses what another version planned.
pub(super) fn check(config: &SessionConfig, own: &str, who: &str) -> Result<()> {
    let planned = config.options().extensions.get::<Release>().map(|release| release.version.as_str());
    match planned {
        Some(version) if version == own => Ok(()),
        Some(version) if !version.is_empty() => exec_err!(
            "the {who} is sightline {own}, the plan was made by sightline {version}: use one version for client, scheduler and executors"
        ),
        _ => exec_err!("the {who} is sightline {own}, and the plan was not made by sightline"),
    }
}
