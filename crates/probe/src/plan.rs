//! What a run would do and what it can cost at most. Nothing is called.

use crate::budget::Cost;
use crate::conversation::Prompt;
use crate::found::Pricing;
use crate::pack::{Pack, Probe, Role, Turn};
use crate::prompt::{BENIGN, OVER_REFUSAL};
use crate::record::{PackUsed, Settings};
use crate::surface::Surface;
use crate::target::Target;
use crate::{Price, PriceList};
use crate::{ProbeError, Usd};
use sightline_model::untrusted::shortened;

/// Tries of one call that may each be billed: the reader's attempts.
pub(crate) const TRIES: u64 = 4;

/// What to plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlanOptions {
    /// only these families; all when empty
    pub families: Vec<String>,
    /// only these probes; all when empty
    pub probes: Vec<String>,
    /// in place of each probe's own number
    pub trials: Option<u32>,
    /// leave the benign twins out
    pub without_twins: bool,
    /// the price to reckon with, in place of the list's
    pub assume_price: Option<Price>,
    /// calls at a time in the run; the bound holds for this many and fewer. 0 is taken for 1
    pub concurrency: u32,
    /// how the target's price is known where none is assumed
    pub pricing: Pricing,
}

/// What a run would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// what is probed
    pub target: Target,
    /// what is sent, in this order
    pub probes: Vec<PlannedProbe>,
    /// calls
    pub requests: u64,
    /// tokens that are sent, at most
    pub input_tokens: u64,
    /// tokens that the model writes, at most
    pub output_tokens: u64,
    /// what it costs at most, with an allowance for calls that end without an answer and are tried again: a run within this
    /// budget is not cut short unless that happens often
    pub usd: Usd,
    /// where the price is from, with its date
    pub price_source: String,
    /// the packs that it is made of
    pub packs: Vec<PackUsed>,
    /// what was chosen
    pub settings: Settings,
    pub(crate) concurrency: u32,
}

/// One probe, or a benign twin, of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedProbe {
    /// the pack
    pub pack: String,
    /// the pack's version
    pub pack_version: String,
    /// the probe; a benign twin's ends in `+twin`
    pub probe_id: String,
    /// what results are counted by
    pub family: String,
    /// one line
    pub title: String,
    /// how often
    pub trials: u32,
    /// tokens of one call that are sent, at most
    pub input_tokens: u64,
    /// tokens of one call that the model writes, at most
    pub output_tokens: u64,
    /// one call's cost, at most
    pub usd: Usd,
    pub(crate) rates: Rates,
    /// of all texts of the prompt
    bytes: u64,
    pub(crate) prompt: Prompt,
    pub(crate) probe: Probe,
    pub(crate) is_twin: bool,
}

/// What a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rates {
    price: Price,
    /// a thousand text units; nothing without a guardrail
    guardrail: Usd,
}

impl Rates {
    /// A guardrail reads what goes in and what comes out, in units of 1,000 characters each; no token has more than 16.
    pub(crate) fn cost(self, bytes_in: u64, input: u64, output: u64) -> Usd {
        let units = bytes_in.div_ceil(1_000) + 1 + output.saturating_mul(16).div_ceil(1_000) + 1;
        self.price.input.per_thousand(input)
            + self.price.output.per_thousand(output)
            + self.guardrail.per_thousand(units)
    }
}

impl PlannedProbe {
    /// What one answered call costs. The guardrail's share is not reported by the service, so it is the most it can be.
    pub(crate) fn cost(&self, input: u64, output: u64) -> Usd {
        self.rates.cost(self.bytes, input, output)
    }

    /// Whether this must be done, and be let through.
    pub(crate) fn is_plain_work(&self) -> bool {
        self.is_twin || self.family == OVER_REFUSAL
    }

    /// What is reserved for one call: as many tries as the reader may make, for a try without an answer may be billed.
    pub(crate) fn reservation(&self) -> Cost {
        Cost { requests: 1, usd: self.usd.times(TRIES), output_tokens: self.output_tokens.saturating_mul(TRIES) }
    }
}

impl Plan {
    /// The least budget that covers the plan.
    pub(crate) fn cost(&self) -> Cost {
        Cost { requests: self.requests, usd: self.usd, output_tokens: self.output_tokens }
    }
}

