//! What is to be probed and how, as a request names it.

use super::usd;
use crate::cli::connection::Connection;
use crate::cli::probe::how::How;
use crate::cli::probe::own_packs::OwnPacks;
use crate::cli::probe::served::Served;
use crate::cli::probe::targets::Targets;
use crate::cli::probe::what::What;
use crate::serve::job::Credentials;
use anyhow::ensure;
use serde::{Deserialize, Serialize};
use sightline_model::Arn;
use sightline_probe::{Body, Dialect, Price, Surface};
use utoipa::ToSchema;

/// The most names of a list, and the longest of them in bytes.
const MOST: usize = 500;
const LONGEST: usize = 2_048;

/// What is to be probed and how: `sightline probe plan` says more of each. One of `targets`, `all_bedrock` and `app` is named, or the surface
/// `apply-guardrail` with a guardrail.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ProbeAsked {
    /// As whom, and in which regions
    pub(crate) credentials: Credentials,
    /// ARNs of what is probed, or ids of models and inference profiles
    #[schema(max_items = 500)]
    targets: Vec<String>,
    /// All of Amazon Bedrock in the lake that is called, that somebody may call, or that is the account's own
    all_bedrock: bool,
    /// All that this application of `sightline.toml` was seen to call
    app: Option<String>,
    /// The account has agreements for these models: do not ask the service
    agreement_exists: bool,
    /// How models are asked: `converse`, `converse-stream`, `invoke-model`, `invoke-model-stream`; `apply-guardrail` asks a guardrail alone
    surface: String,
    /// The form of body that the model takes, for `invoke-model` and `invoke-model-stream`; else by the model's name
    body: Option<String>,
    /// What endpoints of SageMaker want to be asked with: `text-generation`, `chat`, `jsonlines`; else by the container, where it is known
    preset: Option<String>,
    /// Model that answers out of knowledge bases: a model's or an inference profile's ARN
    kb_model: Option<String>,
    /// Seconds that a model may say nothing before its answer is given up
    #[schema(minimum = 1, maximum = 3600)]
    silence_seconds: u64,
    /// Guardrail to put on each call: `ID` or `ID:VERSION`
    guardrail: Option<String>,
    /// Ask three ways with the same prompts: the model without the guardrail, with it, and the guardrail alone; then compare
    pub(crate) three_ways: bool,
    /// Packs to send; all where none is named
    packs: Vec<String>,
    /// Families to send; all where none is named
    families: Vec<String>,
    /// Probes to send; all where none is named
    probes: Vec<String>,
    /// Times each prompt is sent; what the probe says where nothing is said
    #[schema(minimum = 1, maximum = 1000)]
    trials: Option<u32>,
    /// Leave out the benign twins that tell over-blocking
    without_twins: bool,
    /// The price to reckon with, for a model whose price is not known
    assume_price: Option<AssumedPrice>,
    /// Calls at a time
    #[schema(minimum = 1, maximum = 32)]
    concurrency: u32,
}

/// What a thousand tokens cost, in US dollars.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssumedPrice {
    /// A thousand tokens in
    #[schema(minimum = 0)]
    input: f64,
    /// A thousand tokens out
    #[schema(minimum = 0)]
    output: f64,
}

impl AssumedPrice {
    /// # Errors
    /// An amount is negative, or beyond all measure.
    pub(crate) fn price(self) -> anyhow::Result<Price> {
        let (input, output) = (usd("input", self.input)?, usd("output", self.output)?);
        Ok(Price { input, output, cache_read: None, cache_write: None })
    }
}

impl Default for ProbeAsked {
    fn default() -> Self {
        Self {
            credentials: Credentials::default(),
            targets: Vec::new(),
            all_bedrock: false,
            app: None,
            agreement_exists: false,
            surface: "converse".to_owned(),
            body: None,
            preset: None,
            kb_model: None,
            silence_seconds: 60,
            guardrail: None,
            three_ways: false,
            packs: Vec::new(),
            families: Vec::new(),
            probes: Vec::new(),
            trials: None,
            without_twins: false,
            assume_price: None,
            concurrency: 2,
        }
    }
}

