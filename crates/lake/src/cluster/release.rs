//! The version of the product goes along with each plan, so that none is run by another one.

use std::any::Any;

use ballista_core::extension::SessionConfigExt;
use datafusion::common::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::common::{Result, config_err, exec_err};
use datafusion::prelude::SessionConfig;

use super::lost;

/// Goes along with each plan as a setting of its session.
#[derive(Debug, Clone, Default)]
struct Release {
    /// of the process that made the plan
    version: String,
}

/// The setting's name behind the prefix.
const KEY: &str = "version";

// Not by the macro of the engine: it leaves the prefix out where settings are listed, and what is listed is what goes along.
impl ExtensionOptions for Release {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        if key != KEY {
            return config_err!("there is no setting `{key}`");
        }
        value.clone_into(&mut self.version);
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        let key = format!("{}.{KEY}", Self::PREFIX);
        vec![ConfigEntry { key, value: Some(self.version.clone()), description: "version of who made the plan" }]
    }
}

impl ConfigExtension for Release {
    const PREFIX: &'static str = "sightline";
}

/// A configuration for plans of the cluster, with room for the version that a plan brings along.
pub(super) fn config() -> SessionConfig {
    lost::noticed_in_seconds(SessionConfig::new_with_ballista().with_option_extension(Release::default()))
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
