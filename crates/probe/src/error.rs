use sightline_model::untrusted::shortened;

/// Why a plan could not be made or a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// A file of a pack cannot be used.
    #[error("`{file}`: {reason}")]
    Pack {
        /// the file, with the folder that was read
        file: String,
        /// what is wrong and how to mend it
        reason: String,
    },
    /// No pack of this name.
    #[error("no probe pack `{name}`; there are: {packs}")]
    UnknownPack {
        /// what was asked for, shortened
        name: String,
        /// those there are
        packs: String,
    },
    /// The target cannot be probed.
    #[error("`{target}` cannot be probed: {reason}")]
    Target {
        /// what was named, shortened
        target: String,
        /// why, and what to name in its place
        reason: &'static str,
    },
    /// The price list has no such model.
    #[error(
        "no price is known for `{model}`: look it up on the Amazon Bedrock pricing page and pass `--assume-price IN,OUT` in USD per 1,000 tokens; `0,0` where a call costs nothing more"
    )]
    UnknownPrice {
        /// the model, shortened
        model: String,
    },
    /// A text is no amount or no pair of prices, or the price list cannot be used.
    #[error(transparent)]
    Price(#[from] sightline_model::price::PriceError),
    /// The plan may cost more than the budget allows.
    #[error(
        "the plan may need {needed}, more than {limit} allows: raise the limit, or lower `--trials` or the number of probes"
    )]
    OverBudget {
        /// what it may need
        needed: String,
        /// the limit, as `max_usd 0.10 USD`
        limit: String,
    },
    /// There is nothing to do.
    #[error(
        "no probe is left to run: choose a pack, a family or a probe that exists; see `sightline probe plan --help`"
    )]
    Nothing,
    /// No run of this id.
    #[error("there is no probe run `{run}` in this lake; `sightline probe runs` lists them")]
    UnknownRun {
        /// what was asked for, shortened
        run: String,
    },
    /// A run cannot go on.
    #[error("run `{run}` cannot go on: {reason}")]
    Resume {
        /// the run
        run: String,
        /// why, and what to do
        reason: String,
    },
    /// The inventory could not be read.
    #[error("the inventory's targets cannot be read: {0}")]
    Inventory(#[source] Box<sightline_lake::LakeError>),
    /// Runs could not be read.
    #[error("the runs cannot be read: {0}")]
    Read(#[source] Box<sightline_lake::LakeError>),
    /// The attempts could not be kept.
    #[error("the attempts of run `{run}` could not all be kept; about {spent} was spent: {source}")]
    Lake {
        /// the run
        run: String,
        /// what the calls cost so far
        spent: String,
        /// what the lake said
        source: Box<sightline_lake::LakeError>,
    },
}

impl ProbeError {
    pub(crate) fn file(root: &str, path: &str, reason: impl std::fmt::Display) -> Self {
        // Parsers draw the line at fault over several lines; a message is one.
        let reason = reason.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Self::Pack { file: format!("{root}{path}"), reason: shortened(&reason, 400) }
    }

    pub(crate) fn target(target: &str, reason: &'static str) -> Self {
        Self::Target { target: shortened(target, 200), reason }
    }
}
