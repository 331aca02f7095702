//! The model that judges what nothing else could decide: who it is, and its own budget.

use crate::print;
use anyhow::Context as _;
use clap::Args;
use sightline_probe::{Limits, LlmJudge, Plan, Price, PriceList, Usd};

#[derive(Debug, Default, Args)]
pub(crate) struct Judge {
    /// Model that judges what nothing else could decide; it is examined with labelled answers first
    #[arg(id = "judge", long = "judge", value_name = "MODEL", requires = "judge_max_usd")]
    pub(crate) model: Option<String>,
    /// US dollars that the judge may cost, beside the run's own
    #[arg(id = "judge_max_usd", long = "judge-max-usd", value_name = "USD", requires = "judge")]
    pub(crate) max_usd: Option<Usd>,
    /// US dollars for a thousand input and output tokens of the judge, where its price is not known
    #[arg(id = "judge_price", long = "judge-price", value_name = "IN,OUT", requires = "judge")]
    pub(crate) price: Option<Price>,
    /// Let the probed model judge itself
    #[arg(id = "judge_may_be_target", long = "judge-may-be-target", requires = "judge")]
    pub(crate) may_be_target: bool,
}

impl Judge {
    /// The judge of one run, with what runs before it have left of its money; nothing where none is named.
    ///
    /// # Errors
    /// Its price is not known, or it is what it would judge.
    pub(crate) fn of(&self, plan: &Plan, spent: Usd) -> anyhow::Result<Option<LlmJudge>> {
        let Some((model, max_usd)) = self.model.as_deref().zip(self.max_usd) else { return Ok(None) };
        let price = match self.price {
            Some(price) => price,
            None => PriceList::embedded()?
                .of(model)
                .with_context(|| format!("no price is known for the judge `{model}`: add `--judge-price IN,OUT`"))?,
        };
        // Money is what binds it: each attempt may ask once, and the examination comes first.
        let limits = Limits { max_usd: max_usd.less(spent), max_requests: u64::MAX, max_output_tokens: u64::MAX };
        Ok(Some(LlmJudge::new(model, &plan.target, limits, price, self.may_be_target)?))
    }

    /// Says who judges.
    pub(super) fn tell(&self) -> anyhow::Result<()> {
        match self.model.as_deref().zip(self.max_usd) {
            Some((model, max_usd)) => Ok(print::line(&format!("Judge: {model}, at most {max_usd} more."))?),
            None => Ok(()),
        }
    }
}

/// What a judge's report says it cost, rounded up: a float must not hide a nano-dollar.
pub(crate) fn spent(usd: f64) -> Usd {
    Usd::from_nanos((usd.max(0.0) * 1e9).ceil() as u64)
}
