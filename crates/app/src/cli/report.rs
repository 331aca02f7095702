//! `sightline report`: findings, map and coverage as one file.

use super::Global;
use super::findings::exit;
use super::own_checks::OwnChecks;
use crate::config::Config;
use crate::exit::Exit;
use crate::{stage, world};
use clap::Args;
use sightline_model::Severity;
use sightline_report::OutputSpec;

/// Write findings, map and coverage as files for people and machines
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// What to write, and where: `html=FILE`, `json`, `csv=FILE` …; may be given several times
    #[arg(long, short, value_name = "FORMAT[=FILE]", default_value = "html=sightline.html")]
    output: Vec<OutputSpec>,
    /// Exit with 1 when a finding of this severity or worse fails [default: exit with 0 once it is written]
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<Severity>,
    #[command(flatten)]
    own: OwnChecks,
}

impl Report {
    /// Makes findings and map anew, so that the report speaks of the newest scans and logs, and writes it.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let config = Config::load(global.config.as_deref())?;
        let checks = stage::probed::with_families(self.own.load(&config)?);
        let findings = stage::evaluate::evaluate(&lake, &checks).await?;
        let findings = stage::muted::told(&config, findings, &checks, world::today());
        let edges = stage::discover::discover(&lake, &config).await?;
        let status = self.fail_on.map_or(Exit::Clean, |severity| exit(&findings, severity));
        let report = stage::reported::report(&lake, findings, &checks, Some(edges), world::now()).await?;
        stage::reported::write(&report, &self.output)?;
        Ok(status)
    }
}