/// Plans the packs' probes against one target.
///
/// # Errors
/// When nothing is left to run, or the model's price is not known and none is assumed.
pub fn plan(packs: &[Pack], target: Target, options: &PlanOptions, prices: &PriceList) -> Result<Plan, ProbeError> {
    let price = price(&target, options, prices);
    let price = price.ok_or_else(|| ProbeError::UnknownPrice { model: shortened(target.model(), 200) })?;
    let guardrail = if target.guardrail().is_some() { prices.guardrail } else { Usd::ZERO };
    let rates = Rates { price, guardrail };

    let wanted = |list: &[String], word: &str| list.is_empty() || list.iter().any(|wanted| wanted == word);
    let mut probes = Vec::new();
    for pack in packs {
        for probe in &pack.probes {
            if wanted(&options.families, &probe.family) && wanted(&options.probes, &probe.id) {
                let kinds =
                    [false, true].into_iter().filter(|twin| !twin || (probe.twin.is_some() && !options.without_twins));
                probes.extend(kinds.map(|is_twin| planned(pack, probe, is_twin, options, rates, target.surface())));
            }
        }
    }
    if probes.is_empty() || options.trials == Some(0) {
        return Err(ProbeError::Nothing);
    }
    let sum = |of: fn(&PlannedProbe) -> u64| {
        probes.iter().fold(0u64, |sum, probe| sum.saturating_add(of(probe).saturating_mul(probe.trials.into())))
    };
    // While the last calls are under way, each holds the money of all its tries.
    let concurrency = options.concurrency.max(1);
    let spare = (TRIES - 1).saturating_mul(concurrency.into());
    let largest = |of: fn(&PlannedProbe) -> u64| probes.iter().map(of).max().unwrap_or_default();
    Ok(Plan {
        requests: sum(|_| 1),
        input_tokens: sum(|probe| probe.input_tokens),
        output_tokens: sum(|probe| probe.output_tokens)
            .saturating_add(largest(|probe| probe.output_tokens).saturating_mul(spare)),
        usd: Usd::from_nanos(sum(|probe| probe.usd.nanos()))
            + Usd::from_nanos(largest(|probe| probe.usd.nanos())).times(spare),
        price_source: match (options.assume_price, &options.pricing) {
            (Some(_), _) => "assumed by --assume-price".to_owned(),
            (None, Pricing::Paid) => "none: what serves it is paid for whether it is called or not".to_owned(),
            (None, _) => format!("{}, {}", prices.source, prices.date),
        },
        packs: used(packs, &probes),
        settings: Settings::of(options, &target),
        target,
        probes,
        concurrency,
    })
}

/// What a thousand tokens cost; of several models that may answer, the dearest.
fn price(target: &Target, options: &PlanOptions, prices: &PriceList) -> Option<Price> {
    const NOTHING: Price = Price { input: Usd::ZERO, output: Usd::ZERO, cache_read: None, cache_write: None };
    if !target.surface().bills_tokens() {
        return Some(NOTHING);
    }
    if let Some(assumed) = options.assume_price {
        return Some(assumed);
    }
    match &options.pricing {
        Pricing::ByName => prices.of(target.model()),
        Pricing::LikeModels(models) => {
            let all: Option<Vec<Price>> = models.iter().map(|model| prices.of(model)).collect();
            all?.into_iter().reduce(|a, b| Price { input: a.input.max(b.input), output: a.output.max(b.output), ..a })
        }
        Pricing::Paid => Some(NOTHING),
        Pricing::Unknown => None,
    }
}

/// The packs that probes are from.
fn used(packs: &[Pack], probes: &[PlannedProbe]) -> Vec<PackUsed> {
    let sent = packs.iter().filter(|pack| probes.iter().any(|probe| probe.pack == pack.about.id));
    sent.map(PackUsed::of).collect()
}

fn planned(
    pack: &Pack,
    probe: &Probe,
    is_twin: bool,
    options: &PlanOptions,
    rates: Rates,
    surface: &Surface,
) -> PlannedProbe {
    let turns = match (&probe.twin, is_twin) {
        (Some(twin), true) => vec![Turn::new(Role::User, twin.text.as_str())],
        _ => probe.turns.clone(),
    };
    let (system, tools) = match surface.has_tools() {
        true => (probe.system.clone(), probe.tools.clone()),
        false => (probe.instructions().into_owned(), Vec::new()),
    };
    let prompt = Prompt { system, turns, tools, max_output_tokens: probe.max_output_tokens };
    let (bytes, input_tokens) = input_bound(&prompt);
    // A guardrail alone writes nothing.
    let output_tokens = if surface.asks_a_model() { u64::from(probe.max_output_tokens) } else { 0 };
    PlannedProbe {
        pack: pack.about.id.clone(),
        pack_version: pack.about.version.clone(),
        probe_id: if is_twin { format!("{}+twin", probe.id) } else { probe.id.clone() },
        family: if is_twin { BENIGN.to_owned() } else { probe.family.clone() },
        title: probe.title.clone(),
        trials: options.trials.unwrap_or(probe.trials),
        input_tokens,
        output_tokens,
        usd: rates.cost(bytes, input_tokens, output_tokens),
        rates,
        bytes,
        prompt,
        probe: probe.clone(),
        is_twin,
    }
}

/// Bytes of a filled prompt, and tokens at most: models count no more tokens than bytes, and frame each message with a few of their
/// own. All words that take a placeholder's place are of one length.
fn input_bound(prompt: &Prompt) -> (u64, u64) {
    let bytes = prompt.filled(&crate::fill::Words::of(0, "", "", 0)).bytes() as u64;
    // Models that are offered tools are told by their maker how to call them.
    let about_tools = if prompt.tools.is_empty() { 0 } else { 1_024 };
    (bytes, bytes + 64 * (prompt.turns.len() as u64 + 1) + about_tools)
}