impl ProbeAsked {
    /// As the command line has it. Nothing is asked of anybody.
    ///
    /// # Errors
    /// A member says what cannot be.
    pub(crate) fn what(&self) -> anyhow::Result<What> {
        self.check()?;
        let credentials = &self.credentials;
        Ok(What {
            targets: Targets::of(self.targets.clone(), self.all_bedrock, self.app.clone(), self.agreement_exists),
            how: How {
                surface: self.surface.clone(),
                body: self.body.as_deref().map(str::parse::<Body>).transpose().map_err(anyhow::Error::msg)?,
                silence: self.silence_seconds,
            },
            guardrail: self.guardrail.clone(),
            three_ways: self.three_ways,
            packs: self.packs.clone(),
            families: self.families.clone(),
            probes: self.probes.clone(),
            trials: self.trials,
            without_twins: self.without_twins,
            assume_price: self.assume_price.map(AssumedPrice::price).transpose()?,
            concurrency: self.concurrency,
            served: Served::of(self.preset.clone(), self.kb_model.clone()),
            own: OwnPacks::default(),
            access: Connection {
                profile: credentials.profile.clone(),
                role_arn: credentials.role_arn.clone(),
                external_id: credentials.external_id.clone(),
                regions: credentials.regions.clone(),
            },
            json: false,
        })
    }

    /// What the command line's arguments refuse by themselves.
    fn check(&self) -> anyhow::Result<()> {
        let lists = [&self.targets, &self.packs, &self.families, &self.probes, &self.credentials.regions];
        ensure!(lists.iter().all(|list| list.len() <= MOST), "a list names at most {MOST}: ask for less at a time");
        let singles = [&self.app, &self.guardrail, &self.kb_model, &self.body, &self.preset].into_iter().flatten();
        let too_long = lists.into_iter().flatten().chain(singles).any(|text| text.len() > LONGEST);
        ensure!(!too_long, "a name has at most {LONGEST} bytes");
        for target in &self.targets {
            ensure!(
                !target.contains("://"),
                "`{target}` is an address: servers are probed from the command line, with `sightline probe run --url`"
            );
        }
        ensure!(
            Surface::OF_BEDROCK.contains(&self.surface.as_str()),
            "`surface` is `{}`: use one of {}",
            self.surface,
            Surface::OF_BEDROCK.join(", ")
        );
        if let Some(preset) = &self.preset {
            ensure!(
                Dialect::WORDS.contains(&preset.as_str()),
                "`preset` is `{preset}`: use one of {}",
                Dialect::WORDS.join(", ")
            );
        }
        if let Some(model) = &self.kb_model {
            ensure!(model.parse::<Arn>().is_ok(), "`kb_model` is `{model}`: give the ARN of a model or a profile");
        }
        ensure!((1..=3_600).contains(&self.silence_seconds), "`silence_seconds` must be 1 to 3600");
        ensure!((1..=32).contains(&self.concurrency), "`concurrency` must be 1 to 32");
        ensure!(self.trials.is_none_or(|trials| (1..=1_000).contains(&trials)), "`trials` must be 1 to 1000");
        ensure!(
            !self.three_ways || self.guardrail.is_some(),
            "`three_ways` needs a `guardrail` to compare with and without"
        );
        let asks_guardrail = self.surface == "apply-guardrail";
        ensure!(!asks_guardrail || self.guardrail.is_some(), "the surface `apply-guardrail` needs a `guardrail`");
        ensure!(
            asks_guardrail || self.all_bedrock || self.app.is_some() || !self.targets.is_empty(),
            "no target is named: name `targets`, `all_bedrock` or an `app`"
        );
        Ok(())
    }
}
