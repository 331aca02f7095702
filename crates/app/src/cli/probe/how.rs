//! How targets are asked: the surface, and the form of body that a model takes.

use super::targets::{Choice, Chosen};
use anyhow::{Context as _, anyhow, ensure};
use clap::Args;
use sightline_probe::{Body, Found, Surface};
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct How {
    /// How models are asked: `converse`, `converse-stream`, `invoke-model`, `invoke-model-stream`; `apply-guardrail` asks a guardrail alone
    #[arg(long, value_name = "SURFACE", default_value = "converse", value_parser = clap::builder::PossibleValuesParser::new(Surface::OF_BEDROCK))]
    pub(crate) surface: String,
    /// The form of body that the model takes, for `invoke-model` and `invoke-model-stream` [default: by the model's name]
    #[arg(long, value_name = "FORM")]
    pub(crate) body: Option<Body>,
    /// Seconds that a model may say nothing before its answer is given up
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) silence: u64,
}

impl How {
    /// The surface for a model that goes by this name and leads to these.
    pub(super) fn surface(&self, name: &str, models: &[String]) -> anyhow::Result<Surface> {
        let takes_body = self.surface.starts_with("invoke-model");
        ensure!(
            takes_body || self.body.is_none(),
            "`--body` is for `--surface invoke-model` and `invoke-model-stream`"
        );
        let known = || std::iter::once(name).chain(models.iter().map(String::as_str)).find_map(Body::of);
        let word = match self.body.or_else(known).filter(|_| takes_body) {
            Some(body) => format!("{}:{body}", self.surface),
            None => self.surface.clone(),
        };
        Surface::named(&word, name).map_err(|reason| anyhow!("`--surface {}`: {reason}", self.surface))
    }

    /// What is asked where no model is.
    pub(super) fn guardrail_alone(&self, guardrail: Option<&str>) -> anyhow::Result<Option<Choice>> {
        if self.surface != "apply-guardrail" {
            return Ok(None);
        }
        let name = guardrail.context("`--surface apply-guardrail` needs a guardrail: add `--guardrail ID`")?.to_owned();
        let found = Found { arn: name.clone(), ..Found::default() };
        let chosen = vec![Chosen { name, region: None, found, is_named: true, may_run: true }];
        Ok(Some(Choice { chosen, is_single: true, ..Choice::default() }))
    }

    pub(crate) fn silence(&self) -> Duration {
        Duration::from_secs(self.silence)
    }
}
